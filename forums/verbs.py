"""What can be done in talk, in the trail's words."""

from django.utils.translation import gettext_lazy as _

from network.audit import declare, declare_group


def declare_all() -> None:
    """Called once, from the AppConfig."""
    declare_group("forums", _("discussions and chat"))
    declare("forums.started", _("started the discussion"))
    declare("forums.announced", _("announced it to everybody who reads the room"))
    declare("forums.replied", _("replied"))
    declare("forums.commented", _("commented"))
    declare("forums.thanked", _("thanked for the post"))
    declare("forums.agreed", _("agreed with the post"))
    declare("forums.does_too", _("said that they do this too, to the post"))
    declare("forums.reaction_taken_back", _("took back their answer to the post"))
    declare("forums.poll_asked", _("asked for votes below the post"))
    declare("forums.voted", _("voted below the post"))
    declare("forums.poll_closed", _("closed the vote below the post"))
    declare("forums.poll_resumed", _("let the vote below the post go on"))
    declare("forums.summarised", _("summed up the discussion"))
    declare("forums.summary_removed", _("took away the summary of the discussion"))
    declare("forums.edited", _("changed the words of what they wrote"))
    declare("forums.withdrawn", _("withdrew what they wrote"))
    declare("forums.put_back", _("put back what they had withdrawn"))
    declare("forums.post_held", _("held the post"), personal=("reason",))
    declare("forums.post_approved", _("approved the post"))
    declare("forums.post_removed", _("removed the post"), personal=("reason",))
    declare("forums.locked", _("locked the discussion"), personal=("reason",))
    declare("forums.unlocked", _("unlocked the discussion"))
    declare("forums.closed", _("closed the discussion"), personal=("reason",))
    declare("forums.pinned", _("pinned the discussion"))
    declare("forums.unpinned", _("unpinned the discussion"))
    declare("forums.moved", _("moved the discussion to another room"), personal=("reason",))
    declare("forums.came", _("moved the discussion here from another room"), personal=("reason",))
    declare("forums.split", _("made a discussion of its own of a part of the discussion"), personal=("reason",))
    declare("forums.split_off", _("began the discussion with posts of another"))
    declare("forums.merged", _("joined the discussion to another"), personal=("reason",))
    declare("forums.took_in", _("took the posts of another into the discussion"))
    declare("forums.undone", _("undid what was done with the discussion"))
    declare("forums.replies_welcomed", _("let the announcement be answered"))
    declare("forums.replies_ended", _("let the announcement be answered no more"))
    declare("forums.answer_marked", _("marked the post as the answer"))
    declare("forums.answer_unmarked", _("took the mark of an answer off the discussion"))
    declare(
        "forums.said",
        _("said something in the chat"),
        telling=_("said something in the chat of the room {room}"),
    )
    declare("forums.message_approved", _("approved the message"))
    declare("forums.message_removed", _("removed the message"), personal=("reason",))
    declare("forums.reported", _("was told that something is wrong, in the case"))
    declare("forums.case_taken", _("took on the case"))
    declare("forums.case_decided", _("decided the case"), personal=("facts",))
    declare("forums.sanctioned", _("muted or suspended somebody in the case"), personal=("facts",))
    declare("forums.decision_undone", _("took back what was decided in the case"), personal=("facts",))
    declare("forums.proposed", _("proposed a decision that takes two in the case"), personal=("facts",))
    declare("forums.proposal_confirmed", _("confirmed what another moderator proposed in the case"))
    declare("forums.proposal_declined", _("declined what another moderator proposed in the case"), personal=("reason",))
    declare("forums.appealed", _("appealed in the case"))
    declare("forums.appeal_taken", _("took on the appeal in the case"))
    declare("forums.appeal_upheld", _("found the appeal right in the case"), personal=("reason",))
    declare("forums.appeal_rejected", _("let the decision stay in the case"), personal=("reason",))
    declare("forums.rule_added", _("added a rule for what is held"))
    declare("forums.rule_removed", _("removed a rule for what is held"))
    declare("forums.decision_saved", _("saved a decision to begin others with"))
    declare("forums.decision_forgotten", _("removed a saved decision"))
