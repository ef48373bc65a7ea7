"""Levels in places: rooms by grants, partners by representation, the network by coordination.

Every function returns lazy queries that compose into one statement; nothing is decided in Python
that the database could decide at the very moment of asking.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet, Subquery, Value

from network import clock
from network.models.grants import PartnerGrant, PersonGrant
from network.models.people import Membership, Partner, User
from network.models.sanctions import Sanction
from network.models.standing import Mandate
from network.permissions.levels import (
    CODENAMES,
    LEVELS_BY_CODENAME,
    NETWORK,
    NETWORK_LEVELS,
    ROOM_LEVELS,
    Level,
    Network,
    codenames,
)
from network.permissions.prepared import prepared
from network.permissions.sanctions import barred_people, barred_rooms, bars, keeping_from
from network.permissions.whole import whole

if TYPE_CHECKING:
    from network.models.rooms import Room

    Place: TypeAlias = Room | Partner | Network

Reader = User | AnonymousUser
NOBODY = Q(pk__in=[])
# Where a partner would stand: it is the person's own.
_OWN = Value(0, BigIntegerField())


def all_rooms() -> QuerySet[Room]:
    """Every room, for the gate's own questions."""
    return apps.get_model("network", "Room")._default_manager.all()


# --- in the network now ---------------------------------------------------------------------------


def present_rule() -> Q:
    """On User: in the network now, as a member or, with no current membership, as a guest."""
    return Q(pk__in=everybody_now())


@prepared
def everybody_now(_: int) -> QuerySet:
    """The keys of everybody who is in the network now."""
    dated = PersonGrant.objects.current().filter(until__isnull=False).exclude(content_object__kind="direct")
    guest = ~Q(pk__in=Membership.objects.current().values("user")) & Q(pk__in=dated.values("user"))
    return User.objects.filter(Q(pk__in=members_now()) | guest, is_active=True).values("pk")


@prepared
def members_now(_: int) -> QuerySet:
    """The keys of the members of the network now."""
    return Membership.objects.effective().values("user")


def present_people() -> QuerySet[User]:
    """Everybody who is in the network now."""
    return User.objects.filter(present_rule())


def present_condition(user_id: int) -> Q:
    """A condition without columns: this one person is in the network now."""
    mine = Membership.objects.filter(user=user_id)
    dated = (
        PersonGrant.objects.current()
        .filter(user=user_id, user__is_active=True, until__isnull=False)
        .exclude(content_object__kind="direct")
    )
    return Q(Exists(mine.effective())) | (~Q(Exists(mine.current())) & Q(Exists(dated)))


def memberships_now(user_id: int) -> QuerySet[Membership]:
    """Those that make this person a member of the network now."""
    return Membership.objects.effective().filter(user=user_id)


@prepared
def partners_behind(user_id: int) -> QuerySet:
    """The keys of the standing partners that this person is a current member of."""
    return memberships_now(user_id).values("partner")


def is_member(user: Reader) -> bool:
    """In the network now through a membership."""
    return user.pk is not None and memberships_now(user.pk).exists()


def is_guest(user: Reader) -> bool:
    """In the network now without a membership, through a dated grant alone."""
    if user.pk is None:
        return False
    return bool(_guest(user.pk))


@whole
def _guest(user_id: int) -> QuerySet:
    mine = Membership.objects.filter(user=user_id)
    return present_people().filter(pk=user_id).exclude(Exists(mine.current())).order_by().values_list("pk")


def partners_of(user: Reader) -> QuerySet[Partner]:
    """The standing partners that this person is a current member of."""
    if user.pk is None:
        return Partner.objects.none()
    return Partner.objects.filter(pk__in=partners_behind(user))


def representing(user_id: int) -> QuerySet[Membership]:
    """The memberships by which this person represents a partner now."""
    return memberships_now(user_id).filter(role=Membership.Role.REPRESENTATIVE)


def coordinating(user_id: int) -> QuerySet[Membership]:
    """The memberships by which this person coordinates now."""
    return representing(user_id).filter(partner__role=Partner.Role.LEAD)


# --- rooms ----------------------------------------------------------------------------------------


def open_for_contributions(prefix: str = "") -> Q:
    """On Room: in an archived room nobody has `contribute`."""
    return Q(**{f"{prefix}archived_at__isnull": True}) | Q(**{f"{prefix}archived_at__gt": clock.now()})


def _partner_grants(user_id: int, level: Level) -> QuerySet[PartnerGrant]:
    """The current grants that give this person `level` or more through a partner."""
    carrying = Membership.objects.carrying_grants().filter(user=user_id)
    return PartnerGrant.objects.current().filter(
        ~Q(content_object__in=barred_rooms(user_id, level)),
        permission__codename__in=codenames(level),
        group__in=carrying.values("partner__group"),
    )


def _own_grants(user_id: int, level: Level) -> QuerySet[PersonGrant]:
    """This person's own current grants that give `level` or more; none unless in the network now."""
    return PersonGrant.objects.current().filter(
        present_condition(user_id),
        ~Q(content_object__in=barred_rooms(user_id, level)),
        user=user_id,
        permission__codename__in=codenames(level),
    )


@prepared
def reaching_grants(user_id: int, level: Level) -> QuerySet:
    """The keys of the partners' grants through which this person has `level` or more now."""
    return _partner_grants(user_id, level).values("pk")


@prepared
def owned_grants(user_id: int, level: Level) -> QuerySet:
    """The keys of this person's own grants that count now, of `level` or more."""
    return _own_grants(user_id, level).values("pk")


@prepared
def opened_through(user_id: int) -> QuerySet:
    """Room and partner, as a pair of keys, where the partner's grant lets this person view the room."""
    return _partner_grants(user_id, Level.VIEW).values_list("content_object", "group__partner")


@prepared
def network_rooms(_: int) -> QuerySet:
    """The keys of the rooms that every member views."""
    return all_rooms().filter(kind="network").values("pk")


@prepared
def rooms_where(user_id: int, level: Level) -> QuerySet:
    """The keys of the rooms where this person has `level` now."""
    through, own = _partner_grants(user_id, level), _own_grants(user_id, level)
    if level == Level.CONTRIBUTE:
        still_open = open_for_contributions("content_object__")
        through, own = through.filter(still_open), own.filter(still_open)
    keys = through.values("content_object").union(own.values("content_object"), all=True)
    if level == Level.VIEW:
        of_all = all_rooms().filter(Exists(memberships_now(user_id)), kind="network").order_by()
        of_all = of_all.filter(~Q(pk__in=barred_rooms(user_id, level)))
        keys = keys.union(of_all.values("pk"), all=True)
    return keys


def room_rule(user: Reader, level: Level) -> Q:
    """On Room: this person has `level` there now."""
    return NOBODY if user.pk is None else Q(pk__in=rooms_where(user, level))


def viewers_rule(rooms: Iterable[Room], level: Level = Level.VIEW) -> Q:
    """On User: has `level` in one of `rooms` now. The inverse of `room_rule`."""
    rooms = list(rooms)
    if level == Level.CONTRIBUTE:
        rooms = [room for room in rooms if not room.is_archived]
    by_partner = PartnerGrant.objects.current().filter(
        content_object__in=rooms, permission__codename__in=codenames(level)
    )
    own = PersonGrant.objects.current().filter(content_object__in=rooms, permission__codename__in=codenames(level))
    carrying = Membership.objects.carrying_grants().filter(partner__group__in=by_partner.values("group"))
    rule = Q(pk__in=carrying.values("user")) | (Q(pk__in=own.values("user")) & present_rule())
    if level == Level.VIEW and any(room.kind == "network" for room in rooms):
        rule |= Q(pk__in=members_now())
    barred = Q(pk__in=barred_people(rooms, level))
    if len(rooms) < 2:
        return rule & ~barred
    # Who is kept from one of several rooms may be let into another: asked room by room, of those few alone.
    return (rule & ~barred) | (barred & _let_into_another(rooms, level))


def _let_into_another(rooms: list[Room], level: Level) -> Q:
    by_partner = PartnerGrant.objects.current().filter(
        ~Exists(bars(level, user=OuterRef("user"), room="content_object")),
        content_object__in=rooms,
        permission__codename__in=codenames(level),
        group=OuterRef("partner__group"),
    )
    own = PersonGrant.objects.current().filter(
        ~Exists(bars(level, user="user", room="content_object")),
        content_object__in=rooms,
        permission__codename__in=codenames(level),
    )
    carrying = Membership.objects.carrying_grants().filter(Exists(by_partner))
    rule = Q(pk__in=carrying.values("user")) | (Q(pk__in=own.values("user")) & present_rule())
    of_all = [room.pk for room in rooms if room.kind == "network"]
    if level == Level.VIEW and of_all:
        left = all_rooms().filter(~Exists(bars(level, user=OuterRef("pk"), room="pk")), pk__in=of_all)
        rule |= Q(pk__in=members_now()) & Q(Exists(left))
    return rule


def held_in(user: Reader, room: Room) -> set[tuple[str, int]]:
    """What this person holds in the room now: stored permissions, or a mute, each with the partner it comes through.

    0 stands for their own. One query; `level_of` makes a level of it.
    """
    return {(codename, partner) for codename, partner, _room in held_where(user, room.pk)}


def held_where(user: Reader, key: int | UUID) -> list[tuple[str, int, int]]:
    """The same of the room with this number, or of the home of the item with this uid; with the room's number."""
    return [] if user.pk is None else _held(user.pk, key)


@whole
def _held(user_id: int, key: int | UUID) -> QuerySet:
    home: Any
    if isinstance(key, UUID):
        home = apps.get_model("network", "Item")._default_manager.filter(uid=key).order_by().values("room")
    else:
        home = all_rooms().filter(pk=key).order_by().values("pk")
    codename, partner = "permission__codename", "group__partner"
    through = PartnerGrant.objects.filter(pk__in=reaching_grants(user_id, Level.VIEW), content_object__in=home)
    own = PersonGrant.objects.filter(pk__in=owned_grants(user_id, Level.VIEW), content_object__in=home)
    of_all = all_rooms().filter(kind="network", pk__in=home).order_by()
    suspended = keeping_from(Level.VIEW).filter(user=user_id, room__in=home)
    members = memberships_now(user_id).filter(Exists(of_all), ~Exists(suspended)).order_by()
    muted = keeping_from(Level.CONTRIBUTE).filter(user=user_id, room__in=home, kind=Sanction.Kind.MUTE)
    return through.values_list(codename, partner, "content_object").union(
        own.values_list(codename, _OWN, "content_object"),
        members.values_list(Value(CODENAMES[Level.VIEW]), "partner", Subquery(home[:1])),
        muted.values_list(Value(Sanction.Kind.MUTE), _OWN, "room"),
    )


def level_of(held: Iterable[tuple[str, int]], room: Room) -> Level | None:
    """The highest level in what `held_in` brought; None where they may not even view the room."""
    found = {codename for codename, _partner in held}
    best = max((LEVELS_BY_CODENAME[codename] for codename in found - {Sanction.Kind.MUTE}), default=None)
    if best is not None and Sanction.Kind.MUTE in found:
        return Level.VIEW
    if best == Level.CONTRIBUTE and room.is_archived:
        return Level.VIEW
    return best


def level_in(user: Reader, room: Room) -> Level | None:
    """The highest level this person has in the room now; None where they may not even view it.

    One query. In an archived room the highest may be `moderate` or `manage` without `contribute`.
    """
    return None if user.pk is None else level_of(held_in(user, room), room)


def level_by_places(user: User, room: Room) -> Level | None:
    """The highest level that this person's places in the room give, whatever sanctions take from it. Two queries."""
    carrying = Membership.objects.carrying_grants().filter(user=user)
    through = PartnerGrant.objects.current().filter(group__in=carrying.values("partner__group"), content_object=room)
    own = PersonGrant.objects.current().filter(present_condition(user.pk), user=user, content_object=room)
    held = {*through.values_list("permission__codename"), *own.values_list("permission__codename")}
    return max((LEVELS_BY_CODENAME[codename] for (codename,) in held), default=None)


def held_through(user: User, level: Level, room: Room) -> list[tuple[Partner | User, datetime | None]]:
    """The places through which this person has `level` in the room, each with its end: their own, their partners'."""
    own = PersonGrant.objects.filter(pk__in=owned_grants(user, level), content_object=room)
    through = PartnerGrant.objects.filter(pk__in=reaching_grants(user, level), content_object=room)
    partners = through.select_related("group__partner").order_by("group__partner__name")
    return [(user, one.until) for one in own] + [(one.group.partner, one.until) for one in partners]


# --- the three questions --------------------------------------------------------------------------


def where_allowed(user: Reader, level: Level) -> Any:
    """All places where this person has `level`: Rooms, Partners, or (NETWORK,) or ()."""
    if level in ROOM_LEVELS:
        return all_rooms().filter(room_rule(user, level))
    if user.pk is None:
        return Partner.objects.none() if level == Level.REPRESENT else ()
    if level == Level.REPRESENT:
        return Partner.objects.filter(pk__in=representing(user.pk).values("partner"))
    return (NETWORK,) if User.objects.filter(network_rule(level), pk=user.pk).exists() else ()


def allowed(user: Reader, level: Level, place: Place) -> bool:
    """May this person do that there, now? ValueError for a level that the place does not know."""
    _demand_fitting(level, place)
    if isinstance(place, Network):
        return bool(where_allowed(user, level))
    if level in ROOM_LEVELS:
        return user.pk is not None and bool(_allowed(user.pk, place.pk, level=level))
    return where_allowed(user, level).filter(pk=place.pk).exists()


@whole
def _allowed(user_id: int, room: int, *, level: Level) -> QuerySet:
    return where_allowed(User(pk=user_id), level).filter(pk=room).order_by().values_list("pk")


def who_may(level: Level, place: Place) -> QuerySet[User]:
    """Everybody who has `level` there now."""
    _demand_fitting(level, place)
    if isinstance(place, Network):
        return User.objects.filter(network_rule(level))
    if isinstance(place, Partner):
        speakers = Membership.objects.effective().filter(partner=place, role=Membership.Role.REPRESENTATIVE)
        return User.objects.filter(pk__in=speakers.values("user"))
    return User.objects.filter(viewers_rule([place], level))


def network_rule(level: Level) -> Q:
    """On User: has `level` in the network as a whole now. Coordinators represent the lead partner.

    Coordinators may open rooms, as may whoever of the network they let; whoever hosts it need not take part in it.
    """
    coordinators = Q(
        pk__in=Membership.objects.effective()
        .filter(partner__role=Partner.Role.LEAD, role=Membership.Role.REPRESENTATIVE)
        .values("user")
    )
    if level == Level.COORDINATE:
        return coordinators
    mandated = Mandate.objects.current().filter(user__is_active=True)
    if level == Level.OPERATE:
        return Q(pk__in=mandated.filter(kind=Mandate.Kind.OPERATE).values("user"))
    return coordinators | (
        Q(pk__in=mandated.filter(kind=Mandate.Kind.CONVENE).values("user")) & Q(pk__in=members_now())
    )


def _demand_fitting(level: Level, place: Place) -> None:
    fitting = (
        set(NETWORK_LEVELS)
        if isinstance(place, Network)
        else {Level.REPRESENT}
        if isinstance(place, Partner)
        else set(ROOM_LEVELS)
    )
    if level not in fitting:
        raise ValueError(f"{level!r} is not a level of {place!r}")
