"""What can be done on the ground floor, in the trail's words."""

from django.utils.translation import gettext_lazy as _

from network.audit import declare, declare_group


def declare_all() -> None:
    """Called once, from the AppConfig."""
    declare_group("network", _("rooms, labels and the network"))
    declare("network.programme_changed", _("changed what strangers read about the network"))
    declare("network.host_appointed", _("let them host the network"))
    declare("network.host_dismissed", _("no longer lets them host the network"))
    declare("network.work_tried_again", _("had failed background work tried again"))
    declare("network.phase_written", _("wrote down a phase of the programme"))
    declare("network.theme_written", _("wrote down a theme"))
    declare("network.room_changed", _("changed the room's settings"))
    declare("network.room_logo_changed", _("changed the room's logo"))
    declare("network.room_handed_over", _("handed the room over"))
    declare("network.room_closed", _("closed the room"))
    declare("network.co_author_named", _("named a co-author"))
    declare("network.join_withdrawn", _("withdrew their request to join the room"), own_business=True)
    declare("network.mandate_given", _("allowed somebody to act for the whole network"))
    declare("network.mandate_withdrawn", _("withdrew what somebody was allowed to do for the whole network"))
    declare("network.room_opened", _("opened the room"), telling=_("opened the room {target}"))
    declare("network.room_archived", _("archived the room"), telling=_("archived the room {target}"))
    declare(
        "network.room_reopened",
        _("opened the archived room again"),
        telling=_("opened the archived room {target} again"),
    )
    declare(
        "network.granted",
        _("granted a level in the room"),
        telling=_("granted a level in the room {room}, to {target}"),
    )
    declare(
        "network.grant_withdrawn",
        _("withdrew a level in the room"),
        telling=_("withdrew a level in the room {room}, from {target}"),
    )
    declare(
        "network.manager_named",
        _("named a manager for a room that had none"),
        telling=_("named {target} a manager of the room {room}, which had none"),
    )
    declare(
        "network.join_asked",
        _("asked to join the room"),
        personal=("note",),
        telling=_("asked to join the room {target}"),
        own_business=True,
    )
    declare(
        "network.join_declined",
        _("declined a request to join the room"),
        personal=("reason",),
        telling=_("declined to let {target} join the room {room}"),
    )
    _declare_redactions()
    declare("network.relabelled", _("changed the label"), telling=_("changed the label of {target}"))
    declare("network.people_named", _("changed who is named"), telling=_("changed who is named in {target}"))
    declare("network.passed_on", _("passed it on to a room"), telling=_("passed {target} on to the room {room}"))
    declare("network.taken_back", _("took it back from a room"), telling=_("took {target} back from the room {room}"))
    _declare_requests()
    declare("network.released", _("released it to the public site"), telling=_("released {target} to the public site"))
    declare("network.unreleased", _("took it off the public site"), telling=_("took {target} off the public site"))
    declare("network.held", _("held it"), personal=("reason",), telling=_("held {target}"))
    declare("network.approved", _("approved it"), telling=_("approved {target}"))
    declare("network.removed", _("removed it"), personal=("reason",), telling=_("removed {target}"))
    declare("network.archived", _("archived it"), telling=_("archived {target}"))
    declare("network.trail_shortened", _("removed what is older than the audit trail is kept for"))
    declare("network.trail_exported", _("took a copy of entries of the audit trail"), personal=("filters",))
    declare("network.retention_changed", _("changed how long data is kept"))


def _declare_redactions() -> None:
    declare(
        "network.redaction_asked",
        _("asked, on closing their account, to have what they wrote in a room taken away"),
        telling=_("asked, on closing their account, to have what they wrote in the room {target} taken away"),
    )
    declare(
        "network.redaction_done",
        _("took away what should go of what somebody who left had written in a room"),
        personal=("reason",),
        telling=_("took away what should go of what {target} had written in the room {room}, as they had asked"),
    )
    declare(
        "network.redaction_declined",
        _("let stand what somebody who left had asked to have taken away"),
        personal=("reason",),
        telling=_("let stand what {target} had asked, on leaving, to have taken away in the room {room}"),
    )


def _declare_requests() -> None:
    # The words are in the request and no longer in the entry; those of older entries are forgotten with the person.
    declare(
        "network.sharing_asked",
        _("asked its source to share it more widely"),
        personal=("note", "for_whom"),
        telling=_("asked the source of {target} to share it more widely"),
    )
    declare(
        "network.sharing_widened",
        _("shared it more widely, as they were asked"),
        telling=_("shared {target} more widely, as they were asked"),
    )
    declare(
        "network.sharing_declined",
        _("declined to share it more widely"),
        personal=("reason",),
        telling=_("declined to share {target} more widely"),
    )
    declare(
        "network.release_proposed",
        _("proposed it for the public site"),
        personal=("note",),
        telling=_("proposed {target} for the public site"),
    )
    declare(
        "network.release_declined",
        _("declined to put it on the public site"),
        personal=("reason",),
        telling=_("declined to put {target} on the public site"),
    )
    declare(
        "network.item_request_withdrawn",
        _("no longer asked what had been asked about it"),
        telling=_("no longer asked what had been asked about {target}"),
    )
