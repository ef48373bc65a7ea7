"""Changing one's own words. What they were before stays to be read; nobody changes the words of others."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from forums import rules
from forums.actions import mentions
from forums.actions.posts import clean_body, count, hide, lock_with, tell_after_commit
from forums.models.revisions import Revision
from forums.models.threads import Post, Thread
from forums.permissions.editing import check_edit
from network import chatham, clock, rendering, search
from network.actions.sendings import clean_title
from network.audit import record
from network.models.items import Item, State
from network.models.people import User
from network.notifications import notify
from network.permissions import Level, who_may
from network.refusals import Invalid

READABLE = (State.PUBLISHED, State.ARCHIVED)


class Newer(Invalid):
    """It was changed since the version that somebody changed here."""

    def __init__(self) -> None:
        super().__init__("body", _("Meanwhile you changed this elsewhere. It stands above; yours is still below."))


@transaction.atomic
def edit_post(*, by: User, post: Post, body: str, version: int, language: str = "", title: str | None = None) -> Post:
    """Replaces the words of one's own post, and of an opening post the title; the earlier ones are kept.

    `version` is the one that was changed: Newer is raised where another has taken its place. The same words again
    change nothing. Held until a moderator has looked, where the room would have that of a new post.
    Raises Unseen, Forbidden, Invalid (body, title).
    """
    words = clean_body(body)
    post, thread = lock_with(post)
    post.thread = thread
    check_edit(by, post, thread)
    named = clean_title(title) if title is not None and post.is_opening else thread.title
    spoken = language or post.language
    if (words, spoken, named) == (post.body, post.language, thread.title):
        return post
    if version != post.version:
        raise Newer
    _keep_earlier(post, thread)
    post.body, post.language = words, spoken
    post.html, post.renderer = rendering.to_html(words), rendering.VERSION
    post.version, post.edited_at = post.version + 1, clock.now()
    post.save(update_fields=["body", "language", "html", "renderer", "version", "edited_at"])
    if post.is_opening:
        Item.objects.filter(pk=thread.pk).update(title=named, language=spoken)
        thread.title, thread.language = named, spoken
    mentions.keep(post, thread)
    target = thread if post.is_opening else post
    record("forums.edited", by=chatham.subject(thread, by), target=target, room=thread.room)
    _follow(by, post, thread)
    tell_after_commit()
    return post


def _keep_earlier(post: Post, thread: Thread) -> None:
    stood = thread.state in READABLE and post.state == State.PUBLISHED
    Revision.objects.create(
        post=post,
        number=post.version,
        title=thread.title if post.is_opening else "",
        language=post.language,
        body=post.body,
        html=post.html,
        renderer=post.renderer,
        at=post.edited_at or post.at,
        shown=stood,
    )


def _follow(by: User, post: Post, thread: Thread) -> None:
    """What follows from other words: they wait for a moderator, or can be found and are told of."""
    if thread.state == State.HELD or post.state == State.HELD:
        return
    text = f"{thread.title}\n\n{post.body}" if post.is_opening else post.body
    state, post.reason = rules.state_in(thread, text, by)
    if state == State.HELD:
        _hold(by, post, thread)
        return
    if post.is_opening:
        search.index(item=thread, title=thread.title, text=post.html, language=post.language)
    else:
        search.index(item=thread, part=("post", post.pk), text=post.html, language=post.language)
    mentions.tell(post, thread)


def _hold(by: User, post: Post, thread: Thread) -> None:
    moderators = who_may(Level.MODERATE, thread.room)
    if post.is_opening:
        # Holding the opening post is holding the discussion.
        Item.objects.filter(pk=thread.pk).update(state=State.HELD)
        post.save(update_fields=["reason"])
        thread.state = State.HELD
        search.forget(item=thread)
        notify(moderators, kind="item_held", item=thread, by=by)
        return
    hide(post, thread)
    post.state, post.held_since = State.HELD, clock.now()
    post.save(update_fields=["state", "held_since", "reason"])
    count(thread, replies=-1, placed=-1, held=1, post=post)
    notify(moderators, kind="post_held", item=thread, part=("post", post.pk), by=by)
