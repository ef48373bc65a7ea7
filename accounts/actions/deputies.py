"""Deputies: who represents a partner for a while, in the place of somebody who is away."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions.standing import locked_partner
from accounts.permissions.people import check_end_deputy, check_name_deputy, own_memberships
from network import clock
from network.audit import record
from network.effects import after_commit, person_changed, ring_bells, send_mail_soon
from network.models.people import Membership, Partner, User
from network.notifications import notify
from network.refusals import Invalid


@transaction.atomic
def name_deputy(
    *, by: User, absent: User, partner: Partner, deputy: User, since: datetime, until: datetime
) -> Membership:
    """Somebody of the partner represents it in the place of `absent`, from an instant until an instant.

    Naming the same person again sets other dates. The deputy's time lies within their own membership and
    within that of whom they stand in for. Raises Forbidden, Unseen, Invalid.
    """
    locked_partner(partner)
    membership = check_name_deputy(by, absent, partner)
    own = _check_deputy(absent, partner, deputy)
    _check_dates(since, until, [membership, own])
    row, _new = Membership.objects.filter(until__gt=clock.now()).update_or_create(
        user=deputy,
        partner=partner,
        deputy_for=absent,
        defaults={
            "role": Membership.Role.REPRESENTATIVE,
            "since": since,
            "until": until,
            "approved_by": by,
            "warned": None,
        },
    )
    record(
        "accounts.deputy_named",
        by=by,
        target=deputy,
        partner=partner,
        absent=str(absent.uid),
        since=since.isoformat(),
        until=until.isoformat(),
    )
    notify([deputy, absent], kind="deputy_named", person=deputy, part=("membership", row.pk), by=by)
    _tell_after_commit(deputy)
    return row


@transaction.atomic
def end_deputy(*, by: User, deputy: Membership) -> None:
    """The representative is back: the deputy's time ends now, or never begins. Once it has ended, nothing happens."""
    locked_partner(deputy.partner)
    check_end_deputy(by, deputy)
    now = clock.now()
    rows = Membership.objects.filter(pk=deputy.pk, until__gt=now)
    ended = rows.filter(since__lt=now).update(until=now)
    removed, _rows = rows.filter(since__gte=now).delete()
    if ended or removed:
        record("accounts.deputy_ended", by=by, target=deputy.user, partner=deputy.partner)
        _tell_after_commit(deputy.user)


def _check_deputy(absent: User, partner: Partner, deputy: User) -> Membership:
    if deputy == absent:
        raise Invalid("deputy", _("Choose somebody else: nobody is their own deputy."))
    own = own_memberships(deputy, partner).first() if deputy.is_active else None
    if own is None:
        raise Invalid("deputy", _("Choose somebody who takes part for the partner."))
    if own.role == Membership.Role.REPRESENTATIVE:
        raise Invalid("deputy", _("This person represents the partner already."))
    return own


def _check_dates(since: datetime, until: datetime, within: list[Membership]) -> None:
    if until <= since or until <= clock.now():
        raise Invalid("until", _("The last day must not lie before the first, nor in the past."))
    ends = [one.until for one in within if one.until is not None]
    if ends and until > min(ends):
        raise Invalid("until", _("A deputy's time ends at the latest with the two memberships that it rests on."))


def _tell_after_commit(person: User) -> None:
    after_commit(person_changed, person.pk)
    after_commit(ring_bells)
    after_commit(send_mail_soon)
