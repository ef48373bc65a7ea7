"""Announcements as their readers meet them. They are made by `forums.actions.threads.start_thread`."""

from __future__ import annotations

from forums.models.threads import Seen, Thread
from network.models.people import User


def see(*, by: User, thread: Thread) -> None:
    """Somebody has opened an announcement that they see: it leaves the room's first page for them. Twice is once."""
    if thread.is_announcement and thread.author_id != by.pk:
        Seen.objects.get_or_create(thread=thread, user=by)
