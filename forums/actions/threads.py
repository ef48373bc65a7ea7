"""What people do in discussions: start one, comment on an item, reply."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction

from forums import rules
from forums.actions import mentions
from forums.actions.attaching import brought, is_same, let_stand
from forums.actions.posts import Draft, clean_body, lock, sent_before, write
from forums.actions.summaries import index as index_summary
from forums.models.threads import Post, Purpose, Thread
from forums.permissions.pace import check_pace
from forums.permissions.threads import (
    Moved,
    check_announce,
    check_comment,
    check_newcomer,
    check_reply,
    check_start,
    parent_for,
)
from network import background, search
from network.actions.items import begin
from network.actions.sendings import clean_title
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
    purpose: str = Purpose.DISCUSSION,
    replies_welcome: bool = True,
    attach: Sequence[uuid.UUID] = (),
    files: Sequence[Any] = (),
) -> Thread:
    """Starts a discussion with its opening post; held first where the room wants that.

    `once` is made by the form: sent again with the same words, it finds the first discussion.
    `chatham` puts it under the Chatham House Rule, for good. An announcement is said to all who read the room, and
    answered where `replies_welcome`. `attach` are documents of the room by their keys, `files` new ones, for those who
    read the discussion.
    Raises Unseen, Forbidden, TooFast, Invalid (title, body, tlp, partner, named_partners, named_people, attach, file).
    """
    draft = Draft(by=by, body=clean_body(body), partner=partner, language=language, once=once, attach=tuple(attach))
    announcement = purpose == Purpose.ANNOUNCEMENT
    check = check_announce if announcement else check_start
    if files:
        # Before anything is stored; asked again below.
        check(by, room)
    try:
        with brought(files) as kept, transaction.atomic():
            check(by, room)
            draft = replace(draft, files=kept)
            again = _started_before(draft, clean_title(title))
            if again is not None:
                return again
            if chatham:
                check_newcomer(by, room, tlp)
            else:
                check_pace(by, room)
            state, reason = rules.state_of(f"{title}\n\n{draft.body}", by, room, label=tlp, chatham=chatham)
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
                state=state,
                chatham=chatham,
                purpose=purpose,
                replies_welcome=replies_welcome or not announcement,
            )
            opening = write(draft, lock(thread), None, opening=True)
            if reason:
                Post.objects.filter(pk=opening.pk).update(reason=reason)
            index(thread)
            if announcement:
                _tell_all(by, thread, opening)
            if thread.state == State.PUBLISHED:
                mentions.tell(opening, thread)
    except IntegrityError:
        # The same sending, at the same moment, on another connection: the first one stands.
        first = _started_before(draft, clean_title(title))
        if first is None:
            raise
        return first
    return thread


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
    attach: Sequence[uuid.UUID] = (),
    files: Sequence[Any] = (),
) -> Post:
    """A comment on an item, in the thread about it that belongs to `room`; the first one begins it.

    Raises Unseen, Forbidden, TooFast, Invalid (body, parent, partner, attach, file).
    """
    draft = Draft(by=by, body=clean_body(body), partner=partner, language=language, once=once, attach=tuple(attach))
    if files:
        check_comment(by, item, room)
    with brought(files) as kept, transaction.atomic():
        return _comment(replace(draft, files=kept), item, room, parent)


def _comment(draft: Draft, item: Item, room: Room, parent: Post | uuid.UUID | None) -> Post:
    by = draft.by
    # Two first comments at once: one waits here for the other to have begun the thread.
    item = Item.objects.select_for_update(of=("self",)).select_related("room").get(pk=item.pk)
    check_comment(by, item, room)
    thread = Thread.objects.filter(parent=item, room=room).first() or begin(
        Thread,
        by=by,
        room=room,
        title=item.title,
        tlp=min(item.label, Label.AMBER),
        partner=draft.partner,
        language=draft.language or item.language,
        parent=item,
        state=State.PUBLISHED,
        chatham=item.chatham,
    )
    return _answer(draft, lock(thread), parent)


def reply(
    *,
    by: User,
    thread: Thread,
    body: str,
    parent: Post | uuid.UUID | None = None,
    partner: Partner | None = None,
    language: str = "",
    once: uuid.UUID | None = None,
    attach: Sequence[uuid.UUID] = (),
    files: Sequence[Any] = (),
) -> Post:
    """Answers a post (the opening one where none is named); held first where the room wants that.

    `once` is made by the form: sent again with the same words, it finds the first reply.
    `attach` are documents of the room by their keys, `files` new ones, for those who read the discussion.
    Raises Unseen, Forbidden, TooFast, Invalid (body, parent, partner, attach, file).
    """
    draft = Draft(by=by, body=clean_body(body), partner=partner, language=language, once=once, attach=tuple(attach))
    if files:
        # Before anything is stored; asked again below, under the lock.
        check_reply(by, thread)
    with brought(files) as kept, transaction.atomic():
        return _answer(replace(draft, files=kept), lock(thread), parent)


def index(thread: Item) -> None:
    """Writes the words of a thread and of all its published posts into the search index."""
    posts = Post.objects.filter(thread=thread.pk, state=State.PUBLISHED).only("html", "language", "parent_id", "pk")
    for post in posts:
        if post.parent_id is None and thread.parent_id is None:
            search.index(item=thread, title=thread.title, text=post.html, language=thread.language)
        else:
            search.index(item=thread, part=("post", post.pk), text=post.html, language=post.language)
    index_summary(thread)


def approved(by: User, thread: Item) -> None:
    """It can be read from now on: it is new to all who have not opened it, though they marked the room as read."""
    moment = Thread.objects.values_list("active_at", flat=True).get(pk=thread.pk)
    Post.objects.filter(thread=thread.pk, number__isnull=False).update(shown_at=moment)
    for opening in Post.objects.filter(thread=thread.pk, parent=None, thread__parent=None):
        let_stand(opening, by=by)
        background.enqueue("forums.tasks.tell_watchers", opening.pk)
        mentions.tell(opening, Thread.objects.select_related("room", "parent").get(pk=thread.pk))


def holds_words_of_others(item: Item) -> bool:
    """Whether somebody else than its author has ever written in it."""
    return Post.objects.filter(thread=item.pk).exclude(author=item.author_id).exists()


def _answer(draft: Draft, thread: Thread, parent: Post | uuid.UUID | None) -> Post:
    again = sent_before(draft, thread)
    if again is not None:
        return again
    if thread.merged_into is not None:
        raise Moved(thread.merged_into.uid)
    check_reply(draft.by, thread)
    check_pace(draft.by, thread.room, thread=thread)
    named = parent.uid if isinstance(parent, Post) else parent
    return write(draft, thread, parent_for(draft.by, thread, named))


def _tell_all(by: User, thread: Thread, opening: Post) -> None:
    """Everybody whom its label lets read it; the letter says no more than the label lets it."""
    notify(audience(thread), kind="announcement", item=thread, part=("post", opening.pk), by=by)


def _started_before(draft: Draft, title: str) -> Thread | None:
    if draft.once is None:
        return None
    opened = Post.objects.filter(author=draft.by, parent__isnull=True, body=draft.body)
    thread = Thread.objects.filter(uid=draft.once, author=draft.by, title=title, posts__in=opened).first()
    opening = Post.objects.get(thread=thread, parent=None) if thread is not None else None
    return thread if opening is not None and is_same(opening, draft) else None
