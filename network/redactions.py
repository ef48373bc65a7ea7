"""What somebody wrote and left behind: in which rooms moderators can be asked about it, and what they are shown.

Never what was written under the Chatham House Rule: to find it beside the rest would say whose number it was. Never
what stands in a direct room, which nobody moderates. Whatever a moderator is shown has passed the gate for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from network.kinds import KINDS
from network.labels import Label
from network.models.items import Item, State
from network.models.people import User
from network.models.redactions import RedactionRequest
from network.models.rooms import Room
from network.parts import PARTS, Part

# What stands nowhere, or not any more.
NOWHERE = (State.DRAFT, State.REMOVED)


@dataclass
class Left:
    """One thing that somebody wrote and that a moderator of its room may take away."""

    kind: str
    pk: int
    uid: UUID
    at: datetime
    name: str | Promise
    words: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"{self.kind}:{self.uid}"


def items_left(person: User) -> QuerySet[Item]:
    """What they shared under their own name. Talk about an item is not theirs alone: its comments are."""
    rows = Item.objects.filter(author=person, chatham=False, parent=None).exclude(state__in=NOWHERE)
    return rows.exclude(room__kind=Room.Kind.DIRECT).order_by()


def parts_left(person: User) -> Iterator[tuple[str, Part, QuerySet[Any]]]:
    """The same of each kind of part, where the thing that it is a part of still stands."""
    for kind, part in PARTS.items():
        if part.written is None:
            continue
        rows = part.written(person).exclude(state__in=NOWHERE).exclude(**{f"{part.room}__kind": Room.Kind.DIRECT})
        for thing in (f"{part.item}__", f"{part.item}__parent__") if part.item else ():
            rows = rows.exclude(**{f"{thing}chatham": True}).exclude(**{f"{thing}state": State.REMOVED})
        yield kind, part, rows.order_by()


def rooms_to_ask(person: User) -> QuerySet[Room]:
    """The rooms in which something of theirs stays that every moderator there reads. One query.

    A request in a room in which only AMBER+STRICT or RED stays would tell moderators that it is there.
    """
    rule = Q(pk__in=items_left(person).filter(tlp__lte=Label.AMBER).values("room"))
    for _kind, part, rows in parts_left(person):
        if part.item:
            above = f"{part.item}__parent"
            open_above = Q(**{f"{above}__isnull": True}) | Q(**{f"{above}__tlp__lte": Label.AMBER})
            rows = rows.filter(open_above, **{f"{part.item}__tlp__lte": Label.AMBER})
        rule |= Q(pk__in=rows.values(part.room))
    return Room.objects.filter(rule).order_by("name", "pk")


def left_for(reader: User, request: RedactionRequest) -> list[Left]:
    """All of it in that room that this moderator sees now, oldest first, without words. One query per kind."""
    person, room = request.user, request.room
    items = items_left(person).filter(room=room, pk__in=Item.objects.seen_inside_by(reader).order_by().values("pk"))
    rows = [
        Left("item", pk, uid, at, KINDS[kind].name)
        for pk, uid, at, kind in items.values_list("pk", "uid", "created_at", "kind")
    ]
    for kind, part, left in parts_left(person):
        seen = part.visible(reader).filter(pk__in=left.filter(**{part.room: room}).values("pk")).order_by()
        name = seen.model._meta.verbose_name
        rows += [Left(kind, pk, uid, at, name or kind) for pk, uid, at in seen.values_list("pk", "uid", "at")]
    return sorted(rows, key=lambda row: (row.at, row.kind, row.pk))


def tell(reader: User, rows: Iterable[Left]) -> list[Left]:
    """Adds to each what this moderator may read of it. One query for items, one or two per kind of part."""
    rows = list(rows)
    by_kind: dict[str, list[int]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row.pk)
    items = Item.objects.filter(pk__in=by_kind.pop("item", [])).seen_inside_by(reader)
    words: dict[str, dict[int, dict[str, Any]]] = {"item": {item.pk: _item_words(item) for item in items}}
    for kind, ids in by_kind.items():
        words[kind] = PARTS[kind].show(reader, ids)
    for row in rows:
        row.words = words[row.kind].get(row.pk, {})
    return [row for row in rows if row.words]


def _item_words(item: Item) -> dict[str, Any]:
    return {
        "title": item.title,
        "url": item.get_absolute_url(),
        "language": item.language,
        "label": item.label,
        "excerpt": "",
    }


# --- requests as parts of notices -----------------------------------------------------------------


def visible_requests(user: Any) -> QuerySet[RedactionRequest]:
    """Those of the rooms that this person moderates."""
    return RedactionRequest.objects.visible_to(user)


def show_requests(user: User, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What a moderator may read of these requests. One query."""
    wanted = [pk for pk in ids if pk]
    if not wanted:
        return {}
    rows = visible_requests(user).filter(pk__in=wanted).select_related("room", "user")
    return {
        row.pk: {"excerpt": row.note[:200], "url": row.get_absolute_url(), "author": row.user.name, "at": row.asked_at}
        for row in rows
    }
