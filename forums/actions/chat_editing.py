"""Giving one's own message other words, and taking it back. Moderators do neither; nobody does it for others."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from forums import rules, speech
from forums.actions.chat import clean_body, fetch, index
from forums.models.chat import EDITED, REMOVED, ChatMessage, EarlierWords
from forums.permissions.chat import check_edit, check_retract, message_state
from network import clock, live, search
from network.audit import record
from network.models.items import State
from network.models.people import User
from network.models.records import RoomEvent
from network.notifications import withdraw
from network.refusals import Forbidden


@transaction.atomic
def edit_message(*, by: User, message: ChatMessage, body: str) -> int:
    """Replaces the words of one's own message; returns the number under which the room heard of it.

    What would be held if it were said now is refused: what all read has passed, and other words would not have. The
    same words again change nothing. Raises Unseen, Forbidden, TooLong, Invalid (body).
    """
    words = clean_body(body)
    message = fetch(message)
    check_edit(by, message)
    if words == message.body:
        return _heard(message, EDITED)
    if message.state == State.PUBLISHED:
        _check_not_held(by, message, words)
    EarlierWords.objects.create(
        message=message, body=message.body, html=message.html, at=message.edited_at or message.at
    )
    message.body, message.html, message.renderer = words, speech.to_html(words), speech.VERSION
    message.edited_at = clock.now()
    message.save(update_fields=["body", "html", "renderer", "edited_at"])
    record("forums.message_edited", by=by, target=message, room=message.room)
    if message.state == State.PUBLISHED:
        index(message)
    # Last, since the room is locked from here on.
    return live.append(message.room, EDITED, message.pk)


@transaction.atomic
def retract_message(*, by: User, message: ChatMessage) -> int:
    """Its author takes a message back: a trace stays, and moderators keep the words. Twice is once.

    Returns the number under which the room heard of it. Raises Unseen, Forbidden.
    """
    message = fetch(message)
    if message.author_id == by.pk and message.withdrawn_at is not None:
        return _heard(message, REMOVED)
    check_retract(by, message)
    message.state, message.withdrawn_at, message.pinned_at = State.REMOVED, clock.now(), None
    message.save(update_fields=["state", "withdrawn_at", "pinned_at"])
    search.forget(room=message.room, part=("message", message.pk))
    record("forums.message_withdrawn", by=by, target=message, room=message.room)
    withdraw("message_held", room=message.room, part=("message", message.pk))
    # Last, since the room is locked from here on.
    return live.append(message.room, REMOVED, message.pk)


def _check_not_held(by: User, message: ChatMessage, words: str) -> None:
    """Raises Forbidden where a moderator would have to read these words first."""
    rule = rules.held_by(message.room, words, by)
    if rule:
        raise Forbidden(_("A moderator would have to read these words first. Take the message back and say it anew."))
    if message_state(by, message.room) == State.HELD:
        raise Forbidden(_("In this room a moderator reads first what is said. Take the message back and say it anew."))


def _heard(message: ChatMessage, kind: str) -> int:
    """The newest number of this kind about it; its own where it has none."""
    heard = RoomEvent.objects.filter(room=message.room, kind=kind, part_id=message.pk).order_by("-seq").first()
    return heard.seq if heard is not None else message.seq or 0
