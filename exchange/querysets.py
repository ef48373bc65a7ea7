"""What of something stands in one room."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from network.labels import Label
from network.models.items import Placement, State
from network.models.rooms import Room
from network.querysets import ItemQuerySet


def in_room(rows: ItemQuerySet, room: Room) -> Any:
    """Those of `rows` whose home the room is, or that were passed on to it; not what is gone.

    Whoever lists them asks `seen_inside_by` as well: this says where, not who.
    """
    placed = Placement.objects.filter(room=room).values("item")
    here = Q(room=room) | (Q(tlp__lte=Label.GREEN) & Q(pk__in=placed))
    return rows.filter(here).exclude(state=State.REMOVED)
