"""Who moves a person from one partner to another."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from network.models.people import Membership, Partner, User
from network.permissions import NETWORK, Level, require, who_may
from network.refusals import Forbidden, Invalid


def check_may_move(by: User, person: User) -> None:
    """A coordinator, of somebody else who takes part for a partner now. Raises Forbidden."""
    require(by, Level.COORDINATE, NETWORK)
    if by.pk == person.pk:
        raise Forbidden(_("Another coordinator does this for you."))
    if not Membership.objects.effective().filter(user=person).exists():
        raise Forbidden(_("%(name)s takes part for no partner at present.") % {"name": person.name})


def check_move(by: User, person: User, old: Partner, new: Partner) -> None:
    """Raises Forbidden, Invalid (fields old, new)."""
    check_may_move(by, person)
    current = Membership.objects.current().filter(user=person)
    if not current.filter(partner=old).exists():
        raise Invalid("old", _("Choose a partner for which this person takes part now."))
    if current.filter(partner=new).exists():
        raise Invalid("new", _("This person takes part for this partner already."))
    if not Partner.objects.standing().filter(pk=new.pk).exists():
        raise Invalid("new", _("This partner does not take part at present."))
    speakers = who_may(Level.REPRESENT, old)
    if speakers.filter(pk=person.pk).exists() and not speakers.exclude(pk=person.pk).exists():
        raise Invalid("old", _("Nobody else represents this partner. Name another representative first."))
