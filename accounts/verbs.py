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
    declare("accounts.list_read_in", _("read in a list"), telling=_("read in {target}"))
    declare(
        "accounts.list_discarded",
        _("threw away a list that was read in"),
        telling=_("threw away {target}, which was read in"),
    )
    declare("accounts.import_begun", _("had a list carried out"), telling=_("had {target} carried out"))
    declare(
        "accounts.import_done",
        _("had carried out a list to its end"),
        telling=_("had carried out {target} to its end"),
    )
    declare(
        "accounts.import_stopped",
        _("lost the right to a list, which stopped"),
        telling=_("lost the right to {target}, which stopped"),
    )
    declare("accounts.list_taken", _("took out a list of partners or people"))
    declare("accounts.hat_changed", _("chose the partner for which they speak"))
    declare("accounts.address_changed", _("has another e-mail address"), personal=("before", "after"))
    declare("accounts.absence_asked", _("asked somebody who had not come for long"))
    declare("accounts.deactivated", _("no longer let somebody sign in who had not come for long"))
    declare("accounts.reactivated", _("let somebody sign in again"))
    declare("accounts.moved_out", _("moved somebody away from the partner"))
    declare("accounts.moved_in", _("moved somebody to the partner"))
    declare("accounts.merged", _("made one account of two"))
    declare("accounts.profile_changed", _("changed their profile"))
    declare("accounts.telling_changed", _("changed what they are told by e-mail"), own_business=True)
    declare("accounts.export_asked", _("asked for an export of their data"), own_business=True)
    declare("accounts.export_made", _("had an export of somebody's data made"), own_business=True)
    declare("accounts.data_found", _("looked up which data of somebody there are"))
    declare("accounts.closed", _("closed their account"))
    declare("accounts.erased", _("erased somebody's personal data"))
    declare("accounts.role_changed", _("changed somebody's role for the partner"))
    declare("accounts.end_set", _("set when somebody's membership ends"))
    declare("accounts.membership_ended", _("ended somebody's membership"))
    declare("accounts.confirmed", _("confirmed that somebody still takes part"))
    declare("accounts.deputy_named", _("named a deputy"))
    declare("accounts.deputy_ended", _("ended a deputy's time"))
    declare("accounts.access_asked", _("asked to take part"))
    declare("accounts.access_approved", _("approved a request to take part"))
    declare("accounts.access_declined", _("declined a request to take part"), personal=("reason",))
    declare("accounts.text_published", _("published a new version of the charter or the privacy notice"))
    declare("accounts.welcomed", _("accepted the charter and the privacy notice"))
    declare("accounts.provider_set", _("set how the partner's people sign in with their own organisation"))
    declare("accounts.home_linked", _("signed in with their organisation for the first time"))
    declare("accounts.session_ended", _("signed out in another browser"), own_business=True)
    declare("accounts.signed_out_everywhere", _("signed out on all devices"), own_business=True)
    declare("accounts.factor_added", _("set up a second factor"))
    declare("accounts.factor_removed", _("removed a second factor"))
