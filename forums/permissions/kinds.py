"""Who marks an answer, pins, closes and opens again, and says whether an announcement is answered."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from forums.models.threads import Cause, Post, Thread
from forums.permissions.threads import check_moderate, demand_unmuted
from network.models.items import State
from network.models.people import User
from network.permissions import Level, allowed, require
from network.permissions.items import check_seen
from network.refusals import Forbidden, Invalid

MOST_PINNED = 3
CLOSED_ALREADY = _("It is closed already.")


def is_starter(by: User, thread: Thread) -> bool:
    """Whoever began a discussion; talk about an item has no starter, since whoever spoke first began it for all."""
    return thread.parent_id is None and thread.author_id == by.pk


def check_answers(by: User, thread: Thread) -> None:
    """Who says which reply answers a question: whoever asked, or a moderator of the home room."""
    check_seen(by, thread, inside=True)
    if not is_starter(by, thread):
        require(by, Level.MODERATE, thread.room, because=_("Whoever asked, or a moderator, marks the answer."))
    if not thread.is_question:
        raise Forbidden(_("Only a question has an answer."))
    if thread.state not in (State.PUBLISHED, State.ARCHIVED):
        raise Forbidden(_("This cannot be answered as long as not everybody reads it."))


def check_mark(by: User, post: Post) -> None:
    """As check_answers, of a reply that everybody can read."""
    check_answers(by, post.thread)
    if post.is_opening:
        raise Forbidden(_("A question does not answer itself. Mark a reply."))
    if post.state != State.PUBLISHED:
        raise Forbidden(_("Only what everybody can read is marked as the answer."))


def check_pin(by: User, thread: Thread) -> None:
    """Moderators of the home room; a few discussions at most, of which one can go on."""
    check_moderate(by, thread)
    if thread.state != State.PUBLISHED:
        raise Forbidden(_("Only what everybody can read is pinned."))
    pinned = Thread.objects.filter(room=thread.room, pinned_at__isnull=False, state=State.PUBLISHED)
    if pinned.exclude(pk=thread.pk).count() >= MOST_PINNED:
        raise Forbidden(_("Three discussions are pinned in this room already. Unpin one of them first."))


def check_close(by: User, thread: Thread) -> None:
    """Whoever began it, as long as they contribute, and moderators."""
    check_seen(by, thread, inside=True)
    if allowed(by, Level.MODERATE, thread.room):
        return
    if not is_starter(by, thread):
        raise Forbidden(_("Whoever began a discussion closes it, or a moderator."))
    require(by, Level.CONTRIBUTE, thread.room)
    demand_unmuted(by, thread)
    if thread.is_announcement:
        raise Forbidden(_("Moderators say whether an announcement is answered."))


def causes_for(by: User, thread: Thread) -> list[str]:
    """Why this person may close it: moderators also lock, even what its starter has closed. Raises as check_close."""
    check_close(by, thread)
    moderates = allowed(by, Level.MODERATE, thread.room)
    if not thread.is_locked:
        return [Cause.ANSWERED, Cause.SETTLED, Cause.ELSEWHERE, *([Cause.LOCKED] if moderates else [])]
    if not (moderates and may_lock_closed(by, thread)):
        raise Forbidden(CLOSED_ALREADY)
    return [Cause.LOCKED]


def may_lock_closed(by: User, thread: Thread) -> bool:
    """Whether a moderator would change something by locking a discussion that is closed already."""
    return thread.is_closed_by_starter and not is_starter(by, thread)


def check_reopen(by: User, thread: Thread) -> None:
    """Moderators; whoever began it only where they closed it themselves."""
    check_close(by, thread)
    if not allowed(by, Level.MODERATE, thread.room) and not thread.is_closed_by_starter:
        raise Forbidden(_("A moderator closed this discussion, and a moderator can open it again."))


def check_purpose(by: User, thread: Thread) -> None:
    """Whoever began it, as long as they contribute, and moderators."""
    check_seen(by, thread, inside=True)
    if not allowed(by, Level.MODERATE, thread.room):
        if not is_starter(by, thread):
            raise Forbidden(_("Whoever began a discussion, or a moderator, says whether it is a question."))
        require(by, Level.CONTRIBUTE, thread.room)


def demand_purpose(thread: Thread) -> None:
    """Can it become a question, or be none any more? Not while a reply is marked as the answer."""
    if thread.is_announcement or thread.parent_id is not None:
        raise Forbidden(_("Only a discussion that stands by itself becomes a question, and back."))
    if thread.answer_id is not None:
        raise Forbidden(_("A reply is marked as its answer. Take the mark off before you change what it is."))


def check_replies(by: User, thread: Thread) -> None:
    """Moderators say whether an announcement is answered."""
    check_moderate(by, thread)
    if not thread.is_announcement:
        raise Invalid("", _("Only an announcement can be one without replies. Close a discussion instead."))
