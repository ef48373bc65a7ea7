"""Writing one post into a thread: its place in the tree, its words, and who is told.

Called by the actions, inside their transaction and after their checks.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from forums import trees
from forums.models.threads import Post, Thread
from forums.permissions.threads import post_state
from network import chatham, clock, rendering, search
from network.audit import record
from network.effects import after_commit, ring_bells, send_mail_soon
from network.models.items import Item, State
from network.models.people import Partner, User
from network.models.records import Notification
from network.notifications import notify
from network.permissions import Level, who_may
from network.permissions.items import speaker_for
from network.refusals import Invalid

LONGEST_BODY = 50_000  # characters, as somebody wrote them


@dataclass(frozen=True)
class Draft:
    """What somebody sends: who, the words as cleaned by `clean_body`, and for whom."""

    by: User
    body: str
    partner: Partner | None = None
    language: str = ""
    once: uuid.UUID | None = None


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
    return Thread.objects.select_related("room", "parent", "author", "partner").get(pk=thread.pk)


def sent_before(draft: Draft, thread: Thread) -> Post | None:
    """The post that the same sending has made already, so that a retry does not double it."""
    if draft.once is None:
        return None
    return Post.objects.filter(author=draft.by, once=draft.once, thread=thread, body=draft.body).first()


def write(draft: Draft, thread: Thread, parent: Post | None, *, opening: bool = False) -> Post:
    """Creates the post below `parent` in a locked thread, held or published, and tells people.

    Under the Chatham House Rule it is for no partner, and its author gets a number.
    """
    speaker = speaker_for(draft.by, thread.room, draft.partner)
    state = State.PUBLISHED if opening else post_state(draft.by, thread.room, thread.effective_label)
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
        held_since=clock.now() if state == State.HELD else None,
        path=path,
        depth=depth,
        once=_free_once(draft),
    )
    actor = chatham.subject(thread, draft.by)
    started = "forums.announced" if thread.announcement else "forums.started"
    verb = started if opening else "forums.commented" if thread.parent_id else "forums.replied"
    record(verb, by=actor, target=thread if opening else post, room=thread.room, partner=post.partner)
    if opening:
        count(thread, placed=1)
    elif state == State.HELD:
        count(thread, held=1)
        notify(who_may(Level.MODERATE, thread.room), kind="post_held", item=thread, part=("post", post.pk), by=draft.by)
    else:
        count(thread, replies=1, placed=1)
        show(post, thread)
    tell_after_commit()
    return post


def show(post: Post, thread: Thread) -> None:
    """Everything that follows when a reply can be read from now on: words, who is told, the order of lists."""
    Thread.objects.filter(pk=thread.pk).update(active_at=clock.now())
    search.index(item=thread, part=("post", post.pk), text=post.html, language=post.language)
    # One that was hidden for a while tells nobody a second time.
    if Notification.objects.filter(kind__in=("reply", "comment"), part_kind="post", part_id=post.pk).exists():
        return
    if post.parent is not None:
        notify([post.parent.author], kind="reply", item=thread, part=("post", post.pk), by=post.author)
    elif thread.parent is not None:
        notify([thread.parent.author], kind="comment", item=thread, part=("post", post.pk), by=post.author)


def count(thread: Thread, *, replies: int = 0, placed: int = 0, held: int = 0) -> None:
    """Adds to the numbers of a locked thread."""
    Thread.objects.filter(pk=thread.pk).update(
        reply_count=F("reply_count") + replies,
        placed_count=F("placed_count") + placed,
        held_count=F("held_count") + held,
    )


def tell_after_commit() -> None:
    """Bells and letters, each on its own, once all of this is true."""
    after_commit(ring_bells)
    after_commit(send_mail_soon)


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
