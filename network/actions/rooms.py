"""Opening rooms, giving places in them and taking them back."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from network import clock
from network.audit import record
from network.effects import after_commit, ring_bells, room_changed, send_mail_soon
from network.labels import Label
from network.models.grants import PersonGrant
from network.models.people import Membership, Partner, User
from network.models.rooms import JoinRequest, Phase, Room
from network.notifications import notify, withdraw
from network.permissions import (
    NETWORK,
    Level,
    allowed,
    end_left_over_places,
    grant_to,
    present_people,
    require,
    who_may,
    withdraw_from,
)
from network.permissions.guests import check_bring_in
from network.refusals import Forbidden, Invalid, Unseen

SMALLEST_DIRECT, LARGEST_DIRECT = 2, 8
NOBODY = Q(pk__in=[])
RESERVED = {"new"}  # addresses that are pages of their own
OPENED_KINDS = (Room.Kind.NETWORK, Room.Kind.RESTRICTED, Room.Kind.HIDDEN)


@transaction.atomic
def open_room(
    *,
    by: User,
    name: str,
    kind: str = Room.Kind.RESTRICTED,
    purpose: str = "",
    slug: str = "",
    phase: Phase | None = None,
    moderation: str = Room.Moderation.FREE,
    work: str = "",
    default_tlp: Label = Label.AMBER,
    languages: Collection[str] = (),
    places: Collection[tuple[Partner, Level]] = (),
    once: UUID | None = None,
) -> Room:
    """Whoever may convene opens a room; the lead partner manages it from the first moment.

    So does whoever opens it without being a coordinator, by a grant of their own. `places` are given to partners at
    once. A taken address is given a number silently, since saying so would tell that the other exists. `once` makes a
    retry find the room that the first try opened. Raises Forbidden, Invalid.
    """
    require(by, Level.CONVENE, NETWORK)
    again = Room.objects.filter(uid=once, opened_by=by, name=name).first() if once else None
    if again is not None:
        return again
    if kind not in OPENED_KINDS:
        raise Invalid("kind", _("A direct room is opened from a person's page."))
    own: dict[str, Any] = {"uid": once} if once and not Room.objects.filter(uid=once).exists() else {}
    room = Room.objects.create(
        slug=_free_slug(slug or name) if kind != Room.Kind.HIDDEN or slug else random_slug(),
        name=name,
        purpose=purpose,
        kind=kind,
        phase=phase,
        moderation=moderation,
        work=work,
        default_tlp=default_tlp,
        languages=list(languages),  # type: ignore[misc]
        opened_by=by,
        **own,
    )
    lead = Partner.objects.filter(role=Partner.Role.LEAD).first()
    if lead is None:
        raise Forbidden(_("The network has no lead partner yet."))
    grant_to(lead, Level.MANAGE, room)
    if not allowed(by, Level.COORDINATE, NETWORK):
        grant_to(by, Level.MANAGE, room)
    record("network.room_opened", by=by, target=room, room=room, kind=room.kind)
    for partner, level in places:
        if partner != lead:
            grant(by=by, room=room, holder=partner, level=level)
    return room


@transaction.atomic
def open_direct_room(*, by: User, people: Collection[User], name: str = "") -> Room:
    """Two to eight people talk among themselves; the circle is fixed at opening.

    Raises Invalid where the circle is too small, too large, or holds somebody who is not there.
    """
    circle = {by.pk: by} | {person.pk: person for person in people}
    if not SMALLEST_DIRECT <= len(circle) <= LARGEST_DIRECT:
        raise Invalid("people", _("Choose between one and seven other people."))
    if present_people().filter(pk__in=circle).count() != len(circle):
        raise Invalid("people", _("Somebody of these is not in the network any more."))
    room = Room.objects.create(
        slug=random_slug(),
        name=name or ", ".join(sorted(person.name for person in circle.values()))[:120],
        kind=Room.Kind.DIRECT,
        opened_by=by,
    )
    for person in circle.values():
        grant_to(person, Level.CONTRIBUTE, room)
    record("network.room_opened", by=by, target=room, room=room, kind=room.kind)
    notify(circle.values(), kind="granted", room=room, by=by)
    tell_after_commit(room)
    return room


@transaction.atomic
def talk_with(*, by: User, other: User) -> Room:
    """The direct room of the two, opened where they have none. Raises Invalid as `open_direct_room` does."""
    # The two are locked, in one order: of two clicks, or of each clicking at once, the second finds the room.
    list(User.objects.select_for_update(no_key=True).filter(pk__in=[by.pk, other.pk]).order_by("pk"))
    shared = Room.objects.visible_to(by).filter(kind=Room.Kind.DIRECT, person_grants__user=other).order_by("pk")
    for room in shared.prefetch_related("person_grants"):
        if {grant.user_id for grant in room.person_grants.all()} == {by.pk, other.pk}:
            return room
    return open_direct_room(by=by, people=[other])


@transaction.atomic
def grant(*, by: User, room: Room, holder: Partner | User, level: Level, until: datetime | None = None) -> None:
    """A manager gives a partner or a person a level, replacing what the holder had here.

    Raises Unseen, Forbidden, Invalid: no end for a guest, an end that is past, a direct room,
    or the last manager lowered.
    """
    # The room is locked first, so that whoever loses their level at this moment gives no more places.
    place = locked(room)
    require(by, Level.MANAGE, place)
    _check_grant(by, place, holder, level, until)
    if isinstance(holder, User):
        leave_behind(holder)
    before = withdraw_from(holder, place)
    grant_to(holder, level, place, until=until)
    demand_manager(place)
    record(
        "network.granted",
        by=by,
        target=holder,
        room=room,
        level=level.name.lower(),
        before=before.name.lower() if before else "",
        until=until.isoformat() if until else "",
    )
    _settle_requests(by, room, holder)
    if before is None:
        told = [holder] if isinstance(holder, User) else who_may(Level.REPRESENT, holder)
        notify(told, kind="granted", room=room, by=by)
    tell_after_commit(room)


@transaction.atomic
def withdraw_grant(*, by: User, room: Room, holder: Partner | User) -> None:
    """A manager takes a grant back; a person may always give up their own.

    Raises Forbidden for the last manager, Invalid where there is no such grant.
    """
    place = locked(room)
    if holder != by:
        require(by, Level.MANAGE, place)
    if place.is_direct:
        raise Forbidden(_("The circle of a direct room is fixed when it is opened."))
    before = withdraw_from(holder, place)
    if before is None:
        raise Invalid("holder", _("There is no such grant in this room."))
    demand_manager(place)
    record("network.grant_withdrawn", by=by, target=holder, room=room, before=before.name.lower())
    tell_after_commit(room)


@transaction.atomic
def name_manager(*, by: User, room: Room, person: User) -> None:
    """Where the last manager has gone, a coordinator names another, without reading the room.

    Its members are told. Raises Unseen where the room has a manager or the actor is none to ask.
    """
    # Of two coordinators at this moment the second finds the manager whom the first has named.
    place = locked(room)
    require(by, Level.COORDINATE, NETWORK)
    if not Room.objects.unmanaged().filter(pk=place.pk).exists():
        raise Unseen
    if person == by:
        raise Invalid("person", _("Name somebody else: who names the manager does not come to read the room by it."))
    if not Membership.objects.effective().filter(user=person).exists():
        raise Invalid("person", _("Choose somebody who is a member of the network."))
    grant_to(person, Level.MANAGE, place)
    record("network.manager_named", by=by, target=person, room=room)
    notify(who_may(Level.VIEW, room), kind="manager_named", room=room, by=by)
    tell_after_commit(room)


@transaction.atomic
def archive_room(*, by: User, room: Room) -> None:
    """A manager ends contributions to the room; everything stays readable."""
    place = locked(room)
    require(by, Level.MANAGE, place)
    if not place.is_archived:
        Room.objects.filter(pk=room.pk).update(archived_at=clock.now())
        record("network.room_archived", by=by, target=room, room=room)
        tell_after_commit(room)


@transaction.atomic
def reopen_room(*, by: User, room: Room) -> None:
    """A manager opens an archived or closed room again; after a close, places are given anew."""
    place = locked(room)
    require(by, Level.MANAGE, place)
    if place.is_archived:
        Room.objects.filter(pk=room.pk).update(archived_at=None, closed_at=None)
        record("network.room_reopened", by=by, target=room, room=room)
        tell_after_commit(room)


def _check_grant(by: User, room: Room, holder: Partner | User, level: Level, until: datetime | None) -> None:
    if room.is_direct:
        raise Forbidden(_("The circle of a direct room is fixed when it is opened."))
    if until is not None and until <= clock.now():
        raise Invalid("until", _("The end must lie in the future."))
    if isinstance(holder, Partner):
        if not Partner.objects.standing().filter(pk=holder.pk).exists():
            raise Invalid("holder", _("This partner does not take part at present."))
    elif not holder.is_active:
        raise Invalid("holder", _("This person may not sign in at present."))
    elif until is None and not Membership.objects.effective().filter(user=holder).exists():
        raise Invalid("until", _("A guest's place needs an end. Choose the last day."))
    elif until is not None and _outlasts_membership(holder, until):
        # With the place they would stay as a guest when their membership ends, which is not a room's to say either.
        require(by, Level.COORDINATE, NETWORK, because=_("Their membership ends before that day."))
    elif not present_people().filter(pk=holder.pk).exists() or (until is not None and _outlasts_stay(holder, until)):
        # Their first place would bring them into the network, and a longer one keep a guest there: whom to let in,
        # and for how long, is not a room's to say.
        check_bring_in(by)


def _outlasts_membership(person: User, until: datetime) -> bool:
    current = Membership.objects.current().filter(user=person)
    return current.exists() and not current.filter(Q(until=None) | Q(until__gte=until)).exists()


def _outlasts_stay(person: User, until: datetime) -> bool:
    """Whether a guest would stay in the network for longer than by the places that they have."""
    places = PersonGrant.objects.current().filter(user=person, until__gte=until).exclude(content_object__kind="direct")
    return not Membership.objects.current().filter(user=person).exists() and not places.exists()


def locked(room: Room) -> Room:
    """The room as it is now, with everybody else waiting until this transaction ends."""
    return Room.objects.select_for_update().get(pk=room.pk)


def demand_manager(room: Room) -> None:
    """Raises Forbidden where nobody manages the room any more; the caller's transaction is undone by it."""
    if not who_may(Level.MANAGE, room).exists():
        raise Forbidden(_("The room would have no manager. Name another one first."))


def leave_behind(person: User) -> None:
    """Whoever comes back into the network comes without the places that they had before; in the caller's transaction.

    Nobody is named for it: whoever lets them in need not know what they had.
    """
    for room in end_left_over_places(person):
        record("network.grant_withdrawn", by=None, target=person, room=room)


def _settle_requests(by: User, room: Room, holder: Partner | User) -> None:
    """Who has a place now asks for none any more, whoever gave it and however."""
    asked = Q(partner=holder) if isinstance(holder, Partner) else NOBODY
    answered = JoinRequest.objects.filter(
        asked | Q(partner=None, user__in=who_may(Level.VIEW, room)), room=room, settled_at=None
    )
    for request in answered:
        withdraw("join_asked", room=room, part=("join_request", request.pk))
    answered.update(settled_at=clock.now(), settled_by=by, granted=True)


def tell_after_commit(room: Room) -> None:
    """Sockets, bells and letters, each on its own, once all of this is true."""
    after_commit(room_changed, room.pk)
    after_commit(ring_bells)
    after_commit(send_mail_soon)


def _free_slug(words: str) -> str:
    base = slugify(words)[:50] or "room"
    slug, number = base, 2
    while slug in RESERVED or Room.objects.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug


def random_slug() -> str:
    # slugs are addresses: this one cannot be guessed from the name
    return secrets.token_urlsafe(12).replace("_", "-").strip("-").lower() + secrets.token_hex(2)
