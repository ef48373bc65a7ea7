"""Who may go, and who may see to the data of others."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from network.models.people import Membership, Partner, User
from network.permissions import NETWORK, Level, require
from network.refusals import Forbidden


def check_host(by: User) -> None:
    """Whoever hosts the network. Raises Forbidden."""
    require(by, Level.OPERATE, NETWORK)


def check_leave(person: User) -> None:
    """Nobody goes as the last coordinator, or as the last who represents a partner with other members.

    Raises Forbidden, with whom to name first.
    """
    present = Membership.objects.current().filter(user__is_active=True)
    represents = Membership.Role.REPRESENTATIVE
    for own in present.filter(user=person, role=represents).select_related("partner").order_by("pk"):
        others = present.filter(partner=own.partner).exclude(user=person)
        # A deputy's time ends, and with it the partner would have nobody.
        if others.filter(role=represents, deputy_for=None).exists():
            continue
        if own.partner.role == Partner.Role.LEAD:
            raise Forbidden(
                _("The network would have no coordinator. Name another representative of the lead partner first.")
            )
        if others.exists():
            raise Forbidden(
                _("%(partner)s has other members, and nobody else represents it. Name another representative first.")
                % {"partner": own.partner.name}
            )
