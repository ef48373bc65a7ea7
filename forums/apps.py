"""Talk: discussions, moderation and chat."""

from types import ModuleType

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# What people write here, as the list of their drafts calls it.
WRITINGS = {
    "discussion-new": _("A discussion"),
    "announcement-new": _("An announcement"),
    "reply": _("A reply"),
    "comment": _("A comment"),
    "report": _("A report"),
    "post-moderate": _("A decision"),
    "case": _("A decision"),
    "decide": _("A decision"),
    "appeal": _("An answer to an appeal"),
    "decision-appeal": _("An appeal"),
}


class ForumsConfig(AppConfig):
    """Talk: discussions, moderation and chat."""

    name = "forums"
    label = "forums"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tells the ground floor of discussions, of their posts, and of what is done with them."""
        from forums import case_parts, frames, keeping, messages, notices, parts, personal, reactions, verbs
        from forums.actions import chat, moderation, threads
        from forums.actions.chat_reactions import join_chat_reactions
        from forums.actions.reactions import join_reactions
        from forums.models.chat import EDITED, MESSAGE, PINNED, REACTED, REMOVED
        from forums.outlines import outline
        from forums.querysets import unlocked
        from network import live
        from network.audit import register_owner
        from network.belongings import Moved, Settled, register_belonging
        from network.drafts import register_writing
        from network.kinds import register_kind
        from network.parts import register_part

        verbs.declare_all()
        for name, words in WRITINGS.items():
            register_writing(f"forums:{name}", words)
        personal.register_all()
        keeping.register_all()
        for key, decision in {
            "ChatMessage.author": Moved(unique=("client_id",), renew="client_id"),
            "ChatMessage.decided_by": Moved(),
            "Thread.locked_by": Moved(item="pk"),
            "Change.by": Moved(item="thread"),
            "Change.undone_by": Moved(item="thread"),
            "Reading.user": Moved(item="thread", unique=("thread_id",)),
            "RoomReading.user": Moved(unique=("room_id",)),
            "Seen.user": Moved(item="thread", unique=("thread_id",)),
            "Mention.user": Moved(item="post__thread", unique=("post_id",)),
            "Post.author": Moved(item="thread", unique=("once",), renew="once"),
            "Post.decided_by": Moved(item="thread"),
            "Poll.author": Moved(item="post__thread"),
            "Voted.person": Moved(item="poll__post__thread", unique=("poll_id",)),
            "Voted.by": Moved(item="poll__post__thread"),
            "Summary.author": Moved(item="thread"),
            "Case.author": Moved(item="item"),
            "Case.person": Moved(unique=("part_id",), where={"closed_at": None}),
            "Case.handler": Moved(item="item"),
            "Rule.by": Moved(),
            "SavedDecision.by": Moved(),
            "Report.by": Moved(item="case__item", unique=("case_id",)),
            "Decision.by": Moved(item="case__item"),
            "Decision.second": Moved(item="case__item"),
            "Proposal.by": Moved(item="case__item"),
            "Proposal.settled_by": Moved(item="case__item"),
            "Appeal.handler": Moved(item="decision__case__item"),
            "Appeal.decided_by": Moved(item="decision__case__item"),
        }.items():
            register_belonging(f"forums.{key}", decision)
        register_belonging("forums.Reaction.user", Settled(join_reactions))
        register_belonging("forums.ChatReaction.user", Settled(join_chat_reactions))
        register_owner(parts.theirs)
        notices.register_all()
        register_kind(
            "thread",
            name=_("discussion"),
            plural=_("discussions"),
            url_name="forums:discussion",
            holds_words_of_others=threads.holds_words_of_others,
            index=threads.index,
            unfinished=unlocked,
            approved=threads.approved,
            outline=outline,
            tells_itself=True,
        )
        register_part(
            "post",
            visible=parts.visible_posts,
            show=parts.show_posts,
            decide=moderation.decide_post,
            queue=parts.held_posts,
            item="thread",
            written=parts.written_posts,
            room="thread__room",
        )
        register_part("summary", visible=parts.visible_summaries, show=parts.show_summaries)
        register_part("reactions", visible=parts.visible_posts, show=reactions.show_reactions)
        register_part(
            "message",
            visible=messages.visible_messages,
            show=messages.show_messages,
            decide=chat.decide_message,
            queue=messages.held_messages,
            written=messages.written_messages,
        )
        self._tell_of_cases(case_parts)
        live.register_frame("say", frames.say)
        live.register_frame("edit", frames.edit)
        live.register_frame("retract", frames.retract)
        live.register_frame("react", frames.react)
        live.register_event(EDITED, frames.edits)
        live.register_event(REACTED, frames.reacted)
        live.register_event(PINNED, frames.pins)
        live.register_event(MESSAGE, frames.messages)
        live.register_event(REMOVED, frames.removals)

    def _tell_of_cases(self, cases: ModuleType) -> None:
        """Of what is reported and decided: notices, the trail, and the record of decisions."""
        from network.decisions import register_decisions
        from network.parts import register_part
        from network.trail import register_target
        from network.trail_words import register_detail

        register_part("case", visible=cases.visible_cases, show=cases.show_cases)
        register_part("report", visible=cases.visible_reports, show=cases.show_reports)
        register_part("decision", visible=cases.visible_decisions, show=cases.show_decisions)
        register_part("appeal", visible=cases.visible_appeals, show=cases.show_appeals)
        register_decisions(cases.keep_decision)
        register_target("case", visible=cases.visible_cases, name=str)
        register_detail("ground", _("rule"), cases.ground_words)
        register_detail("decision", _("decision"), cases.action_words)
        register_detail("facts", _("facts"))
        register_detail("what", _("what was undone"), cases.change_words)
