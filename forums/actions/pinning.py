"""Pinning: a few discussions stand on top of their room's list."""

from __future__ import annotations

from django.db import transaction

from forums.actions.changes import note_change
from forums.actions.posts import lock
from forums.models.changes import Change
from forums.models.threads import Thread
from forums.permissions.kinds import check_pin
from forums.permissions.threads import check_moderate
from network import chatham, clock
from network.audit import record
from network.models.people import User
from network.models.rooms import Room


@transaction.atomic
def pin_thread(*, by: User, thread: Thread) -> None:
    """It stands on top of the room's list. Twice is once. Raises Unseen, Forbidden."""
    # Two moderators who pin at once are counted one after the other.
    Room.objects.select_for_update().only("pk").get(pk=thread.room_id)
    thread = lock(thread)
    check_pin(by, thread)
    if thread.pinned_at is None:
        set_pin(by=by, thread=thread, pinned=True)


@transaction.atomic
def unpin_thread(*, by: User, thread: Thread) -> None:
    """It takes its place among the others again. Twice is once. Raises Unseen, Forbidden."""
    thread = lock(thread)
    check_moderate(by, thread)
    if thread.pinned_at is not None:
        set_pin(by=by, thread=thread, pinned=False)


def set_pin(*, by: User, thread: Thread, pinned: bool) -> None:
    """The same of a locked row, for a caller who has asked who may."""
    kind = Change.Kind.PINNED if pinned else Change.Kind.UNPINNED
    before = thread.pinned_at.isoformat() if thread.pinned_at else None
    note_change(by=by, thread=thread, kind=kind, before={"pinned_at": before})
    Thread.objects.filter(pk=thread.pk).update(pinned_at=clock.now() if pinned else None)
    verb = "forums.pinned" if pinned else "forums.unpinned"
    record(verb, by=chatham.moderator(thread, by), target=thread, room=thread.room)
