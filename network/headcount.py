"""Who will see it, in numbers and names: "23 people of 9 partners", said before anything is shared."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from network.models.people import Membership, User

SHORT_LIST = 12


@dataclass(frozen=True)
class Headcount:
    """An audience. `partners`: (name, people), by name; `guests`: names of people without one."""

    people: int
    partners: list[tuple[str, int]] = field(default_factory=list)
    guests: list[str] = field(default_factory=list)
    keys: frozenset[int] = frozenset()
    partner_keys: frozenset[int] = frozenset()

    @property
    def is_long(self) -> bool:
        """More partners and guests than one looks through beside something else; a page then folds them."""
        return len(self.partners) + len(self.guests) > SHORT_LIST

    def __str__(self) -> str:
        if not self.people:
            return _("nobody yet")
        count = ngettext("%(count)d person", "%(count)d people", self.people) % {"count": self.people}
        if not self.partners:
            return count
        return _("%(people)s of %(partners)s") % {
            "people": count,
            "partners": ngettext("%(count)d partner", "%(count)d partners", len(self.partners))
            % {"count": len(self.partners)},
        }


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
        keys=frozenset(names),
        partner_keys=frozenset(key for key, _name in by_partner),
    )


@dataclass(frozen=True)
class Change:
    """What a new label, room or grant does to an audience."""

    gains: int
    gains_partners: int
    loses: int
    loses_partners: int

    def __str__(self) -> str:
        return _("gains %(gained)s, loses %(lost)s") % {
            "gained": _people(self.gains, self.gains_partners),
            "lost": _people(self.loses, self.loses_partners),
        }


def change(before: QuerySet[User], after: QuerySet[User]) -> Change:
    """Whom the audience gains and loses, with the partners they belong to. Four queries."""
    gained = of(after.exclude(pk__in=before.values("pk")))
    lost = of(before.exclude(pk__in=after.values("pk")))
    return Change(gained.people, len(gained.partners), lost.people, len(lost.partners))


def _people(count: int, partners: int) -> str:
    if not count:
        return _("none")
    people = ngettext("%(count)d person", "%(count)d people", count) % {"count": count}
    if not partners:
        return people
    return _("%(people)s of %(partners)s") % {
        "people": people,
        "partners": ngettext("%(count)d partner", "%(count)d partners", partners) % {"count": partners},
    }
