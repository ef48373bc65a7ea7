"""The ground floor's models. Below `actions` one imports the module, never this package."""

from network.models.grants import PartnerGrant, PersonGrant
from network.models.items import Item, Participant, Placement, Release, State, Theme
from network.models.people import Membership, Partner, User
from network.models.records import (
    AuditDetail,
    AuditEntry,
    Mail,
    Notification,
    RoomEvent,
    SearchEntry,
)
from network.models.rooms import JoinRequest, Phase, Programme, Room

__all__ = [
    "AuditDetail",
    "AuditEntry",
    "Item",
    "JoinRequest",
    "Mail",
    "Membership",
    "Notification",
    "Participant",
    "Partner",
    "PartnerGrant",
    "PersonGrant",
    "Phase",
    "Programme",
    "Placement",
    "Release",
    "Room",
    "RoomEvent",
    "SearchEntry",
    "State",
    "Theme",
    "User",
]
