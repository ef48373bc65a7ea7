"""How people come, what they accept, and what they carry away."""

from accounts.models.data import Export, Import
from accounts.models.invitations import Invitation, two_weeks_on
from accounts.models.providers import EmailDomain, IdentityProvider
from accounts.models.requests import AccessRequest
from accounts.models.texts import Acceptance, LegalText

__all__ = [
    "Acceptance",
    "AccessRequest",
    "EmailDomain",
    "Export",
    "IdentityProvider",
    "Import",
    "Invitation",
    "LegalText",
    "two_weeks_on",
]
