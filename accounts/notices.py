"""What people are told about how they and their partners take part."""

from django.utils.translation import gettext_lazy as _

from network.notifications import register_notice


def register_all() -> None:
    """Called once, from the AppConfig."""
    register_notice("partner_status", _("{by} changed how your partner takes part"), mail=True)
    register_notice("lead_named", _("{by} made your partner the lead of the network: you coordinate it now"), mail=True)
    register_notice("hand_over_begun", _("{by} began the hand-over of what your partner looks after"), mail=True)
    register_notice("handed_on", _("{by} asks your partner to look after “{title}”"), mail=True)
    register_notice("many_handed_on", _("{by} asks your partner to look after what another leaves behind"), mail=True)
