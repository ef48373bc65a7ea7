"""The ground floor's models. Below `actions` one imports the module, never this package."""

from network.models.bookmarks import Bookmark
from network.models.drafts import Draft
from network.models.following import Follow
from network.models.grants import PartnerGrant, PersonGrant
from network.models.item_requests import ItemRequest
from network.models.items import Item, Participant, Placement, Release, State, Theme, UnnamedModerator
from network.models.openings import Opening
from network.models.people import Membership, Partner, User
from network.models.records import (
    AuditCheckpoint,
    AuditDetail,
    AuditEntry,
    AuditSeal,
    Mail,
    Notification,
    Retention,
    RetentionReport,
    RoomEvent,
    SearchEntry,
)
from network.models.redactions import RedactionRequest
from network.models.rooms import JoinRequest, Phase, Programme, Room
from network.models.sanctions import Sanction
from network.models.standing import HandOver, Mandate, StatusChange
from network.models.work import Worker

__all__ = [
    "AuditCheckpoint",
    "AuditDetail",
    "AuditEntry",
    "AuditSeal",
    "Bookmark",
    "Draft",
    "Follow",
    "HandOver",
    "Item",
    "ItemRequest",
    "JoinRequest",
    "Mail",
    "Mandate",
    "Membership",
    "Notification",
    "Opening",
    "Participant",
    "Partner",
    "PartnerGrant",
    "PersonGrant",
    "Phase",
    "Programme",
    "Placement",
    "RedactionRequest",
    "Release",
    "Room",
    "Retention",
    "RetentionReport",
    "RoomEvent",
    "Sanction",
    "SearchEntry",
    "State",
    "StatusChange",
    "Theme",
    "UnnamedModerator",
    "User",
    "Worker",
]
