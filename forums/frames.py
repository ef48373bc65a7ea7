"""Chat on the socket: what a `say` does, and how what is in the room's log looks to its readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from forums.actions import chat as actions
from forums.models.chat import ChatMessage
from network.live import Frame, Payload, Shown
from network.models.items import State
from network.models.people import User
from network.models.records import RoomEvent
from network.models.rooms import Room
from network.permissions import Level
from network.refusals import Unseen


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


def removals(events: Sequence[RoomEvent]) -> Mapping[int, Shown]:
    """That a message was taken away, for those who could read it. One query."""
    return {
        event.seq: _whom(message, {"type": "retracted", "target": message.seq, "at": event.at.isoformat()})
        for event, message in _with_messages(events)
    }


def _with_messages(events: Sequence[RoomEvent]) -> list[tuple[RoomEvent, ChatMessage]]:
    rows = ChatMessage.objects.select_related("author", "partner", "reply_to")
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
        return payload | {"retracted": True}
    if message.state == State.HELD:
        payload["held"] = True
    return payload | {"body": message.body, "html": message.html}
