"""Who may invite whom."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.models import Invitation
from accounts.permissions.merging import made_one_with
from accounts.permissions.people import check_representatives
from network.models.people import Membership, Partner, User
from network.models.rooms import Room
from network.permissions import NETWORK, Level, allowed, require
from network.permissions.guests import check_bring_in
from network.refusals import Forbidden, Invalid


def check_invite(by: User, partner: Partner, role: str = "") -> None:
    """A coordinator, or a representative of that very partner. Raises Forbidden, Invalid (field role).

    Who is to represent the partner is not for a deputy to say. To a partner that is only invited,
    coordinators bring its first representatives.
    """
    if not allowed(by, Level.REPRESENT, partner) and not allowed(by, Level.COORDINATE, NETWORK):
        raise Forbidden(_("Only the partner's representatives and the coordinators invite people."))
    if role == Membership.Role.REPRESENTATIVE:
        check_representatives(by, partner)
    check_open_to(partner, role, stands=Partner.objects.standing().filter(pk=partner.pk).exists())


def check_open_to(partner: Partner, role: str, *, stands: bool) -> None:
    """Whether people come to this partner at present, and as what. Raises Invalid (field role). No query."""
    if partner.status == Partner.Status.INVITED:
        if role == Membership.Role.MEMBER:
            raise Invalid("role", _("A partner that is invited needs a representative first."))
    elif not stands:
        raise Invalid("", _("This partner does not take part at present."))


def check_addressed(by: User, invitation: Invitation) -> None:
    """Whether it was sent to this person, or to an account that was made one with theirs. Raises Forbidden."""
    address = invitation.email.casefold()
    if by.email.casefold() != address and address not in {one.email.casefold() for one in made_one_with(by)}:
        raise Forbidden(_("This invitation is for another address. Sign out first."))


def check_invite_guest(by: User, room: Room) -> None:
    """A manager of the room who coordinates, or whose partner may invite guests. Raises Unseen, Forbidden."""
    require(by, Level.MANAGE, room)
    check_bring_in(by)
