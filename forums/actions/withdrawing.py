"""Taking back what one wrote, and putting it back: no decision about anybody, and in no figures of moderation."""

from __future__ import annotations

from django.db import transaction

from forums.actions import threads
from forums.actions.posts import count, hide, lock_with, show, tell_after_commit
from forums.models.threads import Post, Thread
from forums.permissions.editing import check_put_back, check_withdraw
from network import chatham, clock, search
from network.audit import record
from network.models.items import Item, State
from network.models.people import User
from network.notifications import notify, withdraw
from network.permissions import Level, who_may


@transaction.atomic
def withdraw_post(*, by: User, post: Post) -> None:
    """Its author takes a post back: a trace stays that says so, and moderators keep the words. Twice is once.

    Withdrawing the opening post takes the discussion away, while nobody else has written in it.
    Raises Unseen, Forbidden.
    """
    post, thread = lock_with(post)
    if post.author_id == by.pk and post.withdrawn_at is not None:
        return
    check_withdraw(by, post, thread)
    if post.is_opening:
        _withdraw_thread(by, post, thread)
        return
    held = post.state == State.HELD
    post.state, post.held_since = State.REMOVED, None
    post.withdrawn_at, post.withdrawn_held = clock.now(), held
    post.save(update_fields=["state", "held_since", "withdrawn_at", "withdrawn_held"])
    if held:
        count(thread, placed=1, held=-1, post=post)
    else:
        count(thread, replies=-1)
        hide(post, thread)
    record("forums.withdrawn", by=chatham.subject(thread, by), target=post, room=thread.room)
    withdraw("post_held", item=thread, part=("post", post.pk))


@transaction.atomic
def put_back_post(*, by: User, post: Post) -> None:
    """Its author lets stand again what they withdrew, within a day; what waited for a moderator waits again.

    Twice is once. Raises Unseen, Forbidden.
    """
    post, thread = lock_with(post)
    state = thread.state if post.is_opening else post.state
    if post.author_id == by.pk and post.withdrawn_at is None and state != State.REMOVED:
        return
    check_put_back(by, post, thread)
    held, post.withdrawn_at, post.withdrawn_held = post.withdrawn_held, None, False
    if post.is_opening:
        post.save(update_fields=["withdrawn_at", "withdrawn_held"])
        _put_back_thread(by, thread, held=held)
    else:
        _put_back_reply(by, post, thread, held=held)
    record(
        "forums.put_back",
        by=chatham.subject(thread, by),
        target=thread if post.is_opening else post,
        room=thread.room,
    )
    tell_after_commit()


def _put_back_reply(by: User, post: Post, thread: Thread, *, held: bool) -> None:
    now = clock.now()
    post.state = State.HELD if held else State.PUBLISHED
    post.held_since = now if held else None
    # What stands again has come later than its number says (forums.unread).
    post.decided_at = now
    post.save(update_fields=["state", "held_since", "decided_at", "withdrawn_at", "withdrawn_held"])
    if held:
        count(thread, placed=-1, held=1, post=post)
        notify(who_may(Level.MODERATE, thread.room), kind="post_held", item=thread, part=("post", post.pk), by=by)
    else:
        count(thread, replies=1)
        show(post, thread)


def _withdraw_thread(by: User, post: Post, thread: Thread) -> None:
    held = thread.state == State.HELD
    post.withdrawn_at, post.withdrawn_held = clock.now(), held
    post.save(update_fields=["withdrawn_at", "withdrawn_held"])
    Item.objects.filter(pk=thread.pk).update(state=State.REMOVED)
    search.forget(item=thread)
    record("forums.withdrawn", by=chatham.subject(thread, by), target=thread, room=thread.room)
    withdraw("item_held", item=thread)


def _put_back_thread(by: User, thread: Thread, *, held: bool) -> None:
    state = State.HELD if held else State.PUBLISHED
    Item.objects.filter(pk=thread.pk).update(state=state)
    thread.state = state
    if held:
        notify(who_may(Level.MODERATE, thread.room), kind="item_held", item=thread, by=by)
        return
    threads.index(thread)
    threads.approved(by, thread)
