"""Who may look after what a partner leaves behind: whoever sees it already, so that nobody gains by it."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from network.labels import Label
from network.models.grants import PartnerGrant, PersonGrant
from network.models.people import Membership, Partner, User
from network.permissions.levels import Level, codenames
from network.permissions.sight import audience
from network.refusals import Invalid

if TYPE_CHECKING:
    from network.models.items import Item
    from network.models.rooms import Room


def partners_in(rooms: Collection[Room], leaving: Partner | None = None) -> dict[int, list[Partner]]:
    """Room → the standing partners that view it by their own grant, or because every member does. Two queries."""
    standing = {partner.group_id: partner for partner in Partner.objects.standing().order_by("short_name")}
    if leaving is not None:
        standing.pop(leaving.group_id, None)
    grants = PartnerGrant.objects.current().filter(
        content_object__in=rooms, group__in=standing, permission__codename__in=codenames(Level.VIEW)
    )
    there = set(grants.values_list("content_object", "group"))
    return {
        room.pk: [partner for group, partner in standing.items() if room.kind == "network" or (room.pk, group) in there]
        for room in rooms
    }


def successors(rooms: Collection[Room], leaving: Partner) -> dict[int, list[Partner | User]]:
    """Room → who could manage it after a partner: who has a place of their own there, and stays. Four queries.

    A partner without people, or a lead without representatives, would manage nothing.
    """
    staying = Membership.objects.effective().exclude(partner=leaving).values("user")
    peopled = set(Membership.objects.carrying_grants().exclude(partner=leaving).values_list("partner", flat=True))
    grants = (
        PersonGrant.objects.current()
        .filter(content_object__in=rooms, user__in=staying)
        .select_related("user")
        .order_by("user__name")
    )
    people: dict[int, list[User]] = {}
    for grant in grants:
        people.setdefault(grant.content_object_id, []).append(grant.user)
    return {
        room: [*(partner for partner in partners if partner.pk in peopled), *people.get(room, [])]
        for room, partners in partners_in(rooms, leaving).items()
    }


def check_keeper(item: Item, keeper: Partner) -> None:
    """Raises Invalid (field keeper) unless a representative of that partner sees the item through the partner's place.

    To keep is to look after, not to be let in: an own grant of somebody there does not count, and AMBER+STRICT must
    name the partner.
    """
    words = {"keeper": keeper.short_name, "title": item.title, "room": item.room.name}
    if keeper not in partners_in([item.room])[item.room_id]:
        raise Invalid("keeper", _("%(keeper)s has no place in the room %(room)s.") % words)
    speakers = Membership.objects.effective().filter(partner=keeper, role=Membership.Role.REPRESENTATIVE)
    named = item.tlp != Label.AMBER_STRICT or item.named_partners.filter(pk=keeper.pk).exists()
    if not named or not audience(item).filter(pk__in=speakers.values("user")).exists():
        raise Invalid("keeper", _("Nobody who represents %(keeper)s sees “%(title)s”.") % words)
