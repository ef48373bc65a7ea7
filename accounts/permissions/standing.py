"""When a partner may be suspended, come back, lead, or leave."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.permissions.partners import check_coordinate
from network import clock
from network.models.people import Membership, Partner, User
from network.models.standing import HandOver
from network.permissions import NETWORK, Level, allowed, check_lasting, who_may
from network.refusals import Forbidden, Invalid, Unseen

TAKING_PART = (Partner.Status.ACTIVE, Partner.Status.ASSOCIATED)


def check_set_status(user: User, partner: Partner, status: str) -> None:
    """A coordinator, and never so that the network would be without a lead. Raises Forbidden, Invalid."""
    check_coordinate(user)
    if status not in (Partner.Status.INVITED, *TAKING_PART):
        raise Invalid("status", _("Choose one of the list."))
    if partner.is_lead and status not in TAKING_PART:
        raise Forbidden(_("The lead partner takes part. Make another partner the lead first."))


def check_suspend(partner: Partner, reason: str) -> None:
    """Raises Forbidden, Invalid (field reason)."""
    if partner.is_lead:
        raise Forbidden(_("The lead partner cannot be suspended. Make another partner the lead first."))
    if not Partner.objects.standing().filter(pk=partner.pk).exists():
        raise Forbidden(_("Only a partner that takes part can be suspended."))
    if not reason.strip():
        raise Invalid("reason", _("Say why: its representatives read it."))


def check_lift(partner: Partner) -> None:
    """Raises Forbidden where the time that the partner had has ended meanwhile."""
    if partner.status_until is not None and partner.status_until <= clock.now():
        raise Forbidden(_("The time of this partner has ended meanwhile. Set its status anew."))


def check_make_lead(user: User, partner: Partner, gaining: Collection[uuid.UUID]) -> None:
    """A standing partner that has a representative; `gaining` are those whom the form named as gaining by it.

    Raises Forbidden, Invalid (field sure) where they are others by now.
    """
    check_coordinate(user)
    check_lasting(user)
    if not Partner.objects.standing().filter(pk=partner.pk).exists():
        raise Forbidden(_("Only a partner that takes part can lead."))
    if not who_may(Level.REPRESENT, partner).exists():
        raise Forbidden(_("The lead needs a representative, who will coordinate. Invite one first."))
    if set(gaining) != set(plain_members(leading()).values_list("uid", flat=True)):
        raise Invalid("sure", _("The people of the lead partner have changed meanwhile. Read again what it means."))


def leading() -> Partner | None:
    """The partner that leads now."""
    return Partner.objects.filter(role=Partner.Role.LEAD).first()


def plain_members(partner: Partner | None) -> QuerySet[User]:
    """Who takes part for it without representing it: while it leads, its places in rooms reach none of them."""
    mine = Membership.objects.effective().filter(partner=partner)
    speakers = mine.filter(role=Membership.Role.REPRESENTATIVE)
    return User.objects.filter(pk__in=mine.values("user")).exclude(pk__in=speakers.values("user")).order_by("name")


def check_leave(user: User, partner: Partner) -> None:
    """Raises Forbidden."""
    check_coordinate(user)
    if partner.is_lead:
        raise Forbidden(_("The lead partner cannot leave. Make another partner the lead first."))


def check_hand_over(user: User, partner: Partner) -> HandOver:
    """The hand-over that runs, for a coordinator or a representative of the partner. Raises Unseen, Forbidden."""
    coordinates = allowed(user, Level.COORDINATE, NETWORK)
    if not coordinates and not allowed(user, Level.REPRESENT, partner):
        raise Forbidden(_("Only its representatives and the coordinators hand over what a partner leaves."))
    running = HandOver.objects.filter(partner=partner, done_at=None).first()
    if running is None:
        raise Unseen
    return running
