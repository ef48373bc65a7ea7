"""Requests about items, told to the ground floor as parts: who reads them, and in which words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from network.models.item_requests import ItemRequest
from network.models.people import User

EXCERPT = 200


def visible_requests(user: Any) -> QuerySet[ItemRequest]:
    """Those that this person made or may answer; whoever lists notices asks for the sight of the item itself."""
    return ItemRequest.objects.concerning(user)


def show_requests(user: User, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What this person may read of these requests: whoever asked the answer, who answers the question. One query."""
    wanted = [pk for pk in ids if pk]
    if not wanted:
        return {}
    rows = ItemRequest.objects.visible_to(user).filter(pk__in=wanted).select_related("user")
    return {
        row.pk: {
            "excerpt": (row.reason if row.user_id == user.pk else row.note)[:EXCERPT],
            "url": row.get_absolute_url(),
            "author": row.user.name,
            "at": row.asked_at,
        }
        for row in rows
    }
