"""Who may go, and who may see to the data of others."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from network import clock
from network.models.people import Membership, Partner, User
from network.permissions import NETWORK, Level, require
from network.refusals import Forbidden

# Whose membership ends within this time does not go on. It is when they are first told of the end, and time enough to
# name somebody else.
SOON = timedelta(days=30)


def check_host(by: User) -> None:
    """Whoever hosts the network. Raises Forbidden."""
    require(by, Level.OPERATE, NETWORK)


def check_leave(person: User) -> None:
    """Nobody goes as the last coordinator, or as the last who represents a partner with other members.

    Whoever is left must go on, and not end soon themselves: else the partner would be without anybody days later, and
    nobody would have been asked. Where all others end soon, too, one who represents them until then is enough.
    Raises Forbidden, with whom to name first.
    """
    goes_on = Q(until=None) | Q(until__gt=clock.now() + SOON)
    present = Membership.objects.current().filter(user__is_active=True)
    represents = Membership.Role.REPRESENTATIVE
    for own in present.filter(user=person, role=represents).select_related("partner").order_by("pk"):
        others = present.filter(partner=own.partner).exclude(user=person)
        # A deputy's time ends, and with it the partner would have nobody.
        speaking = others.filter(role=represents, deputy_for=None)
        if speaking.filter(goes_on).exists():
            continue
        if own.partner.role == Partner.Role.LEAD:
            raise Forbidden(
                _("The network would have no coordinator. Name another representative of the lead partner first.")
            )
        if others.filter(goes_on).exists() or (others.exists() and not speaking.exists()):
            raise Forbidden(
                _("%(partner)s has other members, and nobody else represents it. Name another representative first.")
                % {"partner": own.partner.name}
            )
