"""What every page of a room here passes to its template."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from network import headcount
from network.models.rooms import Room
from network.permissions import Level, level_in, who_may
from network.views.places import room_facts


def room_context(request: HttpRequest, room: Room, tab: str) -> dict[str, Any]:
    """The room, the current tab, the line beside its name, and whether one may share here, or manages."""
    level = level_in(request.user, room)
    return {
        "room": room,
        "tab": tab,
        "room_facts": room_facts(headcount.of(who_may(Level.VIEW, room)), level),
        "may_share": level is not None and level >= Level.CONTRIBUTE and not room.is_archived,
        "manages": level == Level.MANAGE,
    }
