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
from django.utils.translation import gettext_lazy as _

from network import clock
from network.models.grants import PartnerGrant, PersonGrant
from network.models.people import Membership, Partner, User
from network.permissions.levels import CODENAMES, LEVELS_BY_CODENAME, Level
from network.permissions.places import present_people
from network.refusals import Forbidden

if TYPE_CHECKING:
    from network.models.rooms import Room


def grant_to(
    holder: Partner | User, level: Level, room: Room, *, until: datetime | None = None
) -> PartnerGrant | PersonGrant:
    """Stores the grant from now on; the caller has checked that it may be given."""
    permission = Permission.objects.get(codename=CODENAMES[level], content_type__app_label="network")
    values = {"permission": permission, "since": clock.now(), "until": until}
    if isinstance(holder, Partner):
        grant, _new = PartnerGrant.objects.update_or_create(group=holder.group, content_object=room, defaults=values)
        return grant
    # Whoever was told of the former end is told of this one too.
    values["warned"] = None
    own, _new = PersonGrant.objects.update_or_create(user=holder, content_object=room, defaults=values)
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


def end_places(person: User, at: datetime, *, but: Collection[Room] = ()) -> list[Room]:
    """The person's own places last until `at` at the longest; those that were to last longer, as rooms.

    Direct rooms are left as they are, since their circle is fixed, and so are the rooms in `but`.
    """
    lasting = (
        PersonGrant.objects.filter(Q(until=None) | Q(until__gt=at), user=person)
        .exclude(content_object__kind="direct")
        .exclude(content_object__in=[room.pk for room in but])
    )
    rooms = [grant.content_object for grant in lasting.select_related("content_object")]
    lasting.filter(since__gte=at).delete()
    if at > clock.now():
        lasting.update(until=at)
    else:
        lasting.delete()
    return rooms


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


def end_idle_places(person: User) -> None:
    """Takes away the places that are over, and all of somebody who is not in the network.

    Those count for nothing now, and would come to life again with whatever brings the person back.
    """
    idle = PersonGrant.objects.filter(user=person)
    if present_people().filter(pk=person.pk).exists():
        idle = idle.filter(until__lte=clock.now())
    idle.delete()


def end_left_over_places(person: User) -> list[Room]:
    """Takes away what somebody has who is not in the network, before something brings them back; the rooms.

    A place without an end is left over where a membership ends by itself. Nothing is taken from who takes part for a
    partner that is suspended, and no direct room, whose circle is fixed.
    """
    current = Membership.objects.current().filter(user=person)
    if current.exists() or present_people().filter(pk=person.pk).exists():
        return []
    left = PersonGrant.objects.filter(user=person).exclude(content_object__kind="direct")
    rooms = [place.content_object for place in left.select_related("content_object")]
    left.delete()
    return rooms


class Unlike(Forbidden):
    """Neither of two places of one person holds the other. Whoever reads of it may not know of the room."""

    def __init__(self, room: Room) -> None:
        self.room = room
        super().__init__(
            _("The two have places of their own in one room, one higher and one longer. Take one of them back.")
        )


def join_places(kept: User, closed: User) -> None:
    """Two accounts of one person become one: of two places in a room the one that holds the other remains.

    Raises Unlike where neither of two holds the other.
    """
    theirs = PersonGrant.objects.filter(user=closed).select_related("permission", "content_object")
    mine = {one.content_object_id: one for one in PersonGrant.objects.filter(user=kept).select_related("permission")}
    for other in theirs:
        own = mine.get(other.content_object_id)
        if own is not None and not _holds(own, other):
            if not _holds(other, own):
                raise Unlike(other.content_object)
            own.delete()
            own = None
        if own is not None:
            other.delete()
        else:
            other.user = kept
            other.save(update_fields=["user"])


def _holds(one: PersonGrant, other: PersonGrant) -> bool:
    """Whether whoever has the one needs the other for nothing."""
    now = clock.now()
    as_high = _level_of(one) >= _level_of(other)
    as_early = one.since <= max(now, other.since)
    return as_high and as_early and (one.until is None or (other.until is not None and one.until >= other.until))


def _level_of(grant: PersonGrant) -> Level:
    return LEVELS_BY_CODENAME[grant.permission.codename]
