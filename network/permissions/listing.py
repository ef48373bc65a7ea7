"""Which rooms have a manager, and who knows of a room that they do not view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from network.models.grants import PartnerGrant, PersonGrant
from network.models.people import Membership, Partner, User
from network.permissions.levels import Level, codenames
from network.permissions.places import (
    NOBODY,
    Reader,
    all_rooms,
    coordinating,
    everybody_now,
    members_now,
    memberships_now,
    network_rule,
    present_rule,
    rooms_where,
    viewers_rule,
)
from network.permissions.prepared import prepared
from network.permissions.sanctions import bars, keeping_from

if TYPE_CHECKING:
    from network.models.rooms import Room


@prepared
def _managed(_: int) -> QuerySet:
    carrying = Membership.objects.carrying_grants()
    return all_rooms().filter(_kept(carrying, everybody_now())).values("pk")


def _kept(carrying: QuerySet[Membership], people: Any) -> Q:
    """On Room: one of these memberships or people, whom no sanction keeps from it, manages it now."""
    manage = codenames(Level.MANAGE)
    # Hardly any room has a sanction, so that what must be asked of each grant is asked of hardly any.
    untouched = ~Q(content_object__in=keeping_from(Level.MANAGE).values("room"))
    free = carrying.filter(
        ~Exists(bars(Level.MANAGE, user="user", room=OuterRef("content_object"))),
        partner__group=OuterRef("group"),
    )
    by_partner = PartnerGrant.objects.current().filter(
        untouched | Q(Exists(free)), permission__codename__in=manage, group__in=carrying.values("partner__group")
    )
    own = PersonGrant.objects.current().filter(
        untouched | ~Q(Exists(bars(Level.MANAGE, user="user", room="content_object"))),
        permission__codename__in=manage,
        user__in=people,
    )
    return Q(pk__in=by_partner.values("content_object")) | Q(pk__in=own.values("content_object"))


def managed_rule() -> Q:
    """On Room: somebody in the network has `manage` there now."""
    return Q(pk__in=_managed())


def rests_on_rule(partner: Partner) -> Q:
    """On Room: managed now, but by nobody any more once this partner and its people are gone."""
    others = Membership.objects.exclude(partner=partner)
    guests = present_rule() & ~Q(pk__in=Membership.objects.current().values("user"))
    staying = User.objects.filter(Q(pk__in=others.effective().values("user")) | guests)
    return managed_rule() & ~_kept(others.carrying_grants(), staying.values("pk")) & ~Q(kind="direct")


@prepared
def _listed(user_id: int) -> QuerySet:
    restricted = Q(kind="restricted") & Q(Exists(memberships_now(user_id)))
    # Coordinators may name another manager; a direct room never had one.
    orphaned = Q(Exists(coordinating(user_id))) & ~Q(kind="direct") & ~managed_rule()
    return all_rooms().filter(Q(pk__in=rooms_where(user_id, Level.VIEW)) | restricted | orphaned).values("pk")


def listed_rule(user: Reader) -> Q:
    """On Room: this person may know its name and purpose.

    What they may view; for members also restricted rooms; for coordinators also rooms whose last
    manager has ended.
    """
    return NOBODY if user.pk is None else Q(pk__in=_listed(user))


def who_knows_of(room: Room) -> QuerySet[User]:
    """Everybody who may know the room's name and purpose. The inverse of `listed_rule`."""
    rule = viewers_rule([room])
    if room.kind == "restricted":
        rule |= Q(pk__in=members_now())
    if room.kind != "direct" and not all_rooms().filter(managed_rule(), pk=room.pk).exists():
        rule |= network_rule(Level.COORDINATE)
    return User.objects.filter(rule)
