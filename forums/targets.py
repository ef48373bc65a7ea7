"""What can be reported and decided about, each kind behind the same few words: whose it is, where, what it says.

Who reports reaches it through the gate (`seen_by`); a case finds it again whatever its label (`of_case`), and who
may then read it is asked of the case (forums.permissions.cases).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from forums import attachments
from forums.models.cases import Case
from forums.models.chat import ChatMessage
from forums.models.threads import Post, Thread
from network import chatham
from network.kinds import KINDS
from network.labels import Label
from network.models.items import Item, State
from network.models.people import Partner, User
from network.models.rooms import Room
from network.permissions import people_seen_by
from network.refusals import Unseen

MOST_EARLIER = 5  # versions beside what a case is about

NAMES: dict[str, Promise] = {"post": _("post"), "message": _("message in the chat"), "person": _("profile")}


def kind_of(case: Case) -> str:
    """Of which kind what a case is about is: a kind of part, "item" or "person"."""
    return case.part_kind or ("person" if case.person_id else "item")


def word_for(case: Case) -> str | Promise:
    """The word for it: "post", "document". The case came with its item."""
    kind = kind_of(case)
    return KINDS[case.item.kind].name if kind == "item" and case.item is not None else NAMES.get(kind, kind)


@dataclass(frozen=True)
class Target:
    """One thing, whatever its kind. `row` is an Item, a Post, a ChatMessage or a User."""

    kind: str
    row: Any
    author: User
    item: Item | None = None
    room: Room | None = None
    partner: Partner | None = None

    @property
    def place(self) -> Room | None:
        """The room whose moderators decide."""
        return self.item.room if self.item is not None else self.room

    @property
    def is_under_rule(self) -> bool:
        return self.item is not None and self.item.chatham

    @property
    def label(self) -> Label | None:
        return self.item.effective_label if self.item is not None else None

    @property
    def state(self) -> str:
        return State.PUBLISHED if self.kind == "person" else self.row.state

    @property
    def opening(self) -> Post | None:
        """The post with which a discussion begins; of anything else the post itself, if it is one."""
        if self.kind == "post":
            return self.row
        if self.kind == "item" and self.row.kind == Thread.KIND:
            return Post.objects.filter(thread=self.row.pk, parent=None, thread__parent=None).first()
        return None

    @property
    def is_withdrawn(self) -> bool:
        """Whether its author took it back: nobody decided that, and they may put it back for a day."""
        return self.opening is not None and self.opening.withdrawn_at is not None

    @property
    def name(self) -> str | Promise:
        """The word for its kind."""
        return KINDS[self.row.kind].name if self.kind == "item" else NAMES[self.kind]

    @property
    def key(self) -> dict[str, Any]:
        """By which columns a case carries it."""
        if self.kind == "item":
            return {"item": self.item, "part_kind": "", "part_id": 0}
        if self.kind == "person":
            return {"person": self.row, "part_kind": "", "part_id": 0}
        return {"item": self.item, "room": self.room, "part_kind": self.kind, "part_id": self.row.pk}

    def is_seen_by(self, user: User) -> bool:
        """Whether this person reads it through the gate now, without any case."""
        try:
            seen_by(user, self.kind, self.row.uid)
        except Unseen:
            return False
        return True

    def own_words(self) -> dict[str, Any]:
        """What it says, without whose it is: for its author, and for who handles its case."""
        row: Any = self.row
        if self.kind == "item":
            opening = self.opening
            earlier = _earlier(opening)
            return {"title": row.title, "html": _written(opening), "language": row.language, "earlier": earlier}
        if self.kind == "person":
            return {"title": row.name, "text": row.about, "language": ""}
        if self.kind == "post":
            words = {"title": row.thread.title, "html": _written(row), "language": row.language}
            return words | {"earlier": _earlier(row)}
        words = {"title": "", "html": _written(row), "language": row.author.language}
        return words | {"earlier": _earlier(row)}

    def attached(self, reader: User) -> list[dict[str, Any]]:
        """What came with it, of which this reader sees each through its own gate."""
        opening = self.opening
        return attachments.attached([opening.pk], reader).get(opening.pk, []) if opening and opening.attached else []

    def byline(self, reader: User) -> chatham.Byline:
        """Who stands beside it for this reader: a number under the rule."""
        number = None
        if self.is_under_rule and self.item is not None:
            number = chatham.numbers(self.item).get(self.author.pk, 0)
        return chatham.byline(self.author, self.partner, reader=reader, number=number)


def _written(part: Post | ChatMessage | None) -> SafeString:
    return mark_safe(part.html if part else "")  # noqa: S308 - cleaned when written


def _earlier(post: Post | ChatMessage | None) -> list[dict[str, Any]]:
    """What it said before, the newest first: what was reported may have been changed since."""
    if post is None or post.edited_at is None:
        return []
    if isinstance(post, ChatMessage):
        said = post.earlier.order_by("-pk")[:MOST_EARLIER]
        return [{"at": row.at, "title": "", "html": mark_safe(row.html)} for row in said]  # noqa: S308 - cleaned when written
    rows = post.revisions.order_by("-number")[:MOST_EARLIER]
    return [{"at": row.at, "title": row.title, "html": mark_safe(row.html)} for row in rows]  # noqa: S308 - cleaned when written


def seen_by(user: User, kind: str, uid: uuid.UUID) -> Target:
    """The thing of that kind that this person sees from inside. Raises Unseen."""
    if kind == "post":
        row = Post.objects.visible_to(user).filter(uid=uid).first()
        if row is not None:
            return _of_post(row.pk)
    elif kind == "message":
        message = ChatMessage.objects.visible_to(user).filter(uid=uid).first()
        if message is not None:
            return _of_message(message.pk)
    elif kind == "item":
        item = Item.objects.one_seen_by(user, uid, inside=True).first()
        if item is not None:
            return _of_item(item.pk)
    elif kind == "person":
        person = people_seen_by(user).filter(uid=uid, closed_at=None).first()
        if person is not None:
            return of_person(person)
    raise Unseen


def of_case(case: Case) -> Target:
    """What the case is about. Raises Unseen where it is not there any more."""
    try:
        if case.person is not None:
            return of_person(case.person)
        if case.part_kind == "post":
            return _of_post(case.part_id)
        if case.part_kind == "message":
            return _of_message(case.part_id)
        return _of_item(case.item_id or 0)
    except (Post.DoesNotExist, ChatMessage.DoesNotExist, Item.DoesNotExist):
        raise Unseen from None


def of_post(post: Post) -> Target:
    """An answer or comment; the opening post stands for its discussion."""
    return _of_post(post.pk)


def of_message(message: ChatMessage) -> Target:
    return Target("message", message, message.author, room=message.room, partner=message.partner)


def of_item(item: Item) -> Target:
    return Target("item", item, item.author, item=item, partner=None if item.chatham else item.partner)


def of_person(person: User) -> Target:
    return Target("person", person, person)


def _of_post(pk: int) -> Target:
    rows = Post.objects.select_related("author", "partner", "thread__room", "thread__parent", "thread__author")
    post = rows.select_related("thread__partner", "parent__author").get(pk=pk)
    if post.is_opening:
        return of_item(Item.objects.select_related("room", "author", "partner", "parent").get(pk=post.thread_id))
    partner = None if post.thread.chatham else post.partner
    return Target("post", post, post.author, item=post.thread, partner=partner)


def _of_message(pk: int) -> Target:
    return of_message(ChatMessage.objects.select_related("author", "partner", "room").get(pk=pk))


def _of_item(pk: int) -> Target:
    return of_item(Item.objects.select_related("room", "author", "partner", "parent").get(pk=pk))
