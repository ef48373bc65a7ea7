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
