"""The words of the gate: the levels, and the one place that is no row."""

from __future__ import annotations

from typing import Final

from django.db.models import IntegerChoices
from django.utils.translation import gettext_lazy as _


class Level(IntegerChoices):
    """What a person may. In a room each of the first four includes the ones before it."""

    VIEW = 1, _("read")
    CONTRIBUTE = 2, _("contribute")
    MODERATE = 3, _("moderate")
    MANAGE = 4, _("manage")
    REPRESENT = 11, _("represent")
    COORDINATE = 12, _("coordinate")
    CONVENE = 13, _("open rooms")
    OPERATE = 14, _("host the network")


class Network:
    """The network as a whole, as a place to ask about: `allowed(user, COORDINATE, NETWORK)`."""

    def __repr__(self) -> str:
        return "NETWORK"


NETWORK: Final = Network()

ROOM_LEVELS: Final = (Level.VIEW, Level.CONTRIBUTE, Level.MODERATE, Level.MANAGE)

NETWORK_LEVELS: Final = (Level.COORDINATE, Level.CONVENE, Level.OPERATE)

CODENAMES: Final[dict[Level, str]] = {
    Level.VIEW: "view_room",
    Level.CONTRIBUTE: "contribute_room",
    Level.MODERATE: "moderate_room",
    Level.MANAGE: "manage_room",
}
LEVELS_BY_CODENAME: Final = {codename: level for level, codename in CODENAMES.items()}


def codenames(level: Level) -> list[str]:
    """The stored permissions that include `level`, a level of a room."""
    return [CODENAMES[higher] for higher in ROOM_LEVELS if higher >= level]
