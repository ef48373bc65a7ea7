"""Writing the store of grants. One grant per holder and room: granting replaces level and end.

guardian's own shortcuts are not used: `assign_perm` keeps an old end, and its questions know no
dates.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.auth.models import Permission
from django.db.models import Q

from network import clock
from network.models.grants import PartnerGrant, PersonGrant
from network.models.people import Partner, User
from network.permissions.levels import CODENAMES, LEVELS_BY_CODENAME, Level

if TYPE_CHECKING:
    from network.models.rooms import Room


def grant_to(
    holder: Partner | User, level: Level, room: Room, *, until: datetime | None = None
) -> PartnerGrant | PersonGrant:
    """Stores the grant from now on; the caller has checked that it may be given."""
    permission = Permission.objects.get(codename=CODENAMES[level], content_type__app_label="network")
    values = {"permission": permission, "since": clock.now(), "until": until}
    if isinstance(holder, Partner):
        grant, _ = PartnerGrant.objects.update_or_create(group=holder.group, content_object=room, defaults=values)
        return grant
    own, _ = PersonGrant.objects.update_or_create(user=holder, content_object=room, defaults=values)
    return own


def withdraw_from(holder: Partner | User, room: Room) -> Level | None:
    """Removes the grant; the level that it had, or None where there was none."""
    rows = (
        PartnerGrant.objects.filter(group=holder.group, content_object=room)
        if isinstance(holder, Partner)
        else PersonGrant.objects.filter(user=holder, content_object=room)
    )
    grant = rows.select_related("permission").first()
    if grant is None:
        return None
    grant.delete()
    return LEVELS_BY_CODENAME[grant.permission.codename]


def levels_in(room: Room) -> list[tuple[Partner | User, Level, datetime | None]]:
    """The room's current grants: holder, level, end. Partners first, each by name. Two queries."""
    partners = (
        PartnerGrant.objects.current()
        .filter(content_object=room)
        .select_related("permission", "group__partner")
        .order_by("group__partner__name")
    )
    people = (
        PersonGrant.objects.current()
        .filter(content_object=room)
        .select_related("permission", "user")
        .order_by("user__name")
    )
    return [(grant.group.partner, LEVELS_BY_CODENAME[grant.permission.codename], grant.until) for grant in partners] + [
        (grant.user, LEVELS_BY_CODENAME[grant.permission.codename], grant.until) for grant in people
    ]


def end_grants_of(partner: Partner, people: Collection[User]) -> int:
    """Ends what the partner and these people hold anywhere, from now on; how many grants that were.

    The circle of a direct room stays as it is: whoever is not in the network reads nothing there.
    """
    now = clock.now()
    ended = 0
    held_by_people = PersonGrant.objects.filter(user__in=people).exclude(content_object__kind="direct")
    for grants in (PartnerGrant.objects.filter(group=partner.group), held_by_people):
        running = grants.filter(Q(until__isnull=True) | Q(until__gt=now))
        ended += running.filter(since__gte=now).delete()[0]
        ended += running.update(until=now)
    return ended
