"""What is kept for a while of how people come, and how it is removed."""

from __future__ import annotations

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import AccessRequest, Export, Import, Invitation
from network import clock
from network.retention import A_BATCH, register_retention, remove_some


def register_all() -> None:
    """Called once, from the AppConfig."""
    register_retention(
        "sessions",
        _("Sessions"),
        hint=_("Days since the device was last seen; after them one signs in again."),
        default_days=14,
        purge=old_sessions,
    )
    register_retention(
        "inactive",
        _("Accounts that nobody uses"),
        hint=_("Days since the person last came. They are asked first, and nothing is removed."),
        default_days=365,
        least=90,
        purge=None,
    )
    register_retention(
        "exports",
        _("Exports of one's own data"),
        hint=_("Days from the asking."),
        default_days=2,
        purge=old_exports,
    )
    register_retention(
        "invitations",
        _("Invitations"),
        hint=_("Days from when they were accepted, withdrawn or ran out."),
        default_days=90,
        least=7,
        purge=settled_invitations,
    )
    register_retention(
        "access_requests",
        _("Requests for access"),
        hint=_("Days from the answer."),
        default_days=180,
        least=7,
        purge=settled_requests,
    )
    register_retention(
        "imports",
        _("Lists that were read in"),
        hint=_("Days from the sending of the file."),
        default_days=7,
        purge=old_imports,
    )


def old_sessions(before: datetime) -> int:
    """Ends the sessions of devices that were last seen before, and removes what has run out anyway."""
    old = list(UserSession.objects.filter(last_seen_at__lt=before).order_by("pk")[:A_BATCH])
    for session in old:
        session.end()
    return len(old) or remove_some(Session.objects.filter(expire_date__lt=clock.now()))


def old_exports(before: datetime) -> int:
    """Exports that were asked for before, with their files. The file goes first: a row that is left is tried again."""
    rows = Export.objects.filter(asked_at__lt=before)
    for export in rows.order_by("pk")[:A_BATCH]:
        if export.file:
            default_storage.delete(export.file)
    return remove_some(rows)


def settled_invitations(before: datetime) -> int:
    """Invitations that can no longer be accepted since before."""
    over = Q(accepted_at__lt=before) | Q(withdrawn_at__lt=before) | Q(expires_at__lt=before)
    return remove_some(Invitation.objects.filter(over))


def settled_requests(before: datetime) -> int:
    """Requests for access that were answered before."""
    return remove_some(AccessRequest.objects.filter(settled_at__lt=before))


def old_imports(before: datetime) -> int:
    """Lists of partners and people that were read in before, carried out or not."""
    return remove_some(Import.objects.filter(at__lt=before))
