"""Talk as rows: discussions with their posts, and the rooms' chat."""

from forums.models.threads import Post, Thread

__all__ = ["Post", "Thread"]
