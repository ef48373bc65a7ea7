"""Inviting people, and what becomes of invitations."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import cast

from allauth.account.models import EmailAddress
from django.core import signing
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions.standing import activate_by_acceptance, locked_partner
from accounts.models import Invitation, two_weeks_on
from accounts.permissions.invitations import check_addressed, check_invite, check_invite_guest
from accounts.permissions.partners import check_invitable, check_joinable
from network import clock, mail
from network.actions import rooms
from network.audit import record
from network.effects import after_commit, send_mail_soon
from network.models.people import Membership, Partner, User
from network.models.rooms import Room
from network.permissions import Level, by_hat, partners_of
from network.refusals import Forbidden, Invalid, Unseen

SALT = "accounts.invitation"


@transaction.atomic
def invite(
    *,
    by: User,
    email: str,
    partner: Partner,
    role: str = Membership.Role.MEMBER,
    language: str = "en",
    name: str = "",
    until: datetime | None = None,
) -> Invitation:
    """Sends somebody a link to take part for the partner, until an instant. Again for the same address: a new link.

    Never tells whether the address is known already. Raises Forbidden, Invalid.
    """
    locked = locked_partner(partner)
    check_invite(by, locked, role)
    if until is not None and until <= clock.now():
        raise Invalid("until", _("The end must lie in the future."))
    check_invitable(locked, email)
    Invitation.objects.open().filter(email__iexact=email, partner=partner).update(withdrawn_at=clock.now())
    invitation = Invitation.objects.create(
        by=by, email=email, name=name, partner=partner, role=role, language=language, until=until
    )
    record("accounts.invited", by=by, target=invitation, partner=partner, role=str(role))
    _send(invitation)
    return invitation


@transaction.atomic
def invite_guest(
    *,
    by: User,
    email: str,
    room: Room,
    level: Level,
    until: datetime,
    language: str = "en",
) -> Invitation:
    """Sends an expert a link to one room, until an instant."""
    check_invite_guest(by, room)
    if until <= clock.now():
        raise Invalid("until", _("The end must lie in the future."))
    Invitation.objects.open().filter(email__iexact=email, room=room).update(withdrawn_at=clock.now())
    invitation = Invitation.objects.create(by=by, email=email, room=room, level=level, until=until, language=language)
    record("accounts.guest_invited", by=by, target=invitation, room=room)
    _send(invitation)
    return invitation


@transaction.atomic
def send_again(*, by: User, invitation: Invitation) -> Invitation:
    """A new link to the same address, valid for two weeks; the old one opens nothing any more."""
    locked = _locked(invitation)
    _check_may_settle(by, locked)
    if locked.accepted_at or locked.withdrawn_at:
        raise Forbidden(_("This invitation was accepted or withdrawn."))
    locked.nonce = uuid.uuid4()
    locked.expires_at = two_weeks_on()
    locked.save(update_fields=["nonce", "expires_at"])
    record("accounts.invitation_sent_again", by=by, target=locked, partner=locked.partner)
    _send(locked)
    return locked


@transaction.atomic
def withdraw_invitation(*, by: User, invitation: Invitation) -> None:
    """The link opens nothing any more."""
    locked = _locked(invitation)
    _check_may_settle(by, locked)
    Invitation.objects.filter(pk=locked.pk, accepted_at=None).update(withdrawn_at=clock.now())
    record("accounts.invitation_withdrawn", by=by, target=locked, partner=locked.partner)


@transaction.atomic
def accept(
    *,
    invitation: Invitation,
    by: User | None = None,
    name: str = "",
    password: str = "",
    time_zone: str = "",
) -> User:
    """The invited person comes in: as `by` where they have an account, else with a new one.

    Whoever invited must still be allowed to; who approved is recorded with the membership.
    Raises Unseen for a link that no longer opens, Forbidden for somebody else's.
    """
    locked = Invitation.objects.open().select_for_update().filter(pk=invitation.pk).first()
    if locked is None:
        raise Unseen
    if by is not None:
        check_addressed(by, locked)
    person = by or _new_person(locked, name, password, time_zone)
    if locked.partner is not None:
        partner = locked_partner(locked.partner)
        check_invite(locked.by, partner, locked.role)
        check_joinable(partner, person)
        if locked.until is not None and locked.until <= clock.now():
            raise Forbidden(_("The time for which you were invited has ended. Ask whoever invited you."))
        activate_by_acceptance(person=person, partner=partner)
        rooms.leave_behind(person)
        _join(person, locked)
    else:
        rooms.grant(
            by=locked.by,
            room=cast(Room, locked.room),
            holder=person,
            level=Level(cast(int, locked.level)),
            until=locked.until,
        )
    Invitation.objects.filter(pk=locked.pk).update(accepted_at=clock.now())
    record("accounts.joined", by=person, target=person, partner=locked.partner, room=locked.room)
    return person


def token_of(invitation: Invitation) -> str:
    """What the link carries: which invitation and which sending of it, signed."""
    return signing.dumps([invitation.uid.hex, invitation.nonce.hex], salt=SALT)


def invitation_of(token: str) -> Invitation:
    """The open invitation that a link carries. Raises Unseen for anything else, without a why."""
    try:
        uid, nonce = signing.loads(token, salt=SALT)
        found = (
            Invitation.objects.open()
            .select_related("partner", "room", "by")
            .get(uid=uuid.UUID(uid), nonce=uuid.UUID(nonce))
        )
    except (signing.BadSignature, ValueError, Invitation.DoesNotExist):
        raise Unseen from None
    return found


def _new_person(invitation: Invitation, name: str, password: str, time_zone: str) -> User:
    if User.objects.filter(email__iexact=invitation.email).exists():
        raise Forbidden(_("Sign in first, then open the link again."))
    person = User(email=invitation.email, name=name, language=invitation.language)
    if time_zone:
        person.time_zone = time_zone
    # Who comes through their organisation has no password here.
    person.set_password(password or None)
    person.save()
    # The link came to this address, so whoever opened it reads what is sent there.
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def _join(person: User, invitation: Invitation) -> None:
    """Takes part for the partner from now on; who does already becomes what they were invited as, never less."""
    current = Membership.objects.effective().filter(user=person, partner=invitation.partner, deputy_for=None)
    if not current.exists():
        before = partners_of(person).order_by(*by_hat(person)).first()
        if before is not None and person.hat_id != before.pk:
            # Who comes to a second partner goes on speaking for the first until they say otherwise.
            User.objects.filter(pk=person.pk).update(hat=before)
        Membership.objects.create(
            user=person,
            partner=cast(Partner, invitation.partner),
            role=invitation.role,
            until=invitation.until,
            approved_by=invitation.by,
        )
    elif invitation.role == Membership.Role.REPRESENTATIVE:
        current.update(role=invitation.role, approved_by=invitation.by)


def _locked(invitation: Invitation) -> Invitation:
    """As it is now: whoever opens the link at this moment waits, or has come in already."""
    return Invitation.objects.select_for_update().get(pk=invitation.pk)


def _check_may_settle(by: User, invitation: Invitation) -> None:
    if invitation.partner is not None:
        check_invite(by, invitation.partner)
    else:
        check_invite_guest(by, cast(Room, invitation.room))


def _send(invitation: Invitation) -> None:
    mail.enqueue("invitation", invitation.pk)
    after_commit(send_mail_soon)
