"""Which ways lead somebody into which rooms: grants, memberships and the kind of a room, read in one query.

From the same sub-queries that decide, so that what is told is what holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    DateTimeField,
    Exists,
    F,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from network.models.grants import PartnerGrant, PersonGrant
from network.models.people import Membership, User
from network.permissions.levels import CODENAMES, LEVELS_BY_CODENAME, Level
from network.permissions.places import owned_grants, reaching_grants
from network.permissions.prepared import Subquery
from network.permissions.sanctions import barred_rooms, muted_rooms
from network.permissions.sight import linked_items, public_rule

if TYPE_CHECKING:
    from network.models.items import Item


class Through(StrEnum):
    """What opens a room to somebody."""

    PARTNER = "partner"  # a grant to a partner of theirs
    OWN = "own"  # a grant to themselves
    NETWORK = "network"  # every member views a network room


@dataclass(frozen=True)
class Term:
    """A membership of the person: for whom, as what, since when until when, and whether it counts now."""

    partner_id: int
    partner: str
    role: str
    since: datetime
    until: datetime | None
    counts: bool
    # Whom a deputy stands for: only members ask (`people_to_ask_about`), and they know everybody.
    deputy_for: str = ""
    named_by: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Way:
    """One way into one room: the grant, and the membership through which it comes."""

    room_id: int
    room: str
    slug: str
    through: Through
    level: Level
    since: datetime | None
    until: datetime | None
    term: Term | None
    # Of the item that is asked about ("") and of what it is about ("parent"): passed on to this room?
    placed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Sight:
    """The ways of one person, and their memberships, past ones too. One query."""

    ways: list[Way] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)


def links(user: User) -> dict[str, Any]:
    """For `annotate` on Item: how each, and what it is about, is linked to this person."""
    found: dict[str, Any] = {}
    for name, prefix in (("linked", ""), ("linked_parent", "parent__")):
        found[f"{name}_public"] = _yes_or_no(public_rule(prefix))
        for role in ("named_people", "co_authors", "reviewers"):
            found[f"{name}_{role}"] = _yes_or_no(Q(**{f"{prefix}pk__in": linked_items(user, role)}))
    return found


def _yes_or_no(rule: Q | Exists) -> Case:
    return Case(When(rule, then=Value(True)), default=Value(False), output_field=BooleanField())


COLUMNS = (
    "what", "room_id", "room_name", "room_slug", "codename", "begins", "ends",
    "partner_id", "partner_name", "role", "term_begins", "term_ends", "deputy_for", "counts",
    "here", "here_parent", "names", "names_parent",
)  # fmt: skip


def look(user: User, item: Item | None = None, *, told: Subquery | None = None) -> Sight:
    """The ways of this person into the rooms of the item, or into all; of `told` rooms only. One query."""
    rooms = _rooms_of(item, told)
    grants = _reading_grants(user, item, rooms)
    own = _columns(
        PersonGrant.objects.filter(pk__in=owned_grants(user, Level.VIEW)).filter(_within(rooms, "content_object")),
        what=Through.OWN,
        **_room_and_grant(user),
        **_placed(item, "content_object"),
    )
    everywhere = _columns(
        _model("Room")
        .objects.filter(_within(rooms, "pk"), ~Q(pk__in=barred_rooms(user, Level.VIEW)), kind="network")
        .order_by(),
        what="room",
        room_id=F("pk"),
        room_name=F("name"),
        room_slug=F("slug"),
        **_placed(item, "pk"),
    )
    terms = _columns(
        Membership.objects.filter(user=user).order_by(),
        what="term",
        **_term(""),
        counts=_yes_or_no(Q(pk__in=Membership.objects.filter(user=user).effective().values("pk"))),
        **_named(item, "partner"),
    )
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in grants.union(own, everywhere, terms, all=True)]
    return _sight(rows)


def _reading_grants(user: User, item: Item | None, rooms: Q | None) -> QuerySet[Any, Any]:
    carrying = Membership.objects.carrying_grants().filter(user=user)
    through = "group__partner__memberships"
    return _columns(
        PartnerGrant.objects.filter(pk__in=reaching_grants(user, Level.VIEW))
        .filter(_within(rooms, "content_object"))
        .filter(**{f"{through}__in": carrying}),
        what=Through.PARTNER,
        **_room_and_grant(user),
        **_term(f"{through}__"),
        counts=Value(True),
        **_placed(item, "content_object"),
        **_named(item, "group__partner"),
    )


def _rooms_of(item: Item | None, told: Subquery | None) -> Q | None:
    """On Room: what is asked about; None for everywhere."""
    rule = Q() if told is None else Q(pk__in=told)
    if item is not None:
        homes = [item.room_id] + ([item.parent.room_id] if item.parent else [])
        placements = _model("Placement").objects.filter(item__in=[item.pk, item.parent_id or item.pk])
        rule &= Q(pk__in=homes) | Q(pk__in=placements.values("room"))
    return rule if rule else None


def _within(rooms: Q | None, column: str) -> Q:
    return (
        Q() if rooms is None else Q(**{f"{column}__in": _model("Room").objects.filter(rooms).order_by().values("pk")})
    )


def _room_and_grant(user: User) -> dict[str, Any]:
    return {
        "room_id": F("content_object"),
        "room_name": F("content_object__name"),
        "room_slug": F("content_object__slug"),
        # Who is muted reads, whatever their place would let them do.
        "codename": Case(
            When(content_object__in=muted_rooms(user), then=Value(CODENAMES[Level.VIEW])),
            default=F("permission__codename"),
        ),
        "begins": F("since"),
        "ends": F("until"),
    }


def _term(prefix: str) -> dict[str, Any]:
    return {
        "partner_id": F(f"{prefix}partner"),
        "partner_name": F(f"{prefix}partner__short_name"),
        "role": F(f"{prefix}role"),
        "term_begins": F(f"{prefix}since"),
        "term_ends": F(f"{prefix}until"),
        "deputy_for": F(f"{prefix}deputy_for__name"),
    }


def _placed(item: Item | None, room: str) -> dict[str, Any]:
    if item is None:
        return {}
    placements = _model("Placement").objects.filter(room=OuterRef(room))
    return {
        "here": Exists(placements.filter(item=item.pk)),
        "here_parent": Exists(placements.filter(item=item.parent_id or 0)),
    }


def _named(item: Item | None, partner: str) -> dict[str, Any]:
    if item is None:
        return {}
    names = _model("Item").named_partners.through.objects.filter(partner=OuterRef(partner))
    return {
        "names": Exists(names.filter(item=item.pk)),
        "names_parent": Exists(names.filter(item=item.parent_id or 0)),
    }


def _columns(rows: QuerySet[Any, Any], **known: Any) -> QuerySet[Any, Any]:
    """The rows in the shape that they all have in the union; what a kind of row does not know is empty."""
    moments, flags = {"begins", "ends", "term_begins", "term_ends"}, {"counts", *COLUMNS[-4:]}
    given: dict[str, Any] = {}
    for name in COLUMNS:
        value = known.get(name)
        if isinstance(value, str):
            value = Value(value, output_field=CharField())
        if value is None and name in flags:
            value = Value(False)
        if value is None:
            empty = DateTimeField() if name in moments else CharField()
            value = Value(None, output_field=empty)
        given[f"its_{name}"] = value
    return rows.order_by().annotate(**given).values_list(*given)


def _sight(rows: list[dict[str, Any]]) -> Sight:
    terms = [_term_of(row) for row in rows if row["what"] == "term"]
    ways = [_way_of(row) for row in rows if row["what"] in (Through.PARTNER, Through.OWN)]
    for row in rows:
        if row["what"] == "room":
            # Every member views a network room, through each of their partners.
            ways += [_way_of(row, Through.NETWORK, term) for term in terms if term.counts]
    terms.sort(key=lambda term: (not term.counts, term.partner))
    ways.sort(key=lambda way: (way.room.casefold(), way.room_id, -way.level, way.through))
    return Sight(ways, terms)


def _way_of(row: dict[str, Any], through: Through | None = None, term: Term | None = None) -> Way:
    through = through or Through(row["what"])
    return Way(
        room_id=row["room_id"],
        room=row["room_name"],
        slug=row["room_slug"],
        through=through,
        level=LEVELS_BY_CODENAME[row["codename"]] if row["codename"] else Level.VIEW,
        since=row["begins"],
        until=row["ends"],
        term=_term_of(row) if through == Through.PARTNER else term,
        placed=_sides(row, "here"),
    )


def _term_of(row: dict[str, Any]) -> Term:
    return Term(
        row["partner_id"],
        row["partner_name"],
        row["role"],
        row["term_begins"],
        row["term_ends"],
        bool(row["counts"]),
        row["deputy_for"] or "",
        _sides(row, "names"),
    )


def _sides(row: dict[str, Any], column: str) -> frozenset[str]:
    return frozenset(side for side in ("", "parent") if row[f"{column}_{side}" if side else column])


def _model(name: str) -> type[Any]:
    found: type[Model] = apps.get_model("network", name)
    return found
