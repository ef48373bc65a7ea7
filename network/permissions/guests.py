"""Who may bring somebody into the network who is not in it: coordinators, and whom they let."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from network.models.people import Partner, User
from network.permissions.levels import NETWORK, Level
from network.permissions.places import allowed, where_allowed
from network.refusals import Forbidden


def check_bring_in(user: User) -> None:
    """A coordinator, or a representative of a partner that may invite guests. Raises Forbidden."""
    if allowed(user, Level.COORDINATE, NETWORK):
        return
    represented = where_allowed(user, Level.REPRESENT)
    if not Partner.objects.filter(pk__in=represented.values("pk"), may_invite_guests=True).exists():
        raise Forbidden(_("Only coordinators, and representatives whom they let, bring somebody into the network."))
