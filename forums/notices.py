"""What talk tells people."""

from django.utils.translation import gettext_lazy as _

from network.notifications import register_notice


def register_all() -> None:
    """Called once, from the AppConfig."""
    register_notice("reply", _("{by} replied to you in “{title}”"), mail=True, about="talk")
    register_notice("thread_moved", _("“{title}” has moved to another room"), mail=True, about="talk")
    register_notice("thread_split", _("A post of yours stands in “{title}” now, a discussion of its own"), about="talk")
    register_notice("thread_merged", _("A discussion in which you wrote was joined to “{title}”"), about="talk")
    register_notice("answer_marked", _("Your reply in “{title}” was marked as the answer"), mail=True, about="talk")
    register_notice("comment", _("{by} commented on “{title}”"), mail=True, about="talk")
    register_notice("reacted", _("Readers answered to what you wrote in “{title}”"), about="talk")
    register_notice("poll_closed", _("The vote in “{title}” is closed"), mail=True, about="talk")
    register_notice("watched", _("{by} wrote in “{title}”"), mail=True, about="watched")
    register_notice("mentioned", _("{by} mentioned you in “{title}”"), mail=True, about="talk")
    register_notice("announcement", _("{by} announces: {title}"), mail=True, about="rooms")
    register_notice("post_held", _("A post in “{title}” waits for you"))
    register_notice(
        "post_approved", _("Your post in “{title}” was approved and can be read now"), mail=True, about="decisions"
    )
    register_notice(
        "post_removed", _("Your post in “{title}” was removed by a moderator"), mail=True, about="decisions"
    )
    register_notice("message_held", _("A message in the chat of {title} waits for you"))
    register_notice(
        "message_approved",
        _("Your message in the chat of {title} was approved and can be read now"),
        mail=True,
        about="decisions",
    )
    register_notice(
        "message_removed",
        _("Your message in the chat of {title} was removed by a moderator"),
        mail=True,
        about="decisions",
    )
    register_notice("reported", _("Something in the room {title} was reported"), mail=True, about="rooms")
    register_notice("reported_to_coordinators", _("Something was reported that coordinators decide"), mail=True)
    register_notice(
        "proposed", _("Something in the room {title} waits for you as a second moderator"), mail=True, about="rooms"
    )
    register_notice(
        "proposed_to_coordinators", _("Something waits for a coordinator to confirm it, as it takes two"), mail=True
    )
    register_notice("proposal_confirmed", _("A second moderator confirmed what you proposed"), about="rooms")
    register_notice("proposal_declined", _("A second moderator declined what you proposed"), about="rooms")
    register_notice("report_answered", _("What you reported has been decided"), mail=True, about="decisions")
    register_notice(
        "decided", _("It was decided about something that you wrote or shared"), mail=True, about="decisions"
    )
    register_notice("appealed", _("Somebody appeals against a decision in the room {title}"), mail=True, about="rooms")
    register_notice(
        "appealed_to_coordinators", _("Somebody appeals against a decision, and coordinators decide"), mail=True
    )
    register_notice("appeal_answered", _("Your appeal has been decided"), mail=True, about="decisions")
    register_notice("appeal_decided", _("An appeal against a decision of yours has been decided"), about="decisions")
