"""What talk tells people."""

from django.utils.translation import gettext_lazy as _

from network.notifications import register_notice


def register_all() -> None:
    """Called once, from the AppConfig."""
    register_notice("reply", _("{by} replied to you in “{title}”"), mail=True, about="talk")
    register_notice("comment", _("{by} commented on “{title}”"), mail=True, about="talk")
    register_notice("announcement", _("{by} announces: {title}"), mail=True, about="rooms")
    register_notice("post_held", _("A post in “{title}” waits for you"))
    register_notice(
        "post_approved", _("Your post in “{title}” was approved and can be read now"), mail=True, about="decisions"
    )
    register_notice(
        "post_removed", _("Your post in “{title}” was removed by a moderator"), mail=True, about="decisions"
    )
    register_notice("message_held", _("A message in the chat of {title} waits for you"))
    register_notice(
        "message_approved",
        _("Your message in the chat of {title} was approved and can be read now"),
        mail=True,
        about="decisions",
    )
    register_notice(
        "message_removed",
        _("Your message in the chat of {title} was removed by a moderator"),
        mail=True,
        about="decisions",
    )
