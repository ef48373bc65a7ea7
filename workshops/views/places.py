"""What every page of a room here passes to its template."""

from __future__ import annotations

from typing import Any

from network import headcount
from network.models import Room, User
from network.permissions import Level, level_in, who_may
from network.views.places import room_facts


def room_context(user: User, room: Room) -> dict[str, Any]:
    """The room, the tab, the line beside its name, and whether one may announce here."""
    level = level_in(user, room)
    return {
        "room": room,
        "tab": "workshops",
        "room_facts": room_facts(headcount.of(who_may(Level.VIEW, room)), level),
        "may_announce": level is not None and level >= Level.CONTRIBUTE and not room.is_archived,
    }
