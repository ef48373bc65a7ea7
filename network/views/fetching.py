"""Fetching is checking: how a view reaches one item."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings

from network.querysets import ItemQuerySet, is_assured
from network.refusals import NeedsSecondFactor, Unseen


def item_or_unseen(rows: ItemQuerySet, user: Any, uid: uuid.UUID, *, inside: bool = False) -> Any:
    """The one item of `rows` with this uid that the person sees.

    `inside` leaves out what one sees only by its release. Raises Unseen, or NeedsSecondFactor
    where nothing else lacks.
    """
    see = ItemQuerySet.seen_inside_by if inside else ItemQuerySet.visible_to
    item = see(rows, user).filter(uid=uid).first()
    if item is not None:
        return item
    waits = settings.LIAISE_REQUIRE_MFA and user.pk is not None and not is_assured(user)
    if waits and see(rows, user, assured=True).filter(uid=uid).exists():
        raise NeedsSecondFactor
    raise Unseen


def lacks_second_factor(rows: ItemQuerySet, user: Any) -> bool:
    """Whether a second factor would show more of `rows`: the one line that a room's list adds."""
    if not settings.LIAISE_REQUIRE_MFA or user.pk is None or is_assured(user):
        return False
    shown = rows.seen_inside_by(user).values("pk")
    return rows.seen_inside_by(user, assured=True).exclude(pk__in=shown).exists()
