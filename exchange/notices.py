"""What documents and practice sheets tell people."""

from django.utils.translation import gettext_lazy as _

from network.notifications import register_notice


def register_all() -> None:
    """Called once, from the AppConfig."""
    register_notice("version_added", _("{by} shared a new version of “{title}”"), mail=True, about="talk")
    register_notice("virus_found", _("The scanner for viruses objects to a file of “{title}”"), mail=True)
    register_notice("work_taken_over", _("{by} works on “{title}” now, in your place"), mail=True, about="talk")
    register_notice("please_read", _("{by} asks you to read “{title}” and to say so"), mail=True, about="rooms")
    register_notice(
        "please_read_newer", _("{by} asks you to read the newer version of “{title}”"), mail=True, about="rooms"
    )
    register_notice(
        "please_read_soon",
        _("“{title}” is to be read by tomorrow, and you have not confirmed it"),
        mail=True,
        about="rooms",
    )
    register_notice(
        "please_read_today", _("“{title}” is to be read today, and you have not confirmed it"), mail=True, about="rooms"
    )
    register_notice("unpacked", _("Your archive for the room {room} is unpacked"))
