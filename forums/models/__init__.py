"""Talk as rows: discussions with their posts, and the rooms' chat."""

from forums.models.chat import ChatMessage
from forums.models.threads import Post, Seen, Thread

__all__ = ["ChatMessage", "Post", "Seen", "Thread"]
