"""What becomes of a membership: its role, its end, its yearly confirmation."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actions.standing import locked_partner
from accounts.permissions.people import (
    check_end,
    check_keep,
    check_lengthen,
    check_people,
    check_person,
    check_representatives,
    check_role,
    own_memberships,
    stays_member,
)
from network import clock
from network.audit import record
from network.background import enqueue
from network.effects import after_commit, person_changed, ring_bells, send_mail_soon
from network.models.people import Membership, Partner, User
from network.models.rooms import Room
from network.notifications import notify, withdraw
from network.permissions import end_places
from network.refusals import Invalid

# At so many days before an end the person hears of it.
WARNED_BEFORE = (30, 7)


@transaction.atomic
def change_role(*, by: User, person: User, partner: Partner, role: str) -> None:
    """Makes somebody a representative of the partner, or a plain member of it again.

    Who represents it no more has no deputy either. Raises Forbidden for the last representative, Unseen, Invalid.
    """
    locked_partner(partner)
    membership = check_role(by, person, partner, role)
    before = membership.role
    if before == role:
        return
    own_memberships(person, partner).update(role=role)
    if role == Membership.Role.MEMBER:
        end_deputies_of(person, partner, clock.now(), as_deputy=False)
        enqueue("accounts.tasks.tell_who_answers", partner.pk)
    record("accounts.role_changed", by=by, target=person, partner=partner, role=str(role), before=before)
    notify([person], kind="role_changed", person=person, part=("membership", membership.pk), by=by)
    _tell_after_commit(person)


@transaction.atomic
def end_membership(*, by: User, person: User, partner: Partner, keep: Collection[Room] = ()) -> None:
    """The person takes part for the partner no longer, from this moment on, as whatever they did.

    Their own places in rooms end with it, unless they take part for another partner; so nobody stays as a
    guest by an old place, but in the rooms `keep`, where a coordinator wants it. What they shared stays.
    Raises Forbidden, Unseen.
    """
    locked_partner(partner)
    at = clock.now()
    membership = check_end(by, person, partner, at)
    _end(by, person, partner, at, keep)
    if membership.role == Membership.Role.REPRESENTATIVE:
        enqueue("accounts.tasks.tell_who_answers", partner.pk)
    record("accounts.membership_ended", by=by, target=person, partner=partner)
    notify([person], kind="membership_ended", person=person, part=("membership", membership.pk), by=by)
    _tell_after_commit(person)


@transaction.atomic
def set_end(*, by: User, person: User, partner: Partner, until: datetime | None, keep: Collection[Room] = ()) -> None:
    """The membership ends by itself at `until`, or not by itself. With it end what `end_membership` says.

    Raises Forbidden, Unseen, Invalid.
    """
    locked_partner(partner)
    if until is None:
        membership = check_person(by, person, partner)
        if membership.role == Membership.Role.REPRESENTATIVE:
            check_representatives(by, partner)
        check_lengthen(by, person, membership, until)
        changed = own_memberships(person, partner).exclude(until=None).update(until=None, warned=None)
    else:
        if until <= clock.now():
            raise Invalid("until", _("The end must lie in the future."))
        membership = check_end(by, person, partner, until)
        check_lengthen(by, person, membership, until)
        changed = own_memberships(person, partner).exclude(until=until).count()
        _end(by, person, partner, until, keep)
    if changed:
        ends = until.isoformat() if until else ""
        record("accounts.end_set", by=by, target=person, partner=partner, until=ends)
        notify([person], kind="end_set", person=person, part=("membership", membership.pk), by=by)
        _tell_after_commit(person)


@transaction.atomic
def confirm_people(
    *,
    by: User,
    partner: Partner,
    people: Collection[User],
    others: Collection[User] = (),
    until: datetime | None = None,
) -> None:
    """`people` still take part, as a representative says once a year; `others` do until `until`.

    Raises Forbidden, Unseen, Invalid; then nothing is changed.
    """
    locked_partner(partner)
    check_people(by, partner)
    now = clock.now()
    for person in sorted(people, key=lambda one: one.pk):
        check_person(by, person, partner)
        own_memberships(person, partner).update(confirmed_at=now)
        record("accounts.confirmed", by=by, target=person, partner=partner)
    if others and until is None:
        raise Invalid("until", _("Choose the last day of those who no longer take part."))
    for person in sorted(others, key=lambda one: one.pk):
        set_end(by=by, person=person, partner=partner, until=until)
    for kind in ("confirmation_due", "confirmation_late"):
        withdraw(kind, part=("people", partner.pk))
    after_commit(ring_bells)


def warned_at(until: datetime) -> int | None:
    """The last of the warnings whose day has come by now, for an end of which the person hears at this moment."""
    left = until - clock.now()
    return min((days for days in WARNED_BEFORE if left.total_seconds() <= days * 86400), default=None)


def _end(by: User, person: User, partner: Partner, at: datetime, keep: Collection[Room]) -> None:
    check_keep(by, person, at, keep)
    end_deputies_of(person, partner, at)
    own = Membership.objects.filter(user=person, partner=partner, deputy_for=None)
    own.filter(since__gte=at).delete()
    # Those that run: a past one keeps its past end.
    own.filter(Q(until=None) | Q(until__gt=clock.now())).update(until=at, warned=warned_at(at))
    if not stays_member(person, partner, at):
        for room in end_places(person, at, but=keep):
            record("network.grant_withdrawn", by=by, target=person, room=room, until=at.isoformat())


def end_deputies_of(person: User, partner: Partner, at: datetime, *, as_deputy: bool = True) -> None:
    """Who stands in for the person, and, `as_deputy`, for whom the person stands in, does so until `at` at most."""
    whose = Q(deputy_for=person) | (Q(user=person, deputy_for__isnull=False) if as_deputy else Q())
    rows = Membership.objects.filter(whose, Q(until=None) | Q(until__gt=at), partner=partner)
    for deputy in list(rows.select_related("user")):
        after_commit(person_changed, deputy.user_id)
    rows.filter(since__gte=at).delete()
    rows.update(until=at)


def _tell_after_commit(person: User) -> None:
    after_commit(person_changed, person.pk)
    after_commit(ring_bells)
    after_commit(send_mail_soon)
