"""Who moves a person from one partner to another."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions.people import check_representatives, is_leaving, representatives_at
from network import clock
from network.models.people import Membership, Partner, User
from network.permissions import NETWORK, Level, require
from network.refusals import Forbidden, Invalid


def check_may_move(by: User, person: User) -> None:
    """A coordinator, of somebody else who takes part for a partner now. Raises Forbidden."""
    require(by, Level.COORDINATE, NETWORK)
    if by.pk == person.pk:
        raise Forbidden(_("Another coordinator does this for you."))
    if not Membership.objects.effective().filter(user=person).exists():
        raise Forbidden(_("%(name)s takes part for no partner at present.") % {"name": person.name})


def check_move(by: User, person: User, old: Partner, new: Partner, *, role: str, since: datetime) -> None:
    """Raises Forbidden, Invalid (fields old, new)."""
    check_may_move(by, person)
    if role == Membership.Role.REPRESENTATIVE:
        check_representatives(by, new)
    current = Membership.objects.current().filter(user=person)
    if not current.filter(partner=old).exists():
        raise Invalid("old", _("Choose a partner for which this person takes part now."))
    # Also from a day that is still to come, so that a move sent twice is one.
    there = Membership.objects.filter(Q(until=None) | Q(until__gt=clock.now()), user=person, partner=new)
    if there.exists():
        raise Invalid("new", _("This person takes part for this partner already."))
    if not Partner.objects.standing().filter(pk=new.pk).exists():
        raise Invalid("new", _("This partner does not take part at present."))
    # In their own right: a deputy of theirs goes with them.
    speakers = representatives_at(old, since)
    if speakers.filter(user=person).exists() and not speakers.exclude(user=person).exists() and not is_leaving(old):
        raise Invalid("old", _("Nobody else represents this partner. Name another representative first."))
