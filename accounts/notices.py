"""What people are told about their coming, changing and going."""

from django.utils.translation import gettext_lazy as _

from network.notifications import register_notice


def register_all() -> None:
    """Called once, from the AppConfig."""
    register_notice("merged", _("{by} made one account of the two that {title} had"), mail=True)
    register_notice("moved", _("{by} moved {title} to another partner"), mail=True)
    register_notice("deactivated", _("{title} has not come for a long time and can no longer sign in"), mail=True)
