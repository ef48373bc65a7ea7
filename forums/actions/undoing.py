"""What was done with a discussion is undone within a day. Replies that came meanwhile stay with what they answer."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from forums import reach
from forums.actions import polls, records
from forums.actions.moving import carry_over
from forums.actions.posts import lock
from forums.actions.rehoming import family, rehome
from forums.actions.splitting import retire
from forums.models.cases import Decision
from forums.models.changes import Change
from forums.models.threads import Post, Thread
from forums.permissions.kinds import check_pin, demand_purpose
from forums.permissions.moving import ANSWERED_SINCE, NOBODY_MORE, STANDING, check_nothing_since, check_undo
from network import chatham, clock
from network.audit import record
from network.labels import Label
from network.models.items import Participant, Placement, State
from network.models.people import User
from network.refusals import Forbidden


@transaction.atomic
def undo_change(*, by: User, change: Change) -> Thread:
    """It is as it was before, as far as nobody comes to read what was not written for them. Twice is once.

    Where it had been decided about what somebody wrote, they are told. The discussion that it is about now. Raises
    Unseen, Forbidden with the reason why not.
    """
    change = _locked(change)
    if change.undone_at is not None:
        return change.thread
    check_undo(by, change)
    if change.decision is not None and not Decision.objects.filter(undoes=change.decision).exists():
        records.note_undone(by=by, decision=change.decision, facts=str(_("It is back where it was.")))
    return _back(by, change)


def take_back(*, by: User, change: Change) -> None:
    """The same, for a caller who has asked who may and tells whom it concerns. Raises Forbidden."""
    change = _locked(change)
    if change.undone_at is None:
        check_nothing_since(change)
        _back(by, change)


def _locked(change: Change) -> Change:
    threads = [one for one in (change.thread, change.other) if one is not None]
    rows = {one.pk: lock(one) for one in sorted(threads, key=lambda one: one.pk)}
    now = Change.objects.select_related("room", "to_room", "decision__case").get(pk=change.pk)
    now.thread = rows[now.thread_id]
    if now.other_id:
        now.other = rows[now.other_id]
    return now


def _back(by: User, change: Change) -> Thread:
    UNDO[change.kind](by, change)
    Change.objects.filter(pk=change.pk).update(undone_at=clock.now(), undone_by=by)
    Thread.objects.filter(pk=change.thread_id).update(changed_at=clock.now())
    actor = chatham.moderator(change.thread, by)
    record("forums.undone", by=actor, target=change.thread, room=change.room, what=change.kind)
    return Thread.objects.get(pk=change.thread_id)


def _pin(by: User, change: Change) -> None:
    before = change.before["pinned_at"]
    if before:
        check_pin(by, change.thread)
    Thread.objects.filter(pk=change.thread_id).update(pinned_at=parse_datetime(before) if before else None)


def _close(by: User, change: Change) -> None:
    before = dict(change.before)
    before["locked_at"] = parse_datetime(before["locked_at"]) if before["locked_at"] else None
    closer = User.objects.filter(pk=before.pop("locked_by")).first()
    Thread.objects.filter(pk=change.thread_id).update(locked_by=closer, **before)
    actor = chatham.moderator(change.thread, by)
    if before["locked_at"]:
        polls.end_with_thread(by=by, actor=actor, thread=change.thread)
    else:
        polls.resume_with_thread(actor=actor, thread=change.thread)


def _move(by: User, change: Change) -> None:
    thread, before = change.thread, change.before
    if thread.state not in STANDING:
        raise Forbidden(_("Decide first whether it stands: it is not read by everybody now."))
    if thread.tlp > Label.GREEN and reach.gains(thread, change.room):
        # They could read it before. But not what was said since, and not under a label that was tightened.
        if thread.tlp != before["tlp"]:
            raise Forbidden(NOBODY_MORE)
        if _written_since(thread, change):
            raise Forbidden(ANSWERED_SINCE)
    room = thread.room
    carry_over(by=by, thread=thread, room=change.room, reason="")
    if before["passed_on"] and thread.tlp <= Label.GREEN:
        passed_on_by = User.objects.filter(pk=before["passed_on_by"]).first()
        Placement.objects.get_or_create(item=thread, room=room, defaults={"by": passed_on_by})
    if before["pinned_at"]:
        Thread.objects.filter(pk=thread.pk).update(pinned_at=parse_datetime(before["pinned_at"]))


def _split(_by: User, change: Change) -> None:
    old, new = change.thread, change.other
    if new is None or not {old.state, new.state} <= set(STANDING):
        raise Forbidden(_("One of the two discussions is not read by everybody now. Decide about it first."))
    if reach.would_gain(new, old):
        raise Forbidden(_("People read the old discussion who do not read the new one. They would come to read it."))
    if old.chatham and not _same_numbers(old, new):
        raise Forbidden(_("Others have written in it since, and their numbers would change."))
    posts = list(Post.objects.filter(thread=new).defer("body", "html").order_by("path"))
    standing = set(Post.objects.filter(thread=old).values_list("pk", flat=True))
    top = Post.objects.values_list("pk", flat=True).get(thread=old, parent=None)
    roots = {int(pk): parent for pk, parent in change.before["above"].items()}
    # What a root answered may have gone elsewhere since.
    above = {pk: parent if parent in standing else top for pk, parent in roots.items()}
    rehome(posts, new, old, above, had=change.before.get("places"))
    retire(new, old)
    if change.before["answer"] and old.is_question and old.answer_id is None:
        _answer(old, change.before["answer"])


def _merge(_by: User, change: Change) -> None:
    old, into, before = change.thread, change.other, change.before
    if into is None or into.state not in STANDING:
        raise Forbidden(_("Decide first whether it stands: it is not read by everybody now."))
    posts = family(into, [before["opening"]])
    old.state = before["state"]
    if reach.would_gain(into, old) and (old.tlp != before["tlp"] or _written_since(into, change)):
        raise Forbidden(ANSWERED_SINCE)
    Thread.objects.filter(pk=old.pk).update(
        state=before["state"],
        merged_into=None,
        pinned_at=parse_datetime(before["pinned_at"]) if before["pinned_at"] else None,
    )
    rehome(posts, into, old, {before["opening"]: None}, had=before.get("places"))
    moved = {post.pk for post in posts}
    if into.answer_id in moved:
        Thread.objects.filter(pk=into.pk).update(answer=None, answered=False)
    if old.answer_id:
        _answer(old, old.answer_id)


def _purpose(_by: User, change: Change) -> None:
    demand_purpose(change.thread)
    Thread.objects.filter(pk=change.thread_id).update(purpose=change.before["purpose"])


def _answer(thread: Thread, key: int) -> None:
    """A post that is in the discussion again answers it again, where everybody reads it."""
    post = Post.objects.filter(thread=thread, pk=key).first()
    answered = post is not None and post.state == State.PUBLISHED
    Thread.objects.filter(pk=thread.pk).update(answer=post, answered=answered)


def _written_since(thread: Thread, change: Change) -> bool:
    return Post.objects.filter(thread=thread, at__gt=change.at).exists()


def _same_numbers(old: Thread, new: Thread) -> bool:
    """Whether everybody who wrote in the new one has the number there that they have in the old one."""
    wrote = Post.objects.filter(thread=new).values("author")
    there = Participant.objects.filter(item=new, user__in=wrote).values_list("user", "number")
    return set(there) <= set(Participant.objects.filter(item=old).values_list("user", "number"))


UNDO: dict[str, Callable[[User, Change], None]] = {
    Change.Kind.PINNED: _pin,
    Change.Kind.UNPINNED: _pin,
    Change.Kind.CLOSED: _close,
    Change.Kind.REOPENED: _close,
    Change.Kind.MOVED: _move,
    Change.Kind.SPLIT: _split,
    Change.Kind.MERGED: _merge,
    Change.Kind.PURPOSE: _purpose,
}
