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
    declare("accounts.profile_changed", _("changed their profile"))
    declare("accounts.telling_changed", _("changed what they are told by e-mail"))
    declare("accounts.export_asked", _("asked for an export of their data"))
    declare("accounts.export_made", _("had an export of somebody's data made"))
    declare("accounts.data_found", _("looked up which data of somebody there are"))
    declare("accounts.closed", _("closed their account"))
    declare("accounts.erased", _("erased somebody's personal data"))
    declare("accounts.text_published", _("published a new version of the charter or the privacy notice"))
    declare("accounts.welcomed", _("accepted the charter and the privacy notice"))
    declare("accounts.provider_set", _("set how the partner's people sign in with their own organisation"))
    declare("accounts.home_linked", _("signed in with their organisation for the first time"))
    declare("accounts.vouched_for", _("was vouched for by the partner's identity provider and asked for access"))
    declare("accounts.session_ended", _("signed out in another browser"))
    declare("accounts.signed_out_everywhere", _("signed out on all devices"))
    declare("accounts.factor_added", _("set up a second factor"))
    declare("accounts.factor_removed", _("removed a second factor"))
