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
    declare("accounts.hat_changed", _("chose the partner for which they speak"))
    declare("accounts.address_changed", _("has another e-mail address"), personal=("before", "after"))
    declare("accounts.absence_asked", _("asked somebody who had not come for long"))
    declare("accounts.deactivated", _("no longer let somebody sign in who had not come for long"))
    declare("accounts.reactivated", _("let somebody sign in again"))
    declare("accounts.moved_out", _("moved somebody away from the partner"))
    declare("accounts.moved_in", _("moved somebody to the partner"))
    declare("accounts.merged", _("made one account of two"))
    declare("accounts.profile_changed", _("changed their profile"))
