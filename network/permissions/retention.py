"""Who says how long data is kept."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from network.permissions.levels import NETWORK, Level
from network.permissions.places import Reader, allowed
from network.refusals import Forbidden


def check_retention(user: Reader) -> None:
    """Coordinators, and whoever hosts the network. Raises Forbidden."""
    if not allowed(user, Level.COORDINATE, NETWORK) and not allowed(user, Level.OPERATE, NETWORK):
        raise Forbidden(_("Only coordinators, and whoever hosts the network, say how long data is kept."))
