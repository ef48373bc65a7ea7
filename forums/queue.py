"""What waits for a moderator: items and parts of every kind, oldest first, in a constant number of queries.

What a label keeps from a moderator shows where and since when it waits, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from network.chatham import named
from network.kinds import KINDS
from network.models.items import Item, State
from network.models.people import User
from network.parts import PARTS
from network.permissions import Level
from network.permissions.places import rooms_where
from network.refusals import Unseen


@dataclass
class Case:
    """One thing that waits. Without `words` its label keeps it from this moderator."""

    kind: str
    pk: int
    uid: UUID
    at: datetime
    room: Any
    name: str | Promise = ""
    words: dict[str, Any] = field(default_factory=dict)


PART_NAMES: dict[str, Promise] = {"post": _("post"), "message": _("message in the chat")}


def waiting(user: User) -> list[Case]:
    """Everything that waits in the rooms this person moderates, oldest first.

    One query, and one per kind of part.
    """
    held = Item.objects.filter(state=State.HELD, room__in=rooms_where(user, Level.MODERATE))
    cases = [
        Case("item", item.pk, item.uid, item.created_at, item.room, KINDS[item.kind].name)
        for item in held.select_related("room").only("uid", "kind", "created_at", "room")
    ]
    for kind, part in PARTS.items():
        if part.queue is None:
            continue
        for row in part.queue(user):
            since = getattr(row, "held_since", None) or row.at
            cases.append(Case(kind, row.pk, row.uid, since, row.room, PART_NAMES.get(kind, kind)))
    return sorted(cases, key=lambda case: (case.at, case.kind, case.pk))


def tell(user: User, cases: Iterable[Case]) -> list[Case]:
    """Adds to each case what this person may read of it. One query for items, one or two per kind of part."""
    cases = list(cases)
    by_kind: dict[str, list[int]] = {}
    for case in cases:
        by_kind.setdefault(case.kind, []).append(case.pk)
    words = {"item": _items(user, by_kind.pop("item", []))}
    for kind, ids in by_kind.items():
        words[kind] = PARTS[kind].show(user, ids)
    for case in cases:
        case.words = words[case.kind].get(case.pk, {})
    return cases


def find(user: User, kind: str, uid: UUID) -> Case:
    """One thing that waits for this person. Raises Unseen where there is none."""
    for case in waiting(user):
        if (case.kind, case.uid) == (kind, uid):
            return tell(user, [case])[0]
    raise Unseen


def was_decided(user: User, kind: str, uid: UUID) -> bool:
    """Whether it is there for this person, but does not wait any more: somebody has decided already."""
    if kind == "item":
        return Item.objects.seen_inside_by(user).filter(uid=uid).exists()
    part = PARTS.get(kind)
    if part is None or part.queue is None or part.decide is None:
        return False
    return part.visible(user).filter(uid=uid).exists()


def _items(user: User, ids: list[int]) -> dict[int, dict[str, Any]]:
    if not ids:
        return {}
    seen = list(Item.objects.filter(pk__in=ids).seen_inside_by(user).select_related("author", "partner"))
    named(seen, user)
    return {
        item.pk: {
            "title": item.title,
            "url": item.get_absolute_url(),
            "author": item.byline.name if item.byline else "",
            "partner": item.byline.partner if item.byline else "",
            "at": item.created_at,
            "excerpt": "",
            "language": item.language,
            "label": item.label,
        }
        for item in seen
    }
