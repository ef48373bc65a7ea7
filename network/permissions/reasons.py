"""Why somebody sees something, or does not: the gate's rule once more, told instead of decided.

`explain` says which of the ways of a person into a room (`network.permissions.ways`) let them read an item. A
property-based test proves that there is a reason exactly where `visible_to` has the item.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.conf import settings

from network.labels import Label
from network.models.people import User
from network.permissions.levels import Level
from network.permissions.prepared import Subquery
from network.permissions.sight import SETTLED
from network.permissions.ways import Sight, Way, look

if TYPE_CHECKING:
    from network.models.items import Item


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
