"""Who may make and change partners, and how many people a partner may have."""

from __future__ import annotations

from collections.abc import Iterable, Set

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Invitation
from network.models.people import Membership, Partner, User
from network.permissions import NETWORK, Level, allowed, require
from network.refusals import Forbidden, Invalid

# What a partner says of itself; the rest says what it is in the network, and is the coordinators' to set.
OWN_FIELDS = frozenset({"profile", "languages", "website", "logo", "contact_name", "contact_email", "city"})


def check_coordinate(user: User) -> None:
    """Raises Forbidden but for coordinators."""
    require(user, Level.COORDINATE, NETWORK)


def check_change(user: User, partner: Partner, fields: Iterable[str] = ()) -> None:
    """A coordinator changes everything, a representative what their own partner says of itself. Raises Forbidden."""
    if allowed(user, Level.COORDINATE, NETWORK):
        return
    require(user, Level.REPRESENT, partner, because=_("Only its representatives and the coordinators change this."))
    if not OWN_FIELDS.issuperset(fields):
        raise Forbidden(_("Only coordinators change the name, the kind, the place and the ceilings of a partner."))


def check_invitable(partner: Partner, email: str) -> None:
    """Raises Invalid where nobody else can be invited: whoever takes part and whoever is invited are counted.

    Who is invited anew, or takes part already, takes no further place. The caller holds the partner's row.
    """
    if partner.most_members is not None:
        check_ceiling(partner, _addresses(partner) | {email.casefold()})


def places_left(partner: Partner) -> int | None:
    """How many more people can be invited; None where there is no ceiling, and then without a query."""
    if partner.most_members is None:
        return None
    return max(0, partner.most_members - len(_addresses(partner)))


def check_ceiling(partner: Partner, addresses: Set[str]) -> None:
    """Raises Invalid where these are more people than the partner may have. No query."""
    if partner.most_members is not None and len(addresses) > partner.most_members:
        raise Invalid("", _ceiling(partner))


def check_joinable(partner: Partner, person: User) -> None:
    """Raises Invalid where one more person cannot take part. The caller holds the partner's row."""
    members = members_of(partner)
    if partner.most_members is not None and person.pk not in members and len(members) >= partner.most_members:
        raise Invalid("", _ceiling(partner))


def members_of(partner: Partner) -> dict[int, str]:
    """Who takes part for the partner now: key and address."""
    return dict(Membership.objects.current().filter(partner=partner).values_list("user", "user__email"))


def _addresses(partner: Partner) -> set[str]:
    """Of whoever takes part and whoever is invited."""
    waiting = Invitation.objects.open().filter(partner=partner).values_list("email", flat=True)
    return {address.casefold() for address in (*members_of(partner).values(), *waiting)}


def _ceiling(partner: Partner) -> str:
    most = partner.most_members or 0
    return ngettext(
        "%(partner)s may have %(most)d member, invitations that wait included. A coordinator can raise this number.",
        "%(partner)s may have %(most)d members, invitations that wait included. A coordinator can raise this number.",
        most,
    ) % {"partner": partner.short_name, "most": most}
