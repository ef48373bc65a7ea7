"""Who sets up how a room is moderated: what is held, and the words that decisions begin with."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from network.models.people import User
from network.models.rooms import Room
from network.permissions import NETWORK, Level, require
from network.refusals import Forbidden


def check_sets_up(by: User, room: Room | None) -> None:
    """Moderators of the room; of all rooms (None), coordinators. Raises Unseen, Forbidden."""
    if room is None:
        require(by, Level.COORDINATE, NETWORK)
        return
    require(by, Level.MODERATE, room)
    if room.is_direct:
        raise Forbidden(_("Nobody moderates a direct room."))
