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
    item = rows.one_seen_by(user, uid, inside=inside).first()
    if item is not None:
        return item
    waits = settings.LIAISE_REQUIRE_MFA and user.pk is not None and not is_assured(user)
    if waits and rows.one_seen_by(user, uid, inside=inside, assured=True).exists():
        raise NeedsSecondFactor
    raise Unseen


def inside_or_released(rows: ItemQuerySet, user: Any, uid: uuid.UUID) -> tuple[Any, bool]:
    """The one item of `rows` with this uid that the person sees, and whether from inside: not by its release alone.

    Whoever is inside, and that is nearly everybody, has the gate asked once. Raises as `item_or_unseen` does.
    """
    item = rows.one_seen_by(user, uid, inside=True).first()
    return (item, True) if item is not None else (item_or_unseen(rows, user, uid), False)


def lacks_second_factor(rows: ItemQuerySet, user: Any) -> bool:
    """Whether a second factor would show more of `rows`: the one line that a room's list adds."""
    if not settings.LIAISE_REQUIRE_MFA or user.pk is None or is_assured(user):
        return False
    shown = rows.seen_inside_by(user).values("pk")
    return rows.seen_inside_by(user, assured=True).exclude(pk__in=shown).exists()
