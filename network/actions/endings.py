"""How a room passes into other hands, and how its work comes to an end."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from network import clock
from network.actions.rooms import demand_manager, grant, locked, tell_after_commit
from network.audit import record
from network.models.people import Partner, User
from network.models.rooms import JoinRequest, Room
from network.notifications import notify, withdraw
from network.permissions import Level, grant_to, held_through, levels_in, require, who_may, withdraw_from
from network.refusals import Invalid


@transaction.atomic
def hand_over(*, by: User, room: Room, to: Partner | User, keeps: Level | None) -> None:
    """A manager makes somebody else manage the room, and themselves `keeps` that level, or none.

    What changes is each place through which they manage: their own, and those of their partners.
    Raises as `grant` does; Forbidden where nobody would manage the room, Invalid where `to` is one of these places.
    """
    place = locked(room)
    require(by, Level.MANAGE, place)
    mine = held_through(by, Level.MANAGE, place)
    if to in [holder for holder, _until in mine]:
        raise Invalid("partner", _("You manage the room through this place yourself. Choose somebody else."))
    grant(by=by, room=place, holder=to, level=Level.MANAGE)
    for holder, until in mine if keeps != Level.MANAGE else ():
        withdraw_from(holder, place)
        if keeps is not None:
            grant_to(holder, keeps, place, until=until)
        record(
            "network.grant_withdrawn" if keeps is None else "network.granted",
            by=by,
            target=holder,
            room=place,
            level=keeps.name.lower() if keeps else "",
            before="manage",
        )
    demand_manager(place)
    record("network.room_handed_over", by=by, target=to, room=place, keeps=keeps.name.lower() if keeps else "")
    tell_after_commit(place)


@transaction.atomic
def close_room(*, by: User, room: Room) -> None:
    """The work is done: the room is archived, and all places but the managers' end. Twice is once.

    Raises Unseen, Forbidden, and Invalid for a room that every member reads.
    """
    place = locked(room)
    require(by, Level.MANAGE, place)
    if place.closed_at is not None:
        return
    if place.kind == Room.Kind.NETWORK:
        raise Invalid("", _("Every member reads a network room, with or without a place. Make it restricted first."))
    ended = [(holder, level) for holder, level, _until in levels_in(place) if level < Level.MANAGE]
    # Told while they still read here; later there is nobody left to tell.
    notify(who_may(Level.VIEW, place), kind="room_closed", room=place, by=by)
    for holder, _level in ended:
        withdraw_from(holder, place)
    now = clock.now()
    Room.objects.filter(pk=place.pk).update(archived_at=place.archived_at or now, closed_at=now)
    asked = JoinRequest.objects.filter(room=place, settled_at=None)
    for request in asked:
        withdraw("join_asked", room=place, part=("join_request", request.pk))
    # Nobody has answered them: when the room opens again, they may be asked again at once.
    asked.update(settled_at=now, settled_by=by)
    record(
        "network.room_closed",
        by=by,
        target=place,
        room=place,
        places=[[str(holder.uid), level.name.lower()] for holder, level in ended],
    )
    tell_after_commit(place)
