"""What waits for a moderator: what is held, and cases, the gravest and oldest first, in a constant number of queries.

What a label keeps from a moderator shows where and since when it waits, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case as CaseWhen
from django.db.models import Count, OuterRef, Subquery, Value, When
from django.utils.functional import Promise

from forums.models.cases import GRAVITY, UNREPORTED, Case, Ground, Report
from forums.models.threads import Post
from forums.targets import NAMES, kind_of, word_for
from network.chatham import named
from network.kinds import KINDS
from network.models.items import Item, State
from network.models.people import User
from network.parts import PARTS
from network.permissions import Level, people_seen_by
from network.permissions.places import rooms_where
from network.refusals import Unseen


@dataclass
class Waiting:
    """One thing that waits. Without `words` its label keeps it from this moderator.

    `case` where somebody reported it: then it is decided on the page of the case.
    """

    kind: str
    pk: int
    uid: UUID
    at: datetime
    room: Any
    name: str | Promise = ""
    words: dict[str, Any] = field(default_factory=dict)
    case: Case | None = None
    # What it was reported for; of several reasons the gravest.
    ground: str | Promise = ""
    # Whether it is this moderator's own: then another decides.
    own: bool = False
    # Why it is held: the rule that it met, or what who held it said.
    reason: str = ""

    @property
    def order(self) -> tuple[Any, ...]:
        """The gravest first, then the oldest."""
        return (self.case.gravity if self.case else UNREPORTED, self.at, self.kind, self.pk)


def waiting(user: User) -> list[Waiting]:
    """What is held in the rooms this person moderates, oldest first.

    One query, and one per kind of part.
    """
    held = Item.objects.filter(state=State.HELD, room__in=rooms_where(user, Level.MODERATE))
    rows = held.select_related("room").only("uid", "kind", "created_at", "room", "author").annotate(why=_why())
    cases = [_of_item(item, user) for item in rows]
    for kind, part in PARTS.items():
        if part.queue is None:
            continue
        for row in part.queue(user):
            since = getattr(row, "held_since", None) or row.at
            name, reason = NAMES.get(kind, kind), getattr(row, "reason", "")
            own = row.author_id == user.pk
            cases.append(Waiting(kind, row.pk, row.uid, since, row.room, name, own=own, reason=reason))
    return sorted(cases, key=lambda case: (case.at, case.kind, case.pk))


def _of_item(item: Any, user: User) -> Waiting:
    own, reason = item.author_id == user.pk, item.why or ""
    return Waiting("item", item.pk, item.uid, item.created_at, item.room, KINDS[item.kind].name, own=own, reason=reason)


def _why() -> Subquery:
    """On Item: what stands beside the opening post of a discussion."""
    return Subquery(Post.objects.filter(thread=OuterRef("pk"), parent=None).values("reason")[:1])


def everything(user: User) -> list[Waiting]:
    """What is held and what is reported, each thing once. One query more than `waiting`."""
    rows = Case.objects.visible_to(user).open().select_related("item__room", "room", "person")
    rows = rows.annotate(reported=Count("reports"), gravest=_gravest()).filter(reported__gt=0)
    found = [_of_case(case) for case in rows]
    reported = {(one.kind, one.pk) for one in found}
    held = [one for one in waiting(user) if (one.kind, one.pk) not in reported]
    return sorted(found + held, key=lambda one: one.order)


def _gravest() -> Subquery:
    """On Case: the gravest of what it was reported for."""
    order = CaseWhen(*(When(ground=key, then=Value(gravity)) for key, gravity in GRAVITY.items()))
    return Subquery(Report.objects.filter(case=OuterRef("pk")).order_by(order, "pk").values("ground")[:1])


def _of_case(case: Case) -> Waiting:
    kind, name = kind_of(case), word_for(case)
    pk = case.part_id or case.item_id or case.person_id or 0
    ground = Ground(case.gravest).label  # type: ignore[attr-defined]
    return Waiting(kind, pk, case.uid, case.opened_at, case.place, name, case=case, ground=ground)


def tell(user: User, cases: Iterable[Waiting]) -> list[Waiting]:
    """Adds to each case what this person may read of it. One query for items, one or two per kind of part."""
    cases = list(cases)
    by_kind: dict[str, list[int]] = {}
    for case in cases:
        by_kind.setdefault(case.kind, []).append(case.pk)
    words = {"item": _items(user, by_kind.pop("item", [])), "person": _people(user, by_kind.pop("person", []))}
    for kind, ids in by_kind.items():
        words[kind] = PARTS[kind].show(user, ids)
    for case in cases:
        case.words = words[case.kind].get(case.pk, {})
    return cases


def find(user: User, kind: str, uid: UUID) -> Waiting:
    """One thing that waits for this person. Raises Unseen where there is none."""
    for case in waiting(user):
        if (case.kind, case.uid) == (kind, uid):
            return tell(user, [case])[0]
    raise Unseen


def was_decided(user: User, kind: str, uid: UUID) -> bool:
    """Whether it is there for this person, but does not wait any more: somebody has decided already."""
    if kind == "item":
        return Item.objects.one_seen_by(user, uid, inside=True).exists()
    part = PARTS.get(kind)
    if part is None or part.queue is None or part.decide is None:
        return False
    return part.visible(user).filter(uid=uid).exists()


def _people(user: User, ids: list[int]) -> dict[int, dict[str, Any]]:
    if not ids:
        return {}
    seen = people_seen_by(user).filter(pk__in=ids)
    return {one.pk: {"title": one.name, "url": one.get_absolute_url(), "excerpt": ""} for one in seen}


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
