"""Who will see it, in numbers and names: "23 people of 9 partners", said before anything is shared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, FilteredRelation, Q, QuerySet, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from network.models.people import Membership, User
from network.permissions import Reach, audience_of
from network.permissions.prepared import prepared
from network.permissions.whole import whole

SHORT_LIST = 12


@dataclass(frozen=True)
class Headcount:
    """An audience. `partners`: (name, people), by name; `guests`: names of people without one.

    `named`: the people of each partner by their names, for a page whose reader may know who is in the room.
    """

    people: int
    partners: list[tuple[str, int]] = field(default_factory=list)
    guests: list[str] = field(default_factory=list)
    named: list[tuple[str, list[str]]] = field(default_factory=list)
    keys: frozenset[int] = frozenset()
    partner_keys: frozenset[int] = frozenset()

    @property
    def is_long(self) -> bool:
        """More partners and guests than one looks through beside something else; a page then folds them."""
        return len(self.partners) + len(self.guests) > SHORT_LIST

    def __str__(self) -> str:
        return in_words(self.people, len(self.partners))


@dataclass(frozen=True)
class Numbers:
    """An audience in numbers, with its guests by name: what a line above a button says."""

    people: int
    partners: int = 0
    guests: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return in_words(self.people, self.partners)


def in_words(people: int, partners: int) -> str:
    """So many people of so many partners: "23 people of 9 partners"."""
    return _people(people, partners) if people else _("nobody yet")


def numbers(people: QuerySet[User]) -> Numbers:
    """What `of` finds, where numbers are enough: the database counts. One query; one more where there are guests."""
    return _numbers(lambda: people, list(_counted(people)))


def of_reach(reach: Reach) -> Numbers:
    """The numbers of everybody who would see an item of this reach now. One query; one more where there are guests.

    For a page that says it beside a form: composed once, but for what is about another item.
    """
    if reach.parent is not None:
        return numbers(audience_of(reach))
    return _numbers(lambda: audience_of(reach), _reached(*reach.keys, **reach.shape))


@whole
def _reached(*keys: Any, **shape: Any) -> QuerySet[Any, tuple[int, int, int]]:
    return _counted(audience_of(Reach.like(*keys, **shape)))


def _counted(people: QuerySet[User]) -> QuerySet[Any, tuple[int, int, int]]:
    """People, partners and members; no row where there is nobody."""
    own = FilteredRelation("memberships", condition=Q(memberships__pk__in=_effective()))
    return (
        people.order_by()
        .alias(own=own)
        .values(everybody=Value(1))
        .values_list(
            Count("pk", distinct=True), Count("own__partner", distinct=True), Count("own__user", distinct=True)
        )
    )


def _numbers(people: Callable[[], QuerySet[User]], found: list[tuple[int, int, int]]) -> Numbers:
    everybody, partners, members = found[0] if found else (0, 0, 0)
    guests: list[str] = []
    if everybody > members:
        own = Membership.objects.effective().values("user")
        guests = list(people().exclude(pk__in=own).order_by("name").values_list("name", flat=True))
    return Numbers(everybody, partners, guests)


@prepared
def _effective(_: int) -> QuerySet:
    return Membership.objects.effective().values("pk")


def of(people: QuerySet[User]) -> Headcount:
    """Counts an audience by the partners its people belong to now. Two queries."""
    names = dict(people.order_by("name").values_list("pk", "name"))
    rows = (
        Membership.objects.effective()
        .filter(user__in=names)
        .values_list("partner", "partner__short_name", "user")
        .distinct()
    )
    by_partner: dict[tuple[int, str], set[int]] = {}
    members: set[int] = set()
    for key, partner, user in rows:
        by_partner.setdefault((key, partner), set()).add(user)
        members.add(user)
    return Headcount(
        people=len(names),
        partners=sorted((name, len(users)) for (_key, name), users in by_partner.items()),
        guests=[name for pk, name in names.items() if pk not in members],
        named=sorted((name, [names[pk] for pk in names if pk in users]) for (_key, name), users in by_partner.items()),
        keys=frozenset(names),
        partner_keys=frozenset(key for key, _name in by_partner),
    )


@dataclass(frozen=True)
class Change:
    """What a new label, room or grant does to an audience: who comes, and who goes."""

    gained: Headcount
    lost: Headcount

    @property
    def gains(self) -> int:
        """How many people come."""
        return self.gained.people

    @property
    def loses(self) -> int:
        """How many people go."""
        return self.lost.people

    @property
    def keys(self) -> tuple[list[int], list[int]]:
        """Of whom it gains, and of whom it loses."""
        return sorted(self.gained.keys), sorted(self.lost.keys)

    def __str__(self) -> str:
        gained, lost = (
            _people(audience.people, len(audience.partners)) if audience.people else _("none")
            for audience in (self.gained, self.lost)
        )
        return _("gains %(gained)s, loses %(lost)s") % {"gained": gained, "lost": lost}


def change(before: QuerySet[User], after: QuerySet[User]) -> Change:
    """Whom the audience gains and loses, with the partners they belong to. Four queries."""
    return Change(
        gained=of(after.exclude(pk__in=before.values("pk"))), lost=of(before.exclude(pk__in=after.values("pk")))
    )


def _people(people: int, partners: int) -> str:
    count = ngettext("%(count)d person", "%(count)d people", people) % {"count": people}
    if not partners:
        return count
    return _("%(people)s of %(partners)s") % {
        "people": count,
        "partners": ngettext("%(count)d partner", "%(count)d partners", partners) % {"count": partners},
    }
