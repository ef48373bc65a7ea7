"""Requests to join a room, told to the ground floor as parts of it: who reads them, and in which words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from network.models.people import User
from network.models.rooms import JoinRequest, Room
from network.permissions import Level

EXCERPT = 200


def visible_requests(user: Any) -> QuerySet[JoinRequest]:
    """Those that this person made, and those that they may answer."""
    managed = Room.objects.where(user, Level.MANAGE)
    return JoinRequest.objects.filter(Q(user=user.pk) | Q(room__in=managed.values("pk")))


def show_requests(user: User, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What this person may read of these requests: whoever asked the answer, the managers the question. One query."""
    wanted = [pk for pk in ids if pk]
    if not wanted:
        return {}
    rows = visible_requests(user).filter(pk__in=wanted).select_related("room", "user")
    return {row.pk: _words(row, user) for row in rows}


def _words(row: JoinRequest, reader: User) -> dict[str, Any]:
    mine = row.user_id == reader.pk
    place = row.room.get_absolute_url() if mine else f"{reverse('network:room-members', args=[row.room.slug])}#asked"
    return {
        "excerpt": (row.reason if mine else row.note)[:EXCERPT],
        "url": place,
        "author": row.user.name,
        "at": row.asked_at,
    }
