"""What a sanction takes from somebody, as sub-queries for the gate: a mute all but reading, a suspension reading too.

There are few of them, so each question asks a partial index for the ones of a person, or of a room, and no more.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import OuterRef, QuerySet

from network.models.people import User
from network.models.sanctions import Sanction, SanctionQuerySet
from network.permissions.levels import Level
from network.permissions.prepared import prepared

if TYPE_CHECKING:
    from network.models.items import Item
    from network.models.rooms import Room


def keeping_from(level: Level) -> SanctionQuerySet:
    """The sanctions that keep somebody from `level` in a room now."""
    running = Sanction.objects.current().of_rooms().order_by()
    return running.filter(kind=Sanction.Kind.SUSPENSION) if level == Level.VIEW else running


@prepared
def barred_rooms(user_id: int, level: Level) -> QuerySet:
    """The keys of the rooms where this person is kept from `level` now, whatever places they have."""
    return keeping_from(level).filter(user=user_id).values("room")


@prepared
def muted_rooms(user_id: int) -> QuerySet:
    """The keys of the rooms where this person reads, but writes nothing, now."""
    return keeping_from(Level.CONTRIBUTE).filter(user=user_id, kind=Sanction.Kind.MUTE).values("room")


def barred_people(rooms: Iterable[Room], level: Level) -> QuerySet:
    """The keys of the people who are kept from `level` in one of the rooms now. The inverse of `barred_rooms`."""
    return keeping_from(level).filter(room__in=rooms).values("user")


def bars(level: Level, *, user: str | OuterRef, room: str | OuterRef) -> SanctionQuerySet:
    """For `Exists`: the sanctions of a row's own person in a row's own room, each by its column."""
    return keeping_from(level).filter(user=OuterRef(user), room=OuterRef(room))


def muted_in(user: User, item: Item) -> SanctionQuerySet:
    """The mutes of this person in this one thread now; only under the Chatham House Rule are there any."""
    return Sanction.objects.current().filter(user=user, item=item)
