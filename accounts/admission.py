"""What somebody who has signed in does first: accept the newest texts, and, who answers for others, a second factor."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session

from accounts.models import LegalText
from accounts.permissions.factors import needing_factor, needs_factor
from network.admission import Entrant, register_step
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
    register_step(has_to_be_welcomed, among=to_be_welcomed, page="accounts:welcome", doors=READING)
    register_step(
        has_to_show_a_factor,
        among=without_a_factor,
        page="accounts:second-factor",
        doors=(*READING, *SETTING_UP),
    )


def has_to_be_welcomed(user: User, session: SessionBase) -> bool:
    """Has not accepted the newest version of each text. No query for who has."""
    return user.welcomed_at is None and LegalText.objects.exists()


def has_to_show_a_factor(user: User, session: SessionBase) -> bool:
    """Answers for others, and the session has no second factor yet. No query for who has one."""
    return not session.get("assured_at") and needs_factor(user)


def to_be_welcomed(entrants: Collection[Entrant]) -> set[str]:
    """The same of many. One query where all have been welcomed."""
    people = {one.person for one in entrants}
    waiting = set(User.objects.filter(pk__in=people, welcomed_at=None).values_list("pk", flat=True))
    if not waiting or not LegalText.objects.exists():
        return set()
    return {one.session for one in entrants if one.person in waiting}


def without_a_factor(entrants: Collection[Entrant]) -> set[str]:
    """The same of many: at most two queries, and only sessions without a factor are read."""
    unassured = [one for one in entrants if not one.assured]
    people = needing_factor({one.person for one in unassured})
    asked = {one.session for one in unassured if one.person in people}
    # Who has set one up since they were let in has shown it.
    shown = (
        {row.pk for row in Session.objects.filter(pk__in=asked) if row.get_decoded().get("assured_at")}
        if asked
        else set()
    )
    return asked - shown
