"""What is kept for a while of what partners exchange, and how it is removed."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from network.retention import register_retention


def register_all() -> None:
    """Called once, from the AppConfig."""
    from exchange.actions.bin import empty_bins
    from exchange.actions.unpacking import purge_unpackings
    from exchange.actions.uploads import purge_uploads

    register_retention(
        "bin",
        _("Documents in the bin of a room"),
        hint=_("Days from the day on which it was put there; then its files go for good."),
        default_days=30,
        least=1,
        purge=empty_bins,
    )
    register_retention(
        "uploads",
        _("Files on their way"),
        hint=_("Days since a file that was sent in part, or sent and not shared, last went on."),
        default_days=2,
        purge=purge_uploads,
    )
    register_retention(
        "unpackings",
        _("What became of archives"),
        hint=_("Days since the archive was sent. The archive itself goes as soon as it is unpacked."),
        default_days=7,
        purge=purge_unpackings,
    )
