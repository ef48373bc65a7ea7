"""What people do with workshops. Whatever touches seats happens under the lock of the workshop's row.

`select_for_update` is that lock on PostgreSQL; on SQLite the IMMEDIATE transaction is.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.db.models import Max

from network import clock, search
from network.actions.items import begin
from network.actions.sendings import clean_title, free_key, sent_before
from network.actions.watching import tell_soon
from network.audit import record
from network.effects import after_commit, ring_bells, send_mail_soon
from network.labels import Label
from network.models import Item, Partner, Release, Room, Theme, User
from network.notifications import notify
from network.permissions import audience
from network.permissions.items import check_seen
from workshops.models import Needs, Registration, Workshop
from workshops.permissions import (
    check_cancel,
    check_capacity,
    check_change,
    check_link,
    check_register,
    check_times,
    check_withdraw,
    speaker_at,
)


class Details(TypedDict, total=False):
    """What a workshop says of itself; instants are aware. What is left out keeps its value, or its default."""

    workshop_kind: str
    description: str
    time_zone: str
    place: str
    address: str
    link: str
    capacity: int | None
    registration_closes_at: datetime | None


class Changes(Details, total=False):
    """What can be changed later."""

    title: str
    language: str
    starts_at: datetime
    ends_at: datetime


OWN = ("starts_at", "ends_at", "description_html", "renderer", *Details.__annotations__)
# What a calendar shows, and what people arrange their day by.
IN_CALENDARS = {"title", "description", "starts_at", "ends_at", "time_zone", "place", "address", "link"}
WHEN_AND_WHERE = {"starts_at", "ends_at", "time_zone", "place", "address", "link"}


def announce(
    *,
    by: User,
    room: Room,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    tlp: Label = Label.AMBER,
    partner: Partner | None = None,
    language: str = "en",
    themes: Collection[Theme] = (),
    named_partners: Collection[Partner] = (),
    named_people: Collection[User] = (),
    once: uuid.UUID | None = None,
    **details: Unpack[Details],
) -> Workshop:
    """Announces a workshop in a room; one that is over may be written down too.

    `once` makes a retry harmless: the same person, UUID and words get the same workshop again.
    Raises Unseen, Forbidden, Invalid (any field of Changes, tlp, partner, named_partners, named_people).
    """
    draft = Workshop(starts_at=starts_at, ends_at=ends_at, **details)
    _check(draft)
    draft.describe(draft.description)
    words: dict[str, Any] = {
        "by": by,
        "room": room,
        "title": title,
        "tlp": tlp,
        "partner": partner,
        "language": language,
        "themes": themes,
        "named_partners": named_partners,
        "named_people": named_people,
        **{name: getattr(draft, name) for name in OWN},
    }
    key = free_key(once)
    if before := sent_before(Workshop, once, **words):
        return before
    try:
        with transaction.atomic():
            made = begin(Workshop, uid=key, **words)
            record("workshops.announced", by=by, target=made, room=room, partner=made.partner)
            index_workshop(made)
    except IntegrityError:
        # The same form arrived twice at the same moment, and the other try was first.
        if before := sent_before(Workshop, once, **words):
            return before
        raise
    return made


@transaction.atomic
def change(*, by: User, workshop: Workshop, **changes: Unpack[Changes]) -> Workshop:
    """Changes what a workshop says of itself; who has a seat or waits is told when time or place is another.

    More seats go to those who wait, in their order. What stood on the public site is taken off until a coordinator
    releases the new words. Raises Unseen, Forbidden, Invalid (any field of Changes).
    """
    workshop = _locked(workshop)
    check_change(by, workshop)
    before = {name: getattr(workshop, name) for name in changes}
    for name, value in changes.items():
        setattr(workshop, name, value)
    workshop.title = clean_title(workshop.title)
    _check(workshop)
    changed = {name for name, value in before.items() if getattr(workshop, name) != value}
    if not changed:
        return workshop
    workshop.describe(workshop.description)
    if changed & IN_CALENDARS:
        workshop.sequence += 1
    if changed & WHEN_AND_WHERE:
        workshop.active_at = clock.now()
    # Never the whole row: somebody may be tightening its label at this moment.
    workshop.save(update_fields=[*changed, "description_html", "renderer", "sequence", "active_at"])
    record("workshops.changed", by=by, target=workshop, room=workshop.room, fields=sorted(changed))
    index_workshop(workshop)
    if Release.objects.filter(item=workshop).delete()[0]:
        record("network.unreleased", by=by, target=workshop, room=workshop.room)
    if changed & WHEN_AND_WHERE and not workshop.is_over:
        _tell(_taking_part(workshop), "workshop_changed", workshop, by)
        tell_soon(workshop, by=by, kind="watched_change")
    _promote(workshop)
    return workshop


@transaction.atomic
def cancel(*, by: User, workshop: Workshop, reason: str = "") -> None:
    """Cancels a workshop and tells who has a seat or waits. Twice is once. Raises Unseen, Forbidden."""
    workshop = _locked(workshop)
    if not workshop.is_cancelled:
        check_cancel(by, workshop)
        cancel_unchecked(by, workshop, reason)


@transaction.atomic
def cancel_unchecked(by: User, item: Item, reason: str = "") -> None:
    """Cancels what somebody who may has decided to end, such as a partner that leaves, if it is still ahead."""
    workshop = _locked(item)
    if workshop.is_cancelled or workshop.is_over:
        return
    workshop.cancelled_at = workshop.active_at = clock.now()
    workshop.sequence += 1
    workshop.save(update_fields=["cancelled_at", "active_at", "sequence"])
    record("workshops.cancelled", by=by, target=workshop, room=workshop.room, reason=reason)
    _tell(_taking_part(workshop), "workshop_cancelled", workshop, by)
    tell_soon(workshop, by=by, kind="watched_change")


@transaction.atomic
def register(*, by: User, workshop: Workshop, partner: Partner | None = None, needs: str = "") -> Registration:
    """Takes a seat, or the next place on the waiting list where none is free. Twice is once.

    `partner` is whom one takes part for: the first of one's own where left out, None for a guest.
    `needs` is for the hosts alone, and never in the trail.
    Raises Unseen, Forbidden, Invalid (field partner).
    """
    workshop = _locked(workshop)
    check_seen(by, workshop, inside=True)
    known = workshop.registrations.active().filter(user=by).first()
    if known is not None:
        return known
    check_register(by, workshop)
    speaker = speaker_at(by, partner)
    seat = _free_seats(workshop) != 0
    last = workshop.registrations.aggregate(last=Max("position"))["last"] or 0
    registration = Registration.objects.create(
        workshop=workshop,
        user=by,
        partner=speaker,
        state=Registration.State.REGISTERED if seat else Registration.State.WAITING,
        position=last + 1,
    )
    if needs:
        Needs.objects.create(registration=registration, text=needs)
    verb = "workshops.registered" if seat else "workshops.queued"
    record(verb, by=by, target=workshop, room=workshop.room, partner=speaker)
    return registration


@transaction.atomic
def withdraw(*, by: User, workshop: Workshop) -> None:
    """Gives up a seat or a place in the queue; a seat goes to the next who waits. Twice is once.

    Raises Unseen, Forbidden.
    """
    workshop = _locked(workshop)
    check_withdraw(by, workshop)
    Needs.objects.filter(registration__workshop=workshop, registration__user=by).delete()
    if workshop.registrations.active().filter(user=by).update(state=Registration.State.WITHDRAWN):
        record("workshops.withdrew", by=by, target=workshop, room=workshop.room)
        _promote(workshop)


@transaction.atomic
def give_seats_back(*, by: User) -> None:
    """Somebody goes for good: their seats and places in queues ahead are free, whether they see the workshop or not.

    A seat goes to the next who waits. For closing an account, which has asked whether it may be done.
    """
    ahead = Workshop.objects.filter(
        registrations__in=Registration.objects.active().filter(user=by), ends_at__gt=clock.now()
    )
    for workshop in ahead.order_by("pk"):
        workshop = _locked(workshop)
        if workshop.registrations.active().filter(user=by).update(state=Registration.State.WITHDRAWN):
            record("workshops.withdrew", by=by, target=workshop, room=workshop.room)
            _promote(workshop)
    Needs.objects.filter(registration__user=by).delete()


def join_registrations(kept: User, closed: User) -> None:
    """Two accounts of one person become one: of two places in a workshop the better remains, the other is free."""
    for theirs in Registration.objects.filter(user=closed).select_related("workshop"):
        workshop = _locked(theirs.workshop)
        own = workshop.registrations.active().filter(user=kept).first()
        if own is not None and theirs.state != Registration.State.WITHDRAWN:
            worse = max(own, theirs, key=lambda one: (one.state == Registration.State.WAITING, one.position))
            worse.state = Registration.State.WITHDRAWN
            worse.save(update_fields=["state"])
            theirs.refresh_from_db()
        theirs.user = kept
        theirs.save(update_fields=["user"])
        _promote(workshop)


def index_workshop(item: Item) -> None:
    """Writes a workshop's words into the search (again); the link is not among them."""
    workshop = item if isinstance(item, Workshop) else Workshop.objects.get(pk=item.pk)
    words = (workshop.place, workshop.address, workshop.description_html)
    search.index(item=workshop, title=workshop.title, text=" ".join(words), language=workshop.language)


def _locked(workshop: Item) -> Workshop:
    return Workshop.objects.select_for_update(of=("self",)).get(pk=workshop.pk)


def _check(workshop: Workshop) -> None:
    check_times(workshop.starts_at, workshop.ends_at, workshop.registration_closes_at, workshop.time_zone)
    check_capacity(workshop.capacity, workshop.registrations.registered().count() if workshop.pk else 0)
    check_link(workshop.link)


def _free_seats(workshop: Workshop) -> int | None:
    """How many seats are free, None where there is no limit. Under the lock."""
    if workshop.capacity is None:
        return None
    return max(0, workshop.capacity - workshop.registrations.registered().count())


def _promote(workshop: Workshop) -> None:
    """Gives free seats to those who wait, in their order, where they may still see it. Under the lock."""
    if workshop.is_cancelled or workshop.has_begun:
        return
    waiting = workshop.registrations.waiting().filter(user__in=audience(workshop)).select_related("user")
    next_ones = list(waiting[: _free_seats(workshop)])
    if not next_ones:
        return
    Registration.objects.filter(pk__in=[one.pk for one in next_ones]).update(state=Registration.State.REGISTERED)
    for one in next_ones:
        record("workshops.promoted", by=None, target=workshop, room=workshop.room, person=str(one.user.uid))
    _tell([one.user for one in next_ones], "promoted", workshop, None)


def _taking_part(workshop: Workshop) -> Any:
    return User.objects.filter(pk__in=workshop.registrations.active().values("user"))


def _tell(people: Any, kind: str, workshop: Workshop, by: User | None) -> None:
    notify(people, kind=kind, item=workshop, by=by)
    after_commit(ring_bells)
    after_commit(send_mail_soon)
