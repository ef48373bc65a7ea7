"""What follows when somebody sets up a second factor, told by allauth's signals."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.db import transaction
from django.http import HttpRequest

from network.audit import record
from network.models.people import User

RECOVERY = Authenticator.Type.RECOVERY_CODES


def connect() -> None:
    """Called once, from the AppConfig."""
    authenticator_added.connect(_added, dispatch_uid="accounts.factors.added")
    authenticator_removed.connect(_removed, dispatch_uid="accounts.factors.removed")


def _added(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type == RECOVERY:
        return
    others = Authenticator.objects.filter(user=user).exclude(pk=authenticator.pk).exclude(type=RECOVERY)
    # Who sets up the first one has just used it. A further one proves nothing to a session that lacks the first.
    if not others.exists():
        record_authentication(
            request, user, "mfa", id=authenticator.pk, type=str(authenticator.type), reauthenticated=True
        )
    with transaction.atomic():
        record("accounts.factor_added", by=user, target=user, kind=str(authenticator.type))


def _removed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type == RECOVERY:
        return
    with transaction.atomic():
        record("accounts.factor_removed", by=user, target=user, kind=str(authenticator.type))
