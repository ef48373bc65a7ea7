"""Who may invite whom."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.permissions.people import check_representatives
from network.models.people import Membership, Partner, User
from network.models.rooms import Room
from network.permissions import NETWORK, Level, allowed, require
from network.refusals import Forbidden, Invalid


def check_invite(by: User, partner: Partner) -> None:
    """A coordinator, or a representative of that very partner. Raises Forbidden, Invalid."""
    if not allowed(by, Level.REPRESENT, partner) and not allowed(by, Level.COORDINATE, NETWORK):
        raise Forbidden(_("Only the partner's representatives and the coordinators invite people."))
    if not Partner.objects.standing().filter(pk=partner.pk).exists():
        raise Invalid("", _("This partner does not take part at present."))


def check_invite_as(by: User, partner: Partner, role: str) -> None:
    """As `check_invite`; who is to represent the partner is not for a deputy to say. Raises Forbidden, Invalid."""
    check_invite(by, partner)
    if role == Membership.Role.REPRESENTATIVE:
        check_representatives(by, partner)


def check_invite_guest(by: User, room: Room) -> None:
    """A coordinator who manages the room. Raises Unseen, Forbidden."""
    require(by, Level.MANAGE, room)
    require(by, Level.COORDINATE, NETWORK, because=_("Only coordinators invite guests."))
