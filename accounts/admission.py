"""What somebody who has signed in does first: accept the newest texts, and, who answers for others, a second factor."""

from __future__ import annotations

from django.contrib.sessions.backends.base import SessionBase

from accounts.models import LegalText
from accounts.permissions.factors import needs_factor
from network.admission import register_step
from network.models.people import User

READING = ("accounts:charter", "accounts:privacy", "account_logout", "healthz")
SETTING_UP = (
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "account_reauthenticate",
    "mfa_view_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_generate_recovery_codes",
)


def register_all() -> None:
    """Called once, from the AppConfig."""
    register_step(has_to_be_welcomed, page="accounts:welcome", doors=READING)
    register_step(has_to_show_a_factor, page="accounts:second-factor", doors=(*READING, *SETTING_UP))


def has_to_be_welcomed(user: User, session: SessionBase) -> bool:
    """Has not accepted the newest version of each text. No query for who has."""
    return user.welcomed_at is None and LegalText.objects.exists()


def has_to_show_a_factor(user: User, session: SessionBase) -> bool:
    """Answers for others, and the session has no second factor yet. No query for who has one."""
    return not session.get("assured_at") and needs_factor(user)
