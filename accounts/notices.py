"""What people are told about how they and their partners take part; what exactly, says the part (accounts.parts)."""

from django.utils.translation import gettext_lazy as _

from network.notifications import register_notice


def register_all() -> None:
    """Called once, from the AppConfig."""
    register_notice("partner_status", _("{by} changed how your partner takes part"), mail=True)
    register_notice("lead_named", _("{by} made your partner the lead of the network: you coordinate it now"), mail=True)
    register_notice("hand_over_begun", _("{by} began the hand-over of what your partner looks after"), mail=True)
    register_notice("handed_on", _("{by} asks your partner to look after “{title}”"), mail=True)
    register_notice("many_handed_on", _("{by} asks your partner to look after what another leaves behind"), mail=True)
    register_notice("role_changed", _("{by} changed your role"), mail=True)
    register_notice("end_set", _("{by} set how long you take part"), mail=True)
    register_notice("membership_ended", _("{by} ended your membership"), mail=True)
    register_notice("deputy_named", _("{by} named {title} as a deputy"), mail=True)
    register_notice("my_end_near", _("Your membership ends soon"), mail=True)
    register_notice("end_near", _("The membership of {title} ends soon"), mail=True)
    register_notice("my_place_ends", _("Your place in the room {title} ends soon"), mail=True)
    register_notice("place_ends", _("A place in the room {title} ends soon"), mail=True)
    register_notice("confirmation_due", _("Do these people still take part? Once a year you say so"), mail=True)
    register_notice("confirmation_late", _("A partner has not confirmed its people for thirty days"), mail=True)
    register_notice("access_asked", _("{by} asks to take part"), mail=True)
    register_notice("merged", _("{by} made one account of the two that {title} had"), mail=True)
    # They get a letter of its own kind, which nobody can turn off.
    register_notice("merged_mine", _("{by} made one account of the two that you had"), mail=False)
    register_notice("moved", _("{by} moved {title} to another partner"), mail=True)
    register_notice("deactivated", _("{title} has not come for a long time and can no longer sign in"), mail=True)
