"""What is kept for a while of what is exchanged, and how it is removed."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from exchange.actions.uploads import purge_uploads
from network.retention import register_retention


def register_all() -> None:
    """Called once, from the AppConfig."""
    register_retention(
        "uploads",
        _("Files on their way"),
        hint=_("Days since a file that was sent in part, or sent and not shared, last went on."),
        default_days=2,
        purge=purge_uploads,
    )
