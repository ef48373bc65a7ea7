"""What the ground floor tells people."""

from django.utils.translation import gettext_lazy as _

from network.notifications import register_notice


def register_all() -> None:
    """Called once, from the AppConfig."""
    register_notice("granted", _("{by} gave you a place in the room {title}"), mail=True, about="rooms")
    register_notice("join_asked", _("{by} asks to join the room {title}"), mail=True, about="rooms")
    register_notice("manager_named", _("{by} named a manager for the room {title}"), about="rooms")
    register_notice("item_approved", _("“{title}” was approved and can be read now"), mail=True, about="decisions")
    register_notice("item_removed", _("“{title}” was removed by a moderator"), mail=True, about="decisions")
    register_notice("join_declined", _("{by} declined your request to join the room {title}"), mail=True, about="rooms")
    register_notice(
        "room_widened",
        _("{by} opened the room {title} to every member of the network, who now read what you shared there as AMBER"),
        mail=True,
        about="rooms",
    )
    register_notice("room_closed", _("{by} closed the room {title}"), mail=True, about="rooms")
    register_notice("may_convene", _("{by} allowed you to open rooms"), mail=True, about="rooms")
    register_notice("may_operate", _("{by} made you a host of the network"), mail=True)
    register_notice(
        "redaction_asked",
        _("Somebody who closed their account asks you to take away what they wrote in the room {title}"),
        mail=True,
        about="rooms",
    )
    register_notice(
        "redaction_unmoderated",
        _("Somebody who closed their account asks to have taken away what they wrote in the room {title}, and nobody "
          "moderates it: name a manager"),
        mail=True,
        about="rooms",
    )  # fmt: skip
    register_notice("named", _("{by} names you in “{title}”"), mail=True)
    register_notice("label_tightened", _("A moderator tightened the label of “{title}”"), mail=True, about="decisions")
    register_notice("passed_on", _("{by} passed “{title}” on to another room"), mail=True)
    register_notice("watched_item", _("{by} shared “{title}”"), mail=True, about="watched")
    register_notice("watched_change", _("{by} changed “{title}”"), mail=True, about="watched")
    register_notice("item_held", _("“{title}” waits for a moderator"))
    _register_requests()


def _register_requests() -> None:
    register_notice("sharing_asked", _("{by} asks you to share “{title}” more widely"), mail=True)
    register_notice("sharing_widened", _("{by} shares “{title}” more widely, as you asked"), mail=True)
    register_notice("sharing_declined", _("{by} answered that “{title}” stays as it is shared"), mail=True)
    register_notice("release_proposed", _("{by} proposes “{title}” for the public site"), mail=True)
    register_notice("release_granted", _("“{title}” stands on the public site, as you proposed"), mail=True)
    register_notice("release_declined", _("{by} declined to put “{title}” on the public site"), mail=True)
