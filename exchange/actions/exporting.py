"""The documents of a room carried away as a whole."""

from __future__ import annotations

from django.db import transaction

from network.audit import record
from network.models.people import User
from network.models.rooms import Room
from network.permissions import Level, require
from network.querysets import ItemQuerySet


@transaction.atomic
def begin_export(*, by: User, room: Room, documents: ItemQuerySet) -> list[int]:
    """The keys of what goes into an export by who manages the room; the trail holds that it was made.

    Raises Unseen, Forbidden.
    """
    require(by, Level.MANAGE, room)
    keys = list(documents.filter(room=room).seen_inside_by(by).values_list("pk", flat=True))
    record("exchange.room_exported", by=by, target=room, room=room, documents=len(keys))
    return keys
