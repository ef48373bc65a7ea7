"""How any view reaches a room, and the line under its name."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from network.headcount import Headcount
from network.models.rooms import Room
from network.permissions import Level


def room_or_404(user: Any, slug: str) -> Room:
    """The room, where this person may view it; else there is no such room."""
    return get_object_or_404(Room.objects.visible_to(user), slug=slug)


def room_facts(people: Headcount, level: Level | None) -> str:
    """ "23 people of 9 partners · you moderate": what stands beside a room's name."""
    yours = (
        {
            Level.CONTRIBUTE: _("you contribute"),
            Level.MODERATE: _("you moderate"),
            Level.MANAGE: _("you manage"),
        }.get(level)
        if level
        else None
    )
    return f"{people} · {yours}" if yours else str(people)
