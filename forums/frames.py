"""Chat on the socket: what a `say` does, and how what is in the room's log looks to its readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from forums import history
from forums.actions import chat as actions
from forums.actions import chat_editing as editing
from forums.actions import chat_reactions as reactions
from forums.models.chat import ChatMessage, ChatReaction
from forums.permissions.chat import numbered
from network.live import Frame, Payload, Shown
from network.models.items import State
from network.models.people import User
from network.models.records import RoomEvent
from network.models.rooms import Room
from network.permissions import Level
from network.refusals import Invalid, Unseen

KINDS = {"thank": ChatReaction.Kind.THANK, "agree": ChatReaction.Kind.AGREE}


def say(by: User, frame: Frame) -> Payload:
    """`say`: acknowledged once it is committed, with the number that it was given."""
    slug, sent_id = frame.text("room"), frame.text("id")
    client_id, body, reply_to = frame.uuid("id"), frame.text("body"), frame.number("reply_to")
    room = Room.objects.visible_to(by).filter(slug=slug).first()
    if room is None:
        raise Unseen
    message = actions.say(by=by, room=room, body=body, client_id=client_id, reply_to=reply_to)
    ack: Payload = {"type": "ack", "id": sent_id, "seq": message.first_seq}
    return ack | {"held": True} if message.first_held else ack


def edit(by: User, frame: Frame) -> Payload | None:
    """`edit`: acknowledged, where it has an id, with the number under which the room heard of it."""
    body, message = frame.text("body"), _named(by, frame)
    return _ack(frame, editing.edit_message(by=by, message=message, body=body))


def retract(by: User, frame: Frame) -> Payload | None:
    """`retract`: acknowledged as `edit` is; a repeated one again with the same number."""
    return _ack(frame, editing.retract_message(by=by, message=_named(by, frame)))


def react(by: User, frame: Frame) -> Payload | None:
    """`react`: thanks for a message or agrees with it, or with `"on": false` takes that back."""
    kind, given = KINDS.get(frame.text("kind"), 0), frame.flag("on", default=True)
    message = _named(by, frame)
    (reactions.react_to_message if given else reactions.take_back_reaction)(by=by, message=message, kind=kind)
    return _ack(frame, message.seq or 0)


def _named(by: User, frame: Frame) -> ChatMessage:
    """The message that a frame is about, by room and number."""
    slug, number = frame.text("room"), frame.number("seq")
    if "id" in frame:
        frame.uuid("id")
    if number is None:
        raise Invalid("seq", _("This field is missing or cannot be used."))
    room = Room.objects.visible_to(by).filter(slug=slug).first()
    if room is None:
        raise Unseen
    return numbered(by, room, number)


def _ack(frame: Frame, seq: int) -> Payload | None:
    return {"type": "ack", "id": frame.text("id"), "seq": seq} if "id" in frame else None


def messages(events: Sequence[RoomEvent]) -> Mapping[int, Shown]:
    """Messages as they are now, by number. One query.

    A number under which a message does not stand any more (it was approved under another) is
    left out, and so skipped.
    """
    return {
        event.seq: _whom(message, _payload(message))
        for event, message in _with_messages(events)
        if message.seq == event.seq
    }


def edits(events: Sequence[RoomEvent]) -> Mapping[int, Shown]:
    """That a message says something else since: what it says now. One query.

    Left out where it says nothing any more, or stands under a later number, in its new words.
    """
    return {
        event.seq: _whom(message, _edit(message))
        for event, message in _with_messages(events)
        if message.state != State.REMOVED and (message.seq or 0) < event.seq
    }


def _edit(message: ChatMessage) -> Payload:
    return {
        "type": "edited",
        "target": message.seq,
        "body": message.body,
        "html": message.html,
        "at": (message.edited_at or message.at).isoformat(),
    }


def reacted(events: Sequence[RoomEvent]) -> Mapping[int, Shown]:
    """How many thank for a message and agree with it now. One query."""
    return {
        event.seq: _whom(message, {"type": "reactions", "target": message.seq} | _numbers(message))
        for event, message in _with_messages(events)
        if message.state == State.PUBLISHED and (message.seq or 0) < event.seq
    }


def pins(events: Sequence[RoomEvent]) -> Mapping[int, Shown]:
    """Whether a message is pinned now, and what it says there. One query."""
    return {
        event.seq: _whom(message, _pin(message))
        for event, message in _with_messages(events)
        if message.state == State.PUBLISHED and (message.seq or 0) < event.seq
    }


def _pin(message: ChatMessage) -> Payload:
    payload: Payload = {"type": "pinned", "target": message.seq, "pinned": message.pinned_at is not None}
    shown = history.quote(message) if message.pinned_at is not None else None
    return payload | {"quote": {"name": shown.name, "text": shown.words}} if shown else payload


def _numbers(message: ChatMessage) -> Payload:
    return {"thanks": message.thanks, "agreed": message.agreed}


def removals(events: Sequence[RoomEvent]) -> Mapping[int, Shown]:
    """That a message was taken away or back, for those who could read it. One query.

    Left out where it was put back since, under a later number.
    """
    return {
        event.seq: _whom(
            message,
            {"type": "retracted", "target": message.seq, "at": event.at.isoformat()} | _withdrawn(message),
        )
        for event, message in _with_messages(events)
        if (message.seq or 0) < event.seq
    }


def _withdrawn(message: ChatMessage) -> Payload:
    """Beyond the contract: whether it was its author who took it back."""
    return {"withdrawn": True} if message.withdrawn_at is not None else {}


def _with_messages(events: Sequence[RoomEvent]) -> list[tuple[RoomEvent, ChatMessage]]:
    rows = ChatMessage.objects.select_related("author", "partner", "reply_to__author")
    found = rows.in_bulk({event.part_id for event in events})
    return [(event, found[event.part_id]) for event in events if event.part_id in found]


def _whom(message: ChatMessage, payload: Payload) -> Shown:
    if message.shown_at is not None:
        return Shown(payload)
    return Shown(payload, person=message.author_id, level=Level.MODERATE)


def _payload(message: ChatMessage) -> Payload:
    payload: Payload = {
        "type": "message",
        "id": str(message.client_id),
        "author": {
            "id": str(message.author.uid),
            "name": message.author.name,
            "partner": message.partner.short_name if message.partner else None,
        },
        "at": message.at.isoformat(),
        "reply_to": message.reply_to.seq if message.reply_to else None,
    }
    if message.state == State.REMOVED:
        return payload | {"retracted": True} | _withdrawn(message)
    if quoted := history.quote(message.reply_to):
        payload["quote"] = {"gone": True} if quoted.gone else {"name": quoted.name, "text": quoted.words}
    if message.thanks or message.agreed:
        payload |= _numbers(message)
    if message.edited_at is not None:
        payload["edited"] = message.edited_at.isoformat()
    if message.state == State.HELD:
        payload["held"] = True
    return payload | {"body": message.body, "html": message.html}
