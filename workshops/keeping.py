"""What is kept for a while after a workshop, and how it is removed."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from network.retention import register_retention, remove_some
from workshops.models import Needs


def register_all() -> None:
    """Called once, from the AppConfig."""
    register_retention(
        "needs",
        _("Diet and access needs"),
        hint=_("Days from the end of the meeting."),
        default_days=30,
        purge=old_needs,
    )


def old_needs(before: datetime) -> int:
    """What people needed at meetings that ended before."""
    return remove_some(Needs.objects.filter(registration__workshop__ends_at__lt=before))
