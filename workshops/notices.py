"""What people are told about workshops."""

from django.utils.translation import gettext_lazy as _

from network.notifications import register_notice


def register_all() -> None:
    """Called once, from the AppConfig."""
    register_notice(
        "workshop_changed", _("When or where “{title}” takes place has changed"), mail=True, about="meetings"
    )
    register_notice("workshop_cancelled", _("“{title}” is cancelled"), mail=True, about="meetings")
    register_notice("promoted", _("You have a seat at “{title}” now"), mail=True, about="meetings")
