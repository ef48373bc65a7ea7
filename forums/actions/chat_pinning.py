"""Pinning: a few messages stand beside a room's chat, whatever is said since."""

from __future__ import annotations

from django.db import transaction

from forums.actions.chat import fetch
from forums.models.chat import PINNED, ChatMessage
from forums.permissions.chat import check_pin, check_unpin
from network import clock, live
from network.audit import record
from network.models.people import User
from network.models.rooms import Room


@transaction.atomic
def pin_message(*, by: User, message: ChatMessage) -> None:
    """It stands among what is pinned. Twice is once. Raises Unseen, Forbidden."""
    # Two moderators who pin at once are counted one after the other.
    Room.objects.select_for_update().only("pk").get(pk=message.room_id)
    message = fetch(message)
    check_pin(by, message)
    if message.pinned_at is None:
        _set(by, message, pinned=True)


@transaction.atomic
def unpin_message(*, by: User, message: ChatMessage) -> None:
    """It stands among what is pinned no more. Twice is once. Raises Unseen, Forbidden."""
    Room.objects.select_for_update().only("pk").get(pk=message.room_id)
    message = fetch(message)
    check_unpin(by, message)
    if message.pinned_at is not None:
        _set(by, message, pinned=False)


def _set(by: User, message: ChatMessage, *, pinned: bool) -> None:
    message.pinned_at = clock.now() if pinned else None
    message.save(update_fields=["pinned_at"])
    record("forums.message_pinned" if pinned else "forums.message_unpinned", by=by, target=message, room=message.room)
    live.append(message.room, PINNED, message.pk)
