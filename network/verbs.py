"""What can be done on the ground floor, in the trail's words."""

from django.utils.translation import gettext_lazy as _

from network.audit import declare


def declare_all() -> None:
    """Called once, from the AppConfig."""
    declare("network.programme_changed", _("changed what strangers read about the network"))
    declare("network.host_appointed", _("let them host the network"))
    declare("network.host_dismissed", _("no longer lets them host the network"))
    declare("network.work_tried_again", _("had failed background work tried again"))
    declare("network.phase_written", _("wrote down a phase of the programme"))
    declare("network.theme_written", _("wrote down a theme"))
    declare("network.room_opened", _("opened the room"))
    declare("network.room_archived", _("archived the room"))
    declare("network.room_reopened", _("opened the archived room again"))
    declare("network.granted", _("granted a level in the room"))
    declare("network.grant_withdrawn", _("withdrew a level in the room"))
    declare("network.manager_named", _("named a manager for a room that had none"))
    declare("network.join_asked", _("asked to join the room"), personal=("note",))
    declare("network.join_declined", _("declined a request to join the room"))
    declare("network.relabelled", _("changed the label"))
    declare("network.people_named", _("changed who is named"))
    declare("network.passed_on", _("passed it on to a room"))
    declare("network.taken_back", _("took it back from a room"))
    declare("network.released", _("released it to the public site"))
    declare("network.unreleased", _("took it off the public site"))
    declare("network.held", _("held it"), personal=("reason",))
    declare("network.approved", _("approved it"))
    declare("network.removed", _("removed it"), personal=("reason",))
    declare("network.archived", _("archived it"))
    declare("network.trail_shortened", _("removed what is older than the audit trail is kept for"))
    declare("network.trail_exported", _("took a copy of entries of the audit trail"), personal=("filters",))
    declare("network.retention_changed", _("changed how long data is kept"))
