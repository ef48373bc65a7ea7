"""What people do in discussions: start one, comment on an item, reply."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db import IntegrityError, transaction

from forums.actions.posts import Draft, clean_body, lock, sent_before, write
from forums.models.threads import Post, Thread
from forums.permissions.threads import (
    check_announce,
    check_comment,
    check_reply,
    check_start,
    parent_for,
    post_state,
)
from network import search
from network.actions.items import begin, clean_title
from network.labels import Label
from network.models.items import Item, State, Theme
from network.models.people import Partner, User
from network.models.rooms import Room
from network.notifications import notify
from network.permissions import audience


def start_thread(
    *,
    by: User,
    room: Room,
    title: str,
    body: str,
    tlp: Label = Label.AMBER,
    partner: Partner | None = None,
    language: str = "en",
    themes: Collection[Theme] = (),
    named_partners: Collection[Partner] = (),
    named_people: Collection[User] = (),
    once: uuid.UUID | None = None,
    chatham: bool = False,
    announcement: bool = False,
) -> Thread:
    """Starts a discussion with its opening post; held first where the room wants that.

    `once` is made by the form: sent again with the same words, it finds the first discussion.
    `chatham` puts it under the Chatham House Rule, for good. `announcement` is said to all who read the room.
    Raises Unseen, Forbidden, Invalid (title, body, tlp, partner, named_partners, named_people).
    """
    draft = Draft(by=by, body=clean_body(body), partner=partner, language=language, once=once)
    try:
        with transaction.atomic():
            (check_announce if announcement else check_start)(by, room)
            again = _started_before(draft, clean_title(title))
            if again is not None:
                return again
            uid = None if once and Thread.objects.filter(uid=once).exists() else once
            thread = begin(
                Thread,
                by=by,
                room=room,
                title=title,
                tlp=tlp,
                partner=partner,
                language=language,
                themes=themes,
                named_partners=named_partners,
                named_people=named_people,
                uid=uid,
                state=post_state(by, room, tlp),
                chatham=chatham,
                announcement=announcement,
            )
            opening = write(draft, lock(thread), None, opening=True)
            index(thread)
            if announcement:
                _tell_all(by, thread, opening)
    except IntegrityError:
        # The same sending, at the same moment, on another connection: the first one stands.
        first = _started_before(draft, clean_title(title))
        if first is None:
            raise
        return first
    return thread


@transaction.atomic
def comment_on(
    *,
    by: User,
    item: Item,
    room: Room,
    body: str,
    parent: Post | uuid.UUID | None = None,
    partner: Partner | None = None,
    language: str = "",
    once: uuid.UUID | None = None,
) -> Post:
    """A comment on an item, in the thread about it that belongs to `room`; the first one begins it.

    Raises Unseen, Forbidden, Invalid (body, parent, partner).
    """
    draft = Draft(by=by, body=clean_body(body), partner=partner, language=language, once=once)
    # Two first comments at once: one waits here for the other to have begun the thread.
    item = Item.objects.select_for_update(of=("self",)).select_related("room").get(pk=item.pk)
    check_comment(by, item, room)
    thread = Thread.objects.filter(parent=item, room=room).first() or begin(
        Thread,
        by=by,
        room=room,
        title=item.title,
        tlp=min(item.label, Label.AMBER),
        partner=partner,
        language=language or item.language,
        parent=item,
        state=State.PUBLISHED,
        chatham=item.chatham,
    )
    return _answer(draft, lock(thread), parent)


@transaction.atomic
def reply(
    *,
    by: User,
    thread: Thread,
    body: str,
    parent: Post | uuid.UUID | None = None,
    partner: Partner | None = None,
    language: str = "",
    once: uuid.UUID | None = None,
) -> Post:
    """Answers a post (the opening one where none is named); held first where the room wants that.

    `once` is made by the form: sent again with the same words, it finds the first reply.
    Raises Unseen, Forbidden, Invalid (body, parent, partner).
    """
    draft = Draft(by=by, body=clean_body(body), partner=partner, language=language, once=once)
    return _answer(draft, lock(thread), parent)


def index(thread: Item) -> None:
    """Writes the words of a thread and of all its published posts into the search index."""
    posts = Post.objects.filter(thread=thread.pk, state=State.PUBLISHED).only("html", "language", "parent_id", "pk")
    for post in posts:
        if post.parent_id is None and thread.parent_id is None:
            search.index(item=thread, title=thread.title, text=post.html, language=thread.language)
        else:
            search.index(item=thread, part=("post", post.pk), text=post.html, language=post.language)


def holds_words_of_others(item: Item) -> bool:
    """Whether somebody else than its author has ever written in it."""
    return Post.objects.filter(thread=item.pk).exclude(author=item.author_id).exists()


def _answer(draft: Draft, thread: Thread, parent: Post | uuid.UUID | None) -> Post:
    again = sent_before(draft, thread)
    if again is not None:
        return again
    check_reply(draft.by, thread)
    named = parent.uid if isinstance(parent, Post) else parent
    return write(draft, thread, parent_for(draft.by, thread, named))


def _tell_all(by: User, thread: Thread, opening: Post) -> None:
    """Everybody whom its label lets read it; the letter says no more than the label lets it."""
    notify(audience(thread), kind="announcement", item=thread, part=("post", opening.pk), by=by)


def _started_before(draft: Draft, title: str) -> Thread | None:
    if draft.once is None:
        return None
    opened = Post.objects.filter(author=draft.by, parent__isnull=True, body=draft.body)
    return Thread.objects.filter(uid=draft.once, author=draft.by, title=title, posts__in=opened).first()
