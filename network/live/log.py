"""Numbers of a room's log, given out in the transaction that stores what they stand for.

The database is the truth: whatever a socket gets is read from there again, so that a hint may be
lost and nothing else is.
"""

from __future__ import annotations

import logging

from django.db import transaction
from django.db.models import F

from network.live import hub
from network.models.records import RoomEvent
from network.models.rooms import Room

logger = logging.getLogger(__name__)


def append(room: Room, kind: str, part_id: int) -> int:
    """Writes the next event of the room's log and returns its number. Numbers have no gaps.

    The row of the room is locked from here until the transaction ends, so that numbers are committed
    in their order; begin it late. Raises RuntimeError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A number is given out in the transaction that stores what it stands for.")
    Room.objects.filter(pk=room.pk).update(last_seq=F("last_seq") + 1)
    seq = Room.objects.values_list("last_seq", flat=True).get(pk=room.pk)
    RoomEvent.objects.create(room_id=room.pk, seq=seq, kind=kind, part_id=part_id)

    def tell() -> None:
        try:
            hub.room_grew(room.pk)
        except Exception:
            logger.exception("The hint of room %s was not given; sockets find out within a second", room.pk)

    transaction.on_commit(tell)
    return seq
