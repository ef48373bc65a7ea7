"""What can be done in talk, in the trail's words."""

from django.utils.translation import gettext_lazy as _

from network.audit import declare, declare_group


def declare_all() -> None:
    """Called once, from the AppConfig."""
    declare_group("forums", _("discussions and chat"))
    declare("forums.started", _("started the discussion"))
    declare("forums.announced", _("announced it to everybody who reads the room"))
    declare("forums.replied", _("replied"))
    declare("forums.commented", _("commented"))
    declare("forums.post_held", _("held the post"), personal=("reason",))
    declare("forums.post_approved", _("approved the post"))
    declare("forums.post_removed", _("removed the post"), personal=("reason",))
    declare("forums.locked", _("locked the discussion"), personal=("reason",))
    declare("forums.unlocked", _("unlocked the discussion"))
    declare(
        "forums.said",
        _("said something in the chat"),
        telling=_("said something in the chat of the room {room}"),
    )
    declare("forums.message_approved", _("approved the message"))
    declare("forums.message_removed", _("removed the message"), personal=("reason",))
