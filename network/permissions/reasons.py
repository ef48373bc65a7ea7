"""Why somebody sees something, or does not: the gate's rule once more, told instead of decided.

`explain` reads which ways lead a person into which rooms (grants, memberships, the room's kind) from the same
sub-queries that decide, and says for an item which of them let them read. A property-based test proves that there is a
reason exactly where `visible_to` has the item.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
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

from network.labels import Label
from network.models.grants import PartnerGrant, PersonGrant
from network.models.people import Membership, User
from network.permissions.levels import LEVELS_BY_CODENAME, Level
from network.permissions.places import owned_grants, reaching_grants
from network.permissions.prepared import Subquery
from network.permissions.sight import SETTLED, linked_items, public_rule

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


class Admits(StrEnum):
    """Why item and label let somebody read who has come into the room."""

    ROOM = "room"
    PARTNER = "partner"
    NAMED = "named"
    AUTHOR = "author"
    CO_AUTHOR = "co_author"
    REVIEWER = "reviewer"
    PUBLIC = "public"


class Lacks(StrEnum):
    """What keeps somebody from an item."""

    PLACE = "place"
    LABEL = "label"
    STATE = "state"
    PARENT = "parent"


@dataclass(frozen=True)
class Reason:
    """One sufficient reason. `way` is None for what stands on the public site."""

    admits: Admits
    way: Way | None = None
    passed_on: bool = False
    # Of what is held or removed: "author" or "moderator".
    as_who: str = ""
    # Why they see what it is about, where it is about something.
    above: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Sight:
    """The ways of one person, and their memberships, past ones too. One query."""

    ways: list[Way] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """Whether and why: with no reason, what lacks first."""

    reasons: list[Reason]
    lacks: Lacks | None
    sight: Sight


def explain(user: User, item: Item, *, assured: bool, told: Subquery | None = None) -> Answer:
    """Why this person sees the item; `told` are the keys of the rooms of which the answer may speak.

    `item` comes from `Item.objects.linked_to(user)`. One query.
    """
    sight = look(user, item, told=told)
    side = Side(user, item, "", sight.ways, assured)
    reasons = list(side.reasons())
    lacks = None if reasons else side.lacks()
    if item.parent is not None:
        above = Side(user, item, "parent", sight.ways, assured)
        higher = [*above.reasons(), *([Reason(Admits.PUBLIC)] if above.linked("public") else [])]
        lacks = lacks or (None if higher else Lacks.PARENT)
        reasons = [Reason(one.admits, one.way, one.passed_on, one.as_who, tuple(higher)) for one in reasons if higher]
    if side.linked("public") and (item.parent is None or item.linked_parent_public):  # type: ignore[attr-defined]
        reasons.append(Reason(Admits.PUBLIC))
    return Answer(reasons, None if reasons else lacks, sight)


def why(user: User, item: Item, *, assured: bool, told: Subquery | None = None) -> list[Reason]:
    """The reasons alone; none where the person does not see it."""
    return explain(user, item, assured=assured, told=told).reasons


@dataclass(frozen=True)
class Side:
    """An item, or with "parent" what it is about, as the rule looks at it."""

    user: User
    item: Any
    name: str
    ways: list[Way]
    assured: bool

    @property
    def row(self) -> Item:
        return self.item.parent if self.name else self.item

    def linked(self, how: str) -> bool:
        """What `linked_to` found out about this side."""
        return getattr(self.item, f"linked_{self.name}_{how}" if self.name else f"linked_{how}")

    @property
    def writes(self) -> Admits | None:
        """As what the person wrote or reads a draft."""
        if self.row.author_id == self.user.pk:
            return Admits.AUTHOR
        if self.linked("co_authors"):
            return Admits.CO_AUTHOR
        return Admits.REVIEWER if self.linked("reviewers") else None

    @property
    def home_ways(self) -> list[Way]:
        return [way for way in self.ways if way.room_id == self.row.room_id]

    @property
    def other_ways(self) -> list[Way]:
        """Into rooms that it was passed on to, while its label and its parent's let it stand there."""
        above = self.row.parent if not self.name else None
        if self.row.tlp > Label.GREEN or (above is not None and above.tlp > Label.GREEN):
            return []
        return [way for way in self.ways if self.name in way.placed]

    @property
    def kept_back(self) -> bool:
        """The session would need a second factor."""
        return settings.LIAISE_REQUIRE_MFA and not self.assured and self.row.tlp > Label.AMBER

    def label_admits(self, way: Way) -> Admits | None:
        """Why the label lets read whoever came into the home room on this way."""
        if self.row.tlp <= Label.AMBER:
            return Admits.ROOM
        if self.row.tlp == Label.AMBER_STRICT:
            term = way.term
            names = term is not None and (term.partner_id == self.row.partner_id or self.name in term.named_by)
            return Admits.PARTNER if names else None
        if self.linked("named_people"):
            return Admits.NAMED
        return Admits.AUTHOR if self.row.author_id == self.user.pk else None

    @property
    def still_read_as(self) -> str | None:
        """As what they still read what is held or removed; "" where it is neither, None for nobody."""
        if self.row.state in SETTLED:
            return ""
        if self.row.author_id == self.user.pk:
            return "author"
        return "moderator" if any(way.level >= Level.MODERATE for way in self.home_ways) else None

    def reasons(self) -> Iterator[Reason]:
        """The reasons by room, label and state; whether the parent is seen is asked elsewhere."""
        if self.kept_back:
            return
        if self.row.state == "draft":
            if self.writes is not None:
                yield from (Reason(self.writes, way) for way in self.home_ways)
            return
        as_who = self.still_read_as
        if as_who is None:
            return
        for way in self.home_ways:
            admits = self.label_admits(way)
            if admits is not None:
                yield Reason(admits, way, as_who=as_who)
        if as_who != "moderator":
            yield from (Reason(Admits.ROOM, way, passed_on=True, as_who=as_who) for way in self.other_ways)

    def lacks(self) -> Lacks:
        """What keeps them from it first, where there is no reason."""
        if not self.home_ways and not self.other_ways:
            return Lacks.PLACE
        if self.row.state == "draft" or self.still_read_as is None:
            return Lacks.STATE
        return Lacks.LABEL


# --- reading the store ----------------------------------------------------------------------------


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
    "partner_id", "partner_name", "role", "term_begins", "term_ends", "counts",
    "here", "here_parent", "names", "names_parent",
)  # fmt: skip


def look(user: User, item: Item | None = None, *, told: Subquery | None = None) -> Sight:
    """The ways of this person into the rooms of the item, or into all; of `told` rooms only. One query."""
    rooms = _rooms_of(item, told)
    grants = _reading_grants(user, item, rooms)
    own = _columns(
        PersonGrant.objects.filter(pk__in=owned_grants(user, Level.VIEW)).filter(_within(rooms, "content_object")),
        what=Through.OWN,
        **_room_and_grant(),
        **_placed(item, "content_object"),
    )
    everywhere = _columns(
        _model("Room").objects.filter(_within(rooms, "pk"), kind="network").order_by(),
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
        **_room_and_grant(),
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


def _room_and_grant() -> dict[str, Any]:
    return {
        "room_id": F("content_object"),
        "room_name": F("content_object__name"),
        "room_slug": F("content_object__slug"),
        "codename": F("permission__codename"),
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
        _sides(row, "names"),
    )


def _sides(row: dict[str, Any], column: str) -> frozenset[str]:
    return frozenset(side for side in ("", "parent") if row[f"{column}_{side}" if side else column])


def _model(name: str) -> type[Any]:
    found: type[Model] = apps.get_model("network", name)
    return found
