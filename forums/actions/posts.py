"""Writing one post into a thread: its place in the tree, its words, and who is told.

Called by the actions, inside their transaction and after their checks.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from forums import numbers, rules, stretches, trees
from forums.actions import attaching, mentions
from forums.actions.reading import read
from forums.following import wants_none
from forums.models.threads import Post, Thread
from forums.querysets import ThreadQuerySet
from network import background, chatham, clock, rendering, search
from network.attaching import Brought
from network.audit import record
from network.effects import after_commit, ring_bells, send_mail_soon
from network.models.items import Item, State
from network.models.people import Partner, User
from network.models.records import Notification
from network.notifications import notify
from network.permissions import Level, who_may
from network.permissions.items import speaker_for
from network.permissions.whole import whole
from network.refusals import Forbidden, Invalid

MOVES = 3  # how often a post is followed that moves while one waits
LONGEST_BODY = 50_000  # characters, as somebody wrote them


@dataclass(frozen=True)
class Draft:
    """What somebody sends: who, the words as cleaned by `clean_body`, and for whom."""

    by: User
    body: str
    partner: Partner | None = None
    language: str = ""
    once: uuid.UUID | None = None
    # Documents of the room by their keys, and new files (forums.actions.attaching).
    attach: tuple[uuid.UUID, ...] = ()
    files: tuple[Brought, ...] = ()


def clean_body(body: str) -> str:
    """The words with one kind of line end, trimmed. Raises Invalid: no words, NUL bytes, too long."""
    text = body.replace("\r\n", "\n").replace("\r", "\n").strip()
    if "\0" in text:
        raise Invalid("body", _("The text holds a character that cannot be stored. Type it anew rather than paste it."))
    if len(text) > LONGEST_BODY:
        raise Invalid("body", _("Longer than 50,000 characters. Share it as a document and say here what it is about."))
    # Forbidden markup is dropped, and of some texts nothing is left.
    if not text or not rendering.to_text(rendering.to_html(text)):
        raise Invalid("body", _("Write something first."))
    return text


def lock(thread: Thread) -> Thread:
    """The thread as it is now, with everybody else waiting until this transaction ends.

    The row of the Item is the lock, as it is for labels and states: nobody answers under a label that just widens.
    """
    Item.objects.select_for_update(of=("self",)).only("pk").get(pk=thread.pk)
    return _again(thread.pk)[0]


@whole
def _again(key: int) -> ThreadQuerySet:
    return Thread.objects.filter(pk=key).select_related("room", "parent", "author", "partner")


def lock_with(post: Post) -> tuple[Post, Thread]:
    """The post and its thread as they are now, locked; also where it moved to another while one waited for the lock.

    Raises Forbidden where it will not stand still.
    """
    for _attempt in range(MOVES):
        held = transaction.savepoint()
        where = Post.objects.values_list("thread", flat=True).get(pk=post.pk)
        thread = lock(Thread(pk=where))
        found = Post.objects.select_related("parent__author", "author").get(pk=post.pk)
        if found.thread_id == thread.pk:
            found.thread = thread
            return found, thread
        # Lets the wrong lock go, so that nobody waits in a circle.
        transaction.savepoint_rollback(held)
    raise Forbidden(_("This is being moved to another discussion. Try again in a moment."))


def sent_before(draft: Draft, thread: Thread) -> Post | None:
    """The post that the same sending has made already, so that a retry does not double it."""
    if draft.once is None:
        return None
    sent = Post.objects.filter(author=draft.by, once=draft.once, body=draft.body)
    # Where posts went from one to another, the first may stand there.
    post = sent.first() if thread.changed_at else sent.filter(thread=thread).first()
    return post if post is not None and attaching.is_same(post, draft) else None


def write(draft: Draft, thread: Thread, parent: Post | None, *, opening: bool = False) -> Post:
    """Creates the post below `parent` in a locked thread, held or published, and tells people.

    Under the Chatham House Rule it is for no partner, and its author gets a number.
    """
    speaker = speaker_for(draft.by, thread.room, draft.partner)
    state, reason = str(State.PUBLISHED), ""
    if not opening:
        state, reason = rules.state_in(thread, draft.body, draft.by)
    html = rendering.to_html(draft.body)
    path, depth = _next_place(thread, parent)
    post = Post.objects.create(
        thread=thread,
        parent=parent,
        author=draft.by,
        partner=None if thread.chatham else speaker,
        language=draft.language or thread.language,
        body=draft.body,
        html=html,
        renderer=rendering.VERSION,
        state=state,
        reason=reason,
        held_since=clock.now() if state == State.HELD else None,
        path=path,
        depth=depth,
        number=thread.last_number + 1 if state == State.PUBLISHED else None,
        shown_at=_moment(thread) if state == State.PUBLISHED else None,
        once=_free_once(draft),
    )
    attaching.attach(post, thread, draft, speaker)
    mentions.keep(post, thread)
    actor = chatham.subject(thread, draft.by)
    started = "forums.announced" if thread.is_announcement else "forums.started"
    verb = started if opening else "forums.commented" if thread.parent_id else "forums.replied"
    record(verb, by=actor, target=thread if opening else post, room=thread.room, partner=post.partner)
    if opening:
        count(thread, placed=1, post=post)
        Thread.objects.filter(pk=thread.pk).update(last_number=post.number)
        read(by=draft.by, thread=thread, seen=numbers.of([post.number or 1]))
        background.enqueue("forums.tasks.tell_watchers", post.pk)
    elif state == State.HELD:
        count(thread, held=1)
        notify(who_may(Level.MODERATE, thread.room), kind="post_held", item=thread, part=("post", post.pk), by=draft.by)
    else:
        count(thread, replies=1, placed=1, post=post)
        show(post, thread, told=False)
    tell_after_commit()
    return post


def show(post: Post, thread: Thread, *, told: bool | None = None) -> None:
    """Everything that follows when a reply can be read from now on: words, who is told, the order of lists.

    `told` says whether people have been told of it; where it is not known, their notices say so.
    """
    _give_number(post, thread)
    read(by=post.author, thread=thread, seen=numbers.of([post.number or 1]))
    search.index(item=thread, part=("post", post.pk), text=post.html, language=post.language)
    if thread.answer_id == post.pk:
        Thread.objects.filter(pk=thread.pk).update(answered=True)
    background.enqueue("forums.tasks.tell_watchers", post.pk)
    # One that was hidden for a while tells nobody a second time.
    if told is None:
        notices = Notification.objects.filter(part_kind="post", part_id=post.pk)
        told = notices.filter(kind__in=("reply", "comment", "watched")).exists()
    if not told:
        if post.parent is not None:
            _tell(post.parent.author, "reply", post, thread)
        elif thread.parent is not None:
            _tell(thread.parent.author, "comment", post, thread)
    mentions.tell(post, thread)


def _tell(person: User, kind: str, post: Post, thread: Thread) -> None:
    if person.pk != post.author_id and not wants_none(thread, person):
        notify([person], kind=kind, item=thread, part=("post", post.pk), by=post.author)


def hide(post: Post, thread: Thread) -> None:
    """What follows in a locked thread when a post that all could read is held or removed: it is new to nobody."""
    search.forget(item=thread, part=("post", post.pk))
    if thread.answer_id == post.pk:
        # The question waits for an answer again, until this one stands again.
        Thread.objects.filter(pk=thread.pk).update(answered=False)
    if post.number is not None:
        gone = numbers.joined(numbers.runs(thread.gone), numbers.of([post.number]))
        Thread.objects.filter(pk=thread.pk).update(gone=numbers.text(gone))


def count(thread: Thread, *, replies: int = 0, placed: int = 0, held: int = 0, post: Post | None = None) -> None:
    """Adds to the numbers of a locked thread. What is `placed` or not any more is the `post`."""
    Thread.objects.filter(pk=thread.pk).update(
        reply_count=F("reply_count") + replies,
        placed_count=F("placed_count") + placed,
        held_count=F("held_count") + held,
    )
    if post is not None and placed and (thread.stretches or thread.placed_count >= stretches.LONGEST - 1):
        _restretch(thread, post.path, placed)


def _restretch(thread: Thread, path: str, more: int) -> None:
    """Keeps where the pages of a long thread begin; how much that reads does not grow with the thread."""
    kept, total = Thread.objects.values_list("stretches", "placed_count").get(pk=thread.pk)
    found = stretches.parsed(kept, total - more) if kept else []
    if total <= stretches.LONGEST:
        found = []
    elif len(found) < 2:
        found = cut(thread)
    else:
        at = stretches.holding(found, path)
        first, length = found[at][0], found[at][1] + more
        found[at] = first, length
        if length > stretches.LONGEST:
            half = length // 2
            middle = Post.objects.filter(thread=thread, path__gte=first, path__lt=trees.END).exclude(state=State.HELD)
            middle = middle.order_by("path")
            found[at : at + 1] = [(first, half), (middle.values_list("path", flat=True)[half], length - half)]
    Thread.objects.filter(pk=thread.pk).update(stretches=stretches.text(found))


def cut(thread: Thread) -> stretches.Stretches:
    """A whole thread in stretches anew, for what has moved many of its posts at once, in a locked thread."""
    placed = Post.objects.filter(thread=thread).exclude(state=State.HELD).order_by("path")
    return stretches.cut(list(placed.values_list("path", flat=True)))


def tell_after_commit() -> None:
    """Bells and letters, each on its own, once all of this is true."""
    after_commit(ring_bells)
    after_commit(send_mail_soon)


def _give_number(post: Post, thread: Thread) -> None:
    """In a locked thread: the next number for what all read for the first time; what stands again keeps its own."""
    number, moment = thread.last_number + 1, _moment(thread)
    if post.number is not None and post.number < number:
        gone = numbers.text(numbers.without(numbers.runs(thread.gone), numbers.of([post.number])))
        # A mark on the whole room does not speak for it any more, what its readers have opened does.
        Post.objects.filter(pk=post.pk).update(shown_at=moment)
        Thread.objects.filter(pk=thread.pk).update(active_at=moment, gone=gone)
        return
    if post.number is None:
        post.number, post.shown_at = number, moment
        post.save(update_fields=["number", "shown_at"])
    Thread.objects.filter(pk=thread.pk).update(active_at=moment, last_number=number)


def _moment(thread: Thread) -> datetime:
    """Now, or just as late as what came before it: numbers and moments rise together, whatever a clock says."""
    return max(clock.now(), thread.active_at)


def _next_place(thread: Thread, parent: Post | None) -> tuple[str, int]:
    """Path and depth of the next answer to `parent`, or at the top; counted under the thread's lock."""
    if parent is None:
        number = Thread.objects.values_list("tops", flat=True).get(pk=thread.pk)
        Thread.objects.filter(pk=thread.pk).update(tops=number + 1)
        return trees.segment(number), 0
    path = parent.path if parent.depth < trees.DEEPEST else trees.ancestor(parent.path)
    stem = Post.objects.only("below", "depth", "path").get(thread=thread, path=path)
    Post.objects.filter(pk=stem.pk).update(below=stem.below + 1)
    return stem.path + trees.segment(stem.below), stem.depth + 1


def _free_once(draft: Draft) -> uuid.UUID:
    """The form's id; a fresh one where it was used for other words, so that none are lost."""
    if draft.once is None or Post.objects.filter(author=draft.by, once=draft.once).exists():
        return uuid.uuid4()
    return draft.once
