"""What is a question, and which reply answers it: stored with the question, so that lists and pages ask no post."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from forums.actions.changes import note_change
from forums.actions.posts import lock, lock_with, tell_after_commit
from forums.models.changes import Change
from forums.models.threads import Post, Purpose, Thread
from forums.permissions.kinds import check_answers, check_mark, check_purpose, demand_purpose
from network import chatham
from network.audit import record
from network.models.people import User
from network.notifications import notify, withdraw
from network.refusals import Invalid


@transaction.atomic
def mark_answer(*, by: User, post: Post) -> None:
    """This reply answers the question, in the place of one that was marked before; its author is told.

    Twice is once. Raises Unseen, Forbidden.
    """
    post, thread = lock_with(post)
    check_mark(by, post)
    if thread.answer_id == post.pk:
        return
    _forget_notice(thread)
    Thread.objects.filter(pk=thread.pk).update(answer=post, answered=True)
    record("forums.answer_marked", by=chatham.starter_or_moderator(thread, by), target=post, room=thread.room)
    notify([post.author], kind="answer_marked", item=thread, part=("post", post.pk), by=by)
    tell_after_commit()


@transaction.atomic
def unmark_answer(*, by: User, thread: Thread) -> None:
    """The question waits for an answer again. Twice is once. Raises Unseen, Forbidden."""
    thread = lock(thread)
    check_answers(by, thread)
    if thread.answer_id is None:
        return
    _forget_notice(thread)
    Thread.objects.filter(pk=thread.pk).update(answer=None, answered=False)
    record("forums.answer_unmarked", by=chatham.starter_or_moderator(thread, by), target=thread, room=thread.room)


@transaction.atomic
def change_purpose(*, by: User, thread: Thread, purpose: str) -> None:
    """A discussion becomes a question, which waits in a list until it is answered, or the other way round.

    Twice is once. Raises Unseen, Forbidden, Invalid (purpose).
    """
    thread = lock(thread)
    check_purpose(by, thread)
    if purpose not in (Purpose.DISCUSSION, Purpose.QUESTION):
        raise Invalid("purpose", _("Choose whether it is a discussion or a question."))
    if thread.purpose == purpose:
        return
    demand_purpose(thread)
    note_change(by=by, thread=thread, kind=Change.Kind.PURPOSE, before={"purpose": thread.purpose})
    Thread.objects.filter(pk=thread.pk).update(purpose=purpose)
    verb = "forums.made_question" if purpose == Purpose.QUESTION else "forums.made_discussion"
    record(verb, by=chatham.starter_or_moderator(thread, by), target=thread, room=thread.room)


def _forget_notice(thread: Thread) -> None:
    if thread.answer_id is not None:
        withdraw("answer_marked", item=thread, part=("post", thread.answer_id))
