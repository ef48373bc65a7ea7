"""Answering a chat message with one press, and taking that back. Numbers are shown, and never whose they are."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from forums.actions.chat import fetch
from forums.models.chat import COUNTED_IN_CHAT, REACTED, ChatMessage, ChatReaction
from forums.permissions.chat import check_message_seen, check_react
from network import live
from network.audit import record
from network.models.people import User

VERBS = {
    ChatReaction.Kind.THANK: "forums.message_thanked",
    ChatReaction.Kind.AGREE: "forums.message_agreed",
}


@transaction.atomic
def react_to_message(*, by: User, message: ChatMessage, kind: int) -> None:
    """Thanks for a message or agrees with it. Twice is once. Raises Unseen, Forbidden, Invalid (kind)."""
    message = fetch(message)
    check_react(by, message, kind)
    known = ChatReaction.Kind(kind)
    _reaction, made = ChatReaction.objects.get_or_create(message=message, user=by, kind=known)
    if made:
        record(VERBS[known], by=by, target=message, room=message.room)
        _count(message, known, 1)


@transaction.atomic
def take_back_reaction(*, by: User, message: ChatMessage, kind: int) -> None:
    """Takes one's own answer back; for who still reads the message. Twice is once. Raises Unseen."""
    message = fetch(message)
    check_message_seen(by, message)
    for mine in ChatReaction.objects.filter(message=message, user=by, kind=kind):
        mine.delete()
        record("forums.message_reaction_taken_back", by=by, target=message, room=message.room)
        _count(message, ChatReaction.Kind(kind), -1)


def join_chat_reactions(kept: User, closed: User) -> None:
    """What both accounts of one person answered to a message counts once; to each other, not at all."""
    mine = set(ChatReaction.objects.filter(user=kept).values_list("message", "kind"))
    for row in ChatReaction.objects.filter(user=closed).select_related("message__room"):
        if (row.message_id, row.kind) in mine or row.message.author_id in (kept.pk, closed.pk):
            row.delete()
            _count(row.message, ChatReaction.Kind(row.kind), -1)
    ChatReaction.objects.filter(user=closed).update(user=kept)


def _count(message: ChatMessage, kind: ChatReaction.Kind, change: int) -> None:
    field = COUNTED_IN_CHAT[kind]
    ChatMessage.objects.filter(pk=message.pk).update(**{field: F(field) + change})
    # Last, since the room is locked from here on.
    live.append(message.room, REACTED, message.pk)
