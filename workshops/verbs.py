"""What is done with workshops, in the trail's words."""

from django.utils.translation import gettext_lazy as _

from network.audit import declare, declare_group


def declare_all() -> None:
    """Called once, from the AppConfig."""
    declare_group("workshops", _("workshops"))
    declare("workshops.announced", _("announced the workshop"))
    declare("workshops.changed", _("changed the workshop"))
    declare("workshops.cancelled", _("cancelled the workshop"), personal=("reason",))
    declare("workshops.registered", _("registered for the workshop"))
    declare("workshops.queued", _("joined the waiting list of the workshop"))
    declare("workshops.withdrew", _("withdrew from the workshop"))
    declare("workshops.promoted", _("got a seat from the waiting list"), personal=("person",))
    declare("workshops.link_made", _("made a calendar link"))
    declare("workshops.link_renewed", _("renewed their calendar link"))
    declare("workshops.link_ended", _("ended their calendar link"))
