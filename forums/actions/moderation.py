"""What moderators do with posts and discussions: hold, approve, remove, lock."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from forums.actions.posts import count, lock, show, tell_after_commit
from forums.models.threads import Post, Thread
from forums.permissions.threads import check_decide, check_moderate
from network import chatham, clock, search
from network.actions import items
from network.audit import record
from network.models.items import State
from network.models.people import User
from network.notifications import notify, withdraw
from network.permissions.items import check_seen
from network.refusals import Forbidden, Invalid

LONGEST_REASON = 500


@transaction.atomic
def hold_post(*, by: User, post: Post, reason: str = "") -> None:
    """Takes a published post out of sight until a moderator decides. Twice is once.

    Holding the opening post is holding the discussion.
    """
    if post.is_opening:
        return items.hold(by=by, item=post.thread, reason=reason or str(_("The opening post is to be checked.")))
    post, thread = _fetch(post)
    check_moderate(by, thread)
    if post.state == State.HELD:
        return None
    if post.state == State.REMOVED:
        raise Forbidden(_("This post was removed. It can be approved again, but not held."))
    _decide(post, State.HELD, by, clean_reason(reason, demanded=False))
    count(thread, replies=-1, placed=-1, held=1)
    search.forget(item=thread, part=("post", post.pk))
    record("forums.post_held", by=chatham.subject(thread, by), target=post, room=thread.room, reason=post.reason)
    return None


@transaction.atomic
def approve_post(*, by: User, post: Post) -> None:
    """Lets a held or removed post stand; its author and whom it answers are told. Twice is once."""
    if post.is_opening:
        return items.approve(by=by, item=post.thread)
    post, thread = _fetch(post)
    check_decide(by, post)
    if post.state == State.PUBLISHED:
        return None
    if post.state == State.HELD:
        count(thread, replies=1, placed=1, held=-1)
    else:
        count(thread, replies=1)
    _decide(post, State.PUBLISHED, by, "")
    show(post, thread)
    record("forums.post_approved", by=chatham.subject(thread, by), target=post, room=thread.room)
    withdraw("post_held", item=thread, part=("post", post.pk))
    notify([post.author], kind="post_approved", item=thread, part=("post", post.pk), by=by)
    tell_after_commit()
    return None


@transaction.atomic
def remove_post(*, by: User, post: Post, reason: str) -> None:
    """Takes a post away for good reason; a trace stays in its place, the words with moderators.

    Raises Invalid at "reason" where none is given. Twice is once.
    """
    if post.is_opening:
        return items.remove(by=by, item=post.thread, reason=clean_reason(reason))
    post, thread = _fetch(post)
    check_moderate(by, thread)
    if post.state == State.REMOVED:
        return None
    words = clean_reason(reason)
    if post.state == State.HELD:
        count(thread, placed=1, held=-1)
    else:
        count(thread, replies=-1)
        search.forget(item=thread, part=("post", post.pk))
    _decide(post, State.REMOVED, by, words)
    record("forums.post_removed", by=chatham.subject(thread, by), target=post, room=thread.room, reason=post.reason)
    withdraw("post_held", item=thread, part=("post", post.pk))
    # About the thread alone: a part that one may not read any more is told of to nobody.
    notify([post.author], kind="post_removed", item=thread, by=by)
    tell_after_commit()
    return None


@transaction.atomic
def lock_thread(*, by: User, thread: Thread, reason: str = "") -> None:
    """Nobody replies any more; everything stays readable. Twice is once."""
    thread = lock(thread)
    check_moderate(by, thread)
    if thread.is_locked:
        return
    words = clean_reason(reason, demanded=False)
    Thread.objects.filter(pk=thread.pk).update(locked_at=clock.now(), locked_by=by, lock_reason=words)
    record("forums.locked", by=chatham.subject(thread, by), target=thread, room=thread.room, reason=words)


@transaction.atomic
def unlock_thread(*, by: User, thread: Thread) -> None:
    """Replies are possible again. Twice is once."""
    thread = lock(thread)
    check_moderate(by, thread)
    if thread.locked_at is None:
        return
    Thread.objects.filter(pk=thread.pk).update(locked_at=None, locked_by=None, lock_reason="")
    record("forums.unlocked", by=chatham.subject(thread, by), target=thread, room=thread.room)


def decide_post(pk: int, decision: str, by: User, reason: str = "") -> None:
    """What the queue asks for: "approve" or "remove" (network.parts)."""
    post = Post.objects.select_related("thread__room").get(pk=pk)
    check_seen(by, post.thread, inside=True)
    if decision == "approve":
        approve_post(by=by, post=post)
    elif decision == "remove":
        remove_post(by=by, post=post, reason=reason)
    else:
        raise Invalid("decision", _("Approve it or remove it."))


def clean_reason(reason: str, *, demanded: bool = True) -> str:
    """One trimmed line. Raises Invalid: missing where one is demanded, too long, unreadable."""
    words = " ".join(reason.split())
    if demanded and not words:
        raise Invalid("reason", _("Say why, so that the author can understand it."))
    if len(words) > LONGEST_REASON:
        raise Invalid("reason", _("The reason may have 500 characters at most."))
    if "\0" in words:
        raise Invalid("reason", _("The reason holds a character that cannot be stored."))
    return words


def _fetch(post: Post) -> tuple[Post, Thread]:
    """The post and its thread as they are now, locked until this transaction ends."""
    thread = lock(post.thread)
    return Post.objects.select_related("parent__author", "author", "thread").get(pk=post.pk), thread


def _decide(post: Post, state: str, by: User, reason: str) -> None:
    now = clock.now()
    post.state, post.decided_at, post.decided_by, post.reason = state, now, by, reason
    post.held_since = now if state == State.HELD else None
    post.save(update_fields=["state", "held_since", "decided_at", "decided_by", "reason"])
