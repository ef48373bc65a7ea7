"""Opening rooms, giving places in them and taking them back."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from network import clock
from network.audit import record
from network.effects import after_commit, ring_bells, room_changed, send_mail_soon
from network.models.people import Membership, Partner, User
from network.models.rooms import JoinRequest, Phase, Room
from network.notifications import notify
from network.permissions import (
    NETWORK,
    Level,
    grant_to,
    present_people,
    require,
    who_may,
    withdraw_from,
)
from network.permissions.guests import check_bring_in
from network.refusals import Forbidden, Invalid, Unseen

SMALLEST_DIRECT, LARGEST_DIRECT = 2, 8
RESERVED = {"new"}  # addresses that are pages of their own


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
) -> Room:
    """A coordinator opens a room; the lead partner manages it from the first moment.

    A taken address is given a number silently, since saying so would tell that the other exists.
    Raises Forbidden, Invalid.
    """
    require(by, Level.COORDINATE, NETWORK)
    if kind == Room.Kind.DIRECT:
        raise Invalid("kind", _("A direct room is opened from a person's page."))
    room = Room.objects.create(
        slug=_free_slug(slug or name) if kind != Room.Kind.HIDDEN or slug else _random_slug(),
        name=name,
        purpose=purpose,
        kind=kind,
        phase=phase,
        moderation=moderation,
        opened_by=by,
    )
    lead = Partner.objects.filter(role=Partner.Role.LEAD).first()
    if lead is None:
        raise Forbidden(_("The network has no lead partner yet."))
    grant_to(lead, Level.MANAGE, room)
    record("network.room_opened", by=by, target=room, room=room, kind=room.kind)
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
        slug=_random_slug(),
        name=name or ", ".join(sorted(person.name for person in circle.values()))[:120],
        kind=Room.Kind.DIRECT,
        opened_by=by,
    )
    for person in circle.values():
        grant_to(person, Level.CONTRIBUTE, room)
    record("network.room_opened", by=by, target=room, room=room, kind=room.kind)
    notify(circle.values(), kind="granted", room=room, by=by)
    _tell_after_commit(room)
    return room


@transaction.atomic
def grant(*, by: User, room: Room, holder: Partner | User, level: Level, until: datetime | None = None) -> None:
    """A manager gives a partner or a person a level, replacing what the holder had here.

    Raises Unseen, Forbidden, Invalid: no end for a guest, an end that is past, a direct room,
    or the last manager lowered.
    """
    # The room is locked first, so that whoever loses their level at this moment gives no more places.
    locked = _locked(room)
    require(by, Level.MANAGE, locked)
    _check_grant(by, locked, holder, level, until)
    before = withdraw_from(holder, locked)
    grant_to(holder, level, locked, until=until)
    _demand_manager(locked)
    record(
        "network.granted",
        by=by,
        target=holder,
        room=room,
        level=level.name.lower(),
        before=before.name.lower() if before else "",
        until=until.isoformat() if until else "",
    )
    _settle_request(room, holder)
    if before is None:
        told = [holder] if isinstance(holder, User) else who_may(Level.REPRESENT, holder)
        notify(told, kind="granted", room=room, by=by)
    _tell_after_commit(room)


@transaction.atomic
def withdraw_grant(*, by: User, room: Room, holder: Partner | User) -> None:
    """A manager takes a grant back; a person may always give up their own.

    Raises Forbidden for the last manager, Invalid where there is no such grant.
    """
    locked = _locked(room)
    if holder != by:
        require(by, Level.MANAGE, locked)
    if locked.is_direct:
        raise Forbidden(_("The circle of a direct room is fixed when it is opened."))
    before = withdraw_from(holder, locked)
    if before is None:
        raise Invalid("holder", _("There is no such grant in this room."))
    _demand_manager(locked)
    record("network.grant_withdrawn", by=by, target=holder, room=room, before=before.name.lower())
    _tell_after_commit(room)


@transaction.atomic
def ask_to_join(*, by: User, room: Room, note: str = "") -> JoinRequest:
    """Somebody who knows of a restricted room asks its managers for a place. Asking twice is once."""
    if not Room.objects.listed_to(by).filter(pk=room.pk, kind=Room.Kind.RESTRICTED).exists():
        raise Unseen
    if Room.objects.visible_to(by).filter(pk=room.pk).exists():
        raise Invalid("", _("You have a place in this room already."))
    request, new = JoinRequest.objects.get_or_create(room=room, user=by, settled_at=None, defaults={"note": note})
    if new:
        record("network.join_asked", by=by, target=room, room=room, note=note)
        notify(who_may(Level.MANAGE, room), kind="join_asked", room=room, by=by)
        _tell_after_commit(room)
    return request


@transaction.atomic
def decline_request(*, by: User, request: JoinRequest) -> None:
    """A manager says no; the room stays as unknown to the other as it was."""
    require(by, Level.MANAGE, request.room)
    JoinRequest.objects.filter(pk=request.pk, settled_at=None).update(settled_at=clock.now())
    record("network.join_declined", by=by, target=request.user, room=request.room)


@transaction.atomic
def name_manager(*, by: User, room: Room, person: User) -> None:
    """Where the last manager has gone, a coordinator names another, without reading the room.

    Its members are told. Raises Unseen where the room has a manager or the actor is none to ask.
    """
    require(by, Level.COORDINATE, NETWORK)
    if not Room.objects.unmanaged().filter(pk=room.pk).exists():
        raise Unseen
    if person == by:
        raise Invalid("person", _("Name somebody else: who names the manager does not come to read the room by it."))
    if not Membership.objects.effective().filter(user=person).exists():
        raise Invalid("person", _("Choose somebody who is a member of the network."))
    grant_to(person, Level.MANAGE, _locked(room))
    record("network.manager_named", by=by, target=person, room=room)
    notify(who_may(Level.VIEW, room), kind="manager_named", room=room, by=by)
    _tell_after_commit(room)


@transaction.atomic
def archive_room(*, by: User, room: Room) -> None:
    """A manager closes the room for contributions; everything stays readable."""
    require(by, Level.MANAGE, room)
    if not room.is_archived:
        Room.objects.filter(pk=room.pk).update(archived_at=clock.now())
        record("network.room_archived", by=by, target=room, room=room)


@transaction.atomic
def reopen_room(*, by: User, room: Room) -> None:
    """A manager opens an archived room again."""
    require(by, Level.MANAGE, room)
    if room.is_archived:
        Room.objects.filter(pk=room.pk).update(archived_at=None)
        record("network.room_reopened", by=by, target=room, room=room)


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
    elif not present_people().filter(pk=holder.pk).exists():
        # Their first place would bring them into the network, and whom to let in is not a room's to say.
        check_bring_in(by)


def _locked(room: Room) -> Room:
    return Room.objects.select_for_update().get(pk=room.pk)


def _demand_manager(room: Room) -> None:
    # Rolls back: the caller's transaction is undone by the exception.
    if not who_may(Level.MANAGE, room).exists():
        raise Forbidden(_("The room would have no manager. Name another one first."))


def _settle_request(room: Room, holder: Partner | User) -> None:
    if isinstance(holder, User):
        JoinRequest.objects.filter(room=room, user=holder, settled_at=None).update(settled_at=clock.now())


def _tell_after_commit(room: Room) -> None:
    after_commit(room_changed, room.pk)
    after_commit(ring_bells)
    after_commit(send_mail_soon)


def _free_slug(words: str) -> str:
    base = slugify(words)[:50] or "room"
    slug, number = base, 2
    while slug in RESERVED or Room.objects.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug


def _random_slug() -> str:
    # slugs are addresses: this one cannot be guessed from the name
    return secrets.token_urlsafe(12).replace("_", "-").strip("-").lower() + secrets.token_hex(2)
