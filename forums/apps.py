"""Talk: discussions, moderation and chat."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ForumsConfig(AppConfig):
    """Talk: discussions, moderation and chat."""

    name = "forums"
    label = "forums"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tells the ground floor of discussions, of their posts, and of what is done with them."""
        from forums import frames, messages, notices, parts, personal, verbs
        from forums.actions import chat, moderation, threads
        from forums.querysets import unlocked
        from network import live
        from network.audit import register_owner
        from network.belongings import Moved, register_belonging
        from network.kinds import register_kind
        from network.parts import register_part

        verbs.declare_all()
        personal.register_all()
        for key, decision in {
            "ChatMessage.author": Moved(unique=("client_id",), renew="client_id"),
            "ChatMessage.decided_by": Moved(),
            "Thread.locked_by": Moved(item="pk"),
            "Seen.user": Moved(item="thread", unique=("thread_id",)),
            "Post.author": Moved(item="thread", unique=("once",), renew="once"),
            "Post.decided_by": Moved(item="thread"),
        }.items():
            register_belonging(f"forums.{key}", decision)
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
        register_part(
            "message",
            visible=messages.visible_messages,
            show=messages.show_messages,
            decide=chat.decide_message,
            queue=messages.held_messages,
            written=messages.written_messages,
        )
        live.register_frame("say", frames.say)
        live.register_event(chat.MESSAGE, frames.messages)
        live.register_event(chat.REMOVED, frames.removals)
