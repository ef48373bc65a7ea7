"""What can be done about people's coming, in the trail's words."""

from django.utils.translation import gettext_lazy as _

from network.audit import declare


def declare_all() -> None:
    """Called once, from the AppConfig."""
    declare("accounts.founded", _("founded the network"))
    declare("accounts.invited", _("invited somebody to take part for a partner"))
    declare("accounts.guest_invited", _("invited a guest to a room"))
    declare("accounts.invitation_sent_again", _("sent the invitation again"))
    declare("accounts.invitation_withdrawn", _("withdrew the invitation"))
    declare("accounts.joined", _("accepted the invitation"))
    declare("accounts.partner_added", _("brought in the partner"))
    declare("accounts.partner_changed", _("changed the partner's page"))
    declare("accounts.partner_status_set", _("changed how the partner stands"), personal=("reason",))
    declare("accounts.partner_suspended", _("suspended the partner"), personal=("reason",))
    declare("accounts.partner_lifted", _("ended the suspension of the partner"), personal=("reason",))
    declare("accounts.partner_left", _("ended the hand-over: the partner has left"), personal=("reason",))
    declare("accounts.lead_named", _("made the partner the lead"))
    declare("accounts.hand_over_begun", _("began the hand-over of the partner"))
    declare("accounts.hand_over_called_off", _("called off the hand-over of the partner"))
    declare("accounts.handed_on", _("gave it to a partner to look after"))
    declare("accounts.room_handed_on", _("named a manager for the room of a partner that leaves"))
    declare("accounts.list_read_in", _("read in a list"))
    declare("accounts.list_discarded", _("threw away a list that was read in"))
    declare("accounts.import_begun", _("had a list carried out"))
    declare("accounts.import_done", _("had carried out a list to its end"))
    declare("accounts.import_stopped", _("lost the right to a list, which stopped"))
    declare("accounts.list_taken", _("took out a list of partners or people"))
    declare("accounts.profile_changed", _("changed their profile"))
