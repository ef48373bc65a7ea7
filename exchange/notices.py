"""What documents and practice sheets tell people."""

from django.utils.translation import gettext_lazy as _

from network.notifications import register_notice


def register_all() -> None:
    """Called once, from the AppConfig."""
    register_notice("version_added", _("{by} shared a new version of “{title}”"), mail=True, about="talk")
    register_notice("virus_found", _("The scanner for viruses objects to a file of “{title}”"), mail=True)
