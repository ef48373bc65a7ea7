"""What people are in the network, as sentences: "represents Liège", "guest of Schools until 30 June".

The one place where a role becomes words, so that every page, notice and letter says the same. A day is
the last one on which it holds, in the network's time zone, as the form that set it took it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from network import clock
from network.models.grants import PersonGrant
from network.models.people import Membership, User
from network.moments import day_words
from network.permissions import Level, people_seen_by, where_allowed

if TYPE_CHECKING:
    from network.models.rooms import Room


@dataclass(frozen=True)
class Role:
    """One thing that a person is, in words, and the partner or room that it leads to."""

    words: str
    url: str


def last_day(until: datetime) -> date:
    """The last day before an end, in the network's time zone: half-open ends lie at the midnight after it."""
    return timezone.localtime(until - timedelta(microseconds=1), ZoneInfo(settings.LIAISE_TIME_ZONE)).date()


def until_words(until: datetime) -> str:
    """The day of an end as "30 June", with its year where that is not this one."""
    return day_words(last_day(until))


def membership_words(one: Membership, *, names_absent: bool = True) -> str:
    """ "represents Liège", "takes part for Malmö until 30 June 2027", "deputy for Karin Ek at Malmö until 3 May".

    Needs `partner`, and `deputy_for` where it is set. Without `names_absent` a deputy is a representative
    until a day, for readers who may not know of the absent one.
    """
    ended = one.until is not None and one.until <= clock.now()
    words = {"partner": one.partner.short_name, "day": until_words(one.until) if one.until else ""}
    if one.deputy_for_id is not None and names_absent:
        return _deputy_words(one, words, ended=ended)
    represents = one.role == Membership.Role.REPRESENTATIVE
    if ended:
        sentence = (
            _("represented %(partner)s until %(day)s") if represents else _("took part for %(partner)s until %(day)s")
        )
    elif one.until:
        sentence = (
            _("represents %(partner)s until %(day)s") if represents else _("takes part for %(partner)s until %(day)s")
        )
    else:
        sentence = _("represents %(partner)s") if represents else _("takes part for %(partner)s")
    return sentence % words


def _deputy_words(one: Membership, words: dict[str, str], *, ended: bool) -> str:
    words |= {"name": one.deputy_for.name if one.deputy_for else "", "first": day_words(timezone.localdate(one.since))}
    if ended:
        return _("was deputy for %(name)s at %(partner)s until %(day)s") % words
    if one.since > clock.now():
        return _("deputy for %(name)s at %(partner)s from %(first)s until %(day)s") % words
    return _("deputy for %(name)s at %(partner)s until %(day)s") % words


def person_words(one: Membership) -> str:
    """ "Anna Lindqvist takes part for Malmö until 30 June 2027": needs `user` too."""
    return _("%(name)s %(role)s") % {"name": one.user.name, "role": membership_words(one)}


def guest_words(room: Room, until: datetime) -> str:
    """ "guest of Schools until 30 June": a guest's place always has an end."""
    return _("guest of %(room)s until %(day)s") % {"room": room.name, "day": until_words(until)}


def place_words(one: PersonGrant) -> str:
    """ "Eva Vogel has a place in Schools until 30 June": needs `user` and `content_object`."""
    words = {"name": one.user.name, "room": one.content_object.name}
    if one.until is None:
        return _("%(name)s has a place in %(room)s") % words
    return _("%(name)s has a place in %(room)s until %(day)s") % {**words, "day": until_words(one.until)}


def roles_of(people: Iterable[User], reader: Any) -> dict[int, list[Role]]:
    """What each of these people is now, as far as the reader may know. A constant number of queries.

    A guest's rooms are named only to who views them, and whoever is away only to who may look them up.
    """
    keys = [person.pk for person in people]
    roles: dict[int, list[Role]] = {key: [] for key in keys}
    memberships = (
        Membership.objects.effective()
        .filter(user__in=keys)
        .annotate(names_absent=Exists(people_seen_by(reader).filter(pk=OuterRef("deputy_for"))))
        .select_related("partner", "deputy_for")
    )
    # A plain membership before a deputy's.
    for one in memberships.order_by("partner__short_name", F("deputy_for").asc(nulls_first=True), "pk"):
        words = membership_words(one, names_absent=one.names_absent)
        roles[one.user_id].append(Role(words, one.partner.get_absolute_url()))
    members = Membership.objects.current().filter(user__in=keys).values("user")
    dated = (
        PersonGrant.objects.current()
        .filter(user__in=keys, until__isnull=False, content_object__in=where_allowed(reader, Level.VIEW).values("pk"))
        .exclude(content_object__kind="direct")
        .exclude(user__in=members)
        .select_related("content_object")
    )
    for place in dated.order_by("content_object__name"):
        room: Room = place.content_object
        if place.until is not None:
            roles[place.user_id].append(Role(guest_words(room, place.until), room.get_absolute_url()))
    return roles
