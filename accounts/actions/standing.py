"""How a partner stands in the network: invited, active, associated, suspended; and which one leads.

Each change is written into the partner's history and, once more, into its row, which the gate reads.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db import transaction

from accounts.permissions.partners import check_coordinate
from accounts.permissions.standing import (
    check_lift,
    check_make_lead,
    check_set_status,
    check_suspend,
    leading,
)
from network import clock
from network.audit import record
from network.background import enqueue
from network.effects import after_commit, ring_bells, send_mail_soon, standing_changed
from network.models.people import Membership, Partner, User
from network.models.standing import HandOver, StatusChange
from network.notifications import notify

STANDING = "standing"  # the part that a notice of a change speaks of


@transaction.atomic
def set_status(*, by: User, partner: Partner, status: str, reason: str = "") -> None:
    """A coordinator says that a partner is invited, active or associated, from now on. Twice is once.

    Raises Forbidden, Invalid (field status).
    """
    locked = locked_partner(partner)
    check_set_status(by, locked, status)
    if locked.status == status and locked.status_until is None:
        return
    if locked.status == Partner.Status.LEFT:
        # Who comes back begins anew, and may leave again one day.
        HandOver.objects.filter(partner=locked).delete()
    locked.status_until = None
    change_status(by=by, partner=locked, status=status, reason=reason, verb="accounts.partner_status_set")


@transaction.atomic
def suspend(*, by: User, partner: Partner, reason: str) -> None:
    """A coordinator suspends a partner: its people have no access from this moment on, and nothing else changes.

    So that lifting it brings back exactly what was. Twice is once. Raises Forbidden, Invalid (field reason).
    """
    locked = locked_partner(partner)
    check_coordinate(by)
    if locked.status != Partner.Status.SUSPENDED:
        check_suspend(locked, reason)
        change_status(
            by=by,
            partner=locked,
            status=Partner.Status.SUSPENDED,
            reason=reason,
            verb="accounts.partner_suspended",
        )


@transaction.atomic
def lift(*, by: User, partner: Partner, reason: str = "") -> None:
    """A coordinator ends the suspension: the partner is again what it was before. Twice is once. Raises Forbidden."""
    locked = locked_partner(partner)
    check_coordinate(by)
    if locked.status != Partner.Status.SUSPENDED:
        return
    check_lift(locked)
    before = locked.history.exclude(status=Partner.Status.SUSPENDED).first()
    status = before.status if before else Partner.Status.ACTIVE
    change_status(by=by, partner=locked, status=status, reason=reason, verb="accounts.partner_lifted")


@transaction.atomic
def make_lead(*, by: User, partner: Partner, gaining: Collection[uuid.UUID] = ()) -> None:
    """A coordinator gives the lead to another partner, whose representatives coordinate from now on. Twice is once.

    Every room keeps its places, and so its managers: no place passes from one partner to the other. But a lead's
    places reach its representatives alone, so the other people of the new lead lose theirs, and those of the old
    one come into its rooms: `gaining` says that the form has named them. Raises Forbidden, Invalid (field sure).
    """
    # In one order, so that two who do this at once wait for one another.
    list(Partner.objects.select_for_update().filter(role=Partner.Role.LEAD).order_by("pk"))
    locked, before = locked_partner(partner), leading()
    if locked.is_lead:
        return
    check_make_lead(by, locked, gaining)
    Partner.objects.filter(role=Partner.Role.LEAD).update(role=Partner.Role.PARTNER)
    Partner.objects.filter(pk=locked.pk).update(role=Partner.Role.LEAD)
    record("accounts.lead_named", by=by, target=locked, partner=locked, before=str(before.uid) if before else "")
    notify(speakers_of(locked), kind="lead_named", person=by, by=by)
    after_commit(standing_changed)
    after_commit(ring_bells)
    after_commit(send_mail_soon)


def activate_by_acceptance(*, person: User, partner: Partner) -> None:
    """The first representative of an invited partner has accepted: it takes part from now on."""
    locked = locked_partner(partner)
    if locked.status == Partner.Status.INVITED:
        change_status(
            by=person,
            partner=locked,
            status=Partner.Status.ACTIVE,
            reason="",
            verb="accounts.partner_status_set",
        )


def change_status(*, by: User, partner: Partner, status: str, reason: str, verb: str) -> StatusChange:
    """Writes a change that was checked: history, row, trail, notices. In the caller's transaction, under the lock."""
    if not partner.history.exists():
        StatusChange.objects.create(partner=partner, status=partner.status, since=partner.status_since)
    now = clock.now()
    before, partner.status, partner.status_since = partner.status, status, now
    partner.save(update_fields=["status", "status_since", "status_until"])
    change = StatusChange.objects.create(partner=partner, status=status, since=now, reason=reason.strip(), by=by)
    record(verb, by=by, target=partner, partner=partner, before=before, after=str(status), reason=change.reason)
    for person in speakers_of(partner):
        # About themselves: whoever is shut out may see nothing else any more.
        notify([person], kind="partner_status", person=person, part=(STANDING, change.pk), by=by)
    # Who asked to take part for it may have to be answered by others now.
    enqueue("accounts.tasks.tell_who_answers", partner.pk)
    after_commit(standing_changed)
    after_commit(ring_bells)
    after_commit(send_mail_soon)
    return change


def speakers_of(partner: Partner) -> list[User]:
    """Who represents the partner now, whether or not it stands."""
    speaking = Membership.objects.current().filter(partner=partner, role=Membership.Role.REPRESENTATIVE)
    return list(User.objects.filter(pk__in=speaking.values("user")))


def locked_partner(partner: Partner) -> Partner:
    """The partner as it is now; whoever else would change how it stands waits until this transaction ends."""
    return Partner.objects.select_for_update().get(pk=partner.pk)
