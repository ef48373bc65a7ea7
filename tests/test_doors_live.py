"""Every frame of the socket, sent by everybody of the cast. A frame without a row here fails the suite."""

import uuid
from collections.abc import Callable

import pytest

from forums.actions import chat
from network.live.consumer import FRAMES, OWN_FRAMES
from tests.cast import Cast
from tests.talking import Payload, Talker

pytestmark = [pytest.mark.socket, pytest.mark.django_db(transaction=True)]

SIGNED_OUT = "4003"
WHO = (
    "stranger",
    "outsider",
    "guest",
    "ended_member",
    "expired_guest",
    "suspended",
    "viewer",
    "contributor",
    "moderator",
    "manager",
)
NONE_OF_IT = ("outsider", "guest", "ended_member", "expired_guest", "suspended")
READERS = ("viewer", "contributor", "moderator", "manager")

# What each frame about Families is answered with: for those with nothing there, and by level.
DOORS: dict[str, dict[str, str]] = {
    "ping": dict.fromkeys(WHO[1:], "pong"),
    "unsubscribe": dict.fromkeys(WHO[1:], "unsubscribed"),
    "subscribe": dict.fromkeys(NONE_OF_IT, "not_found")
    | dict.fromkeys(("viewer", "contributor", "moderator", "manager"), "subscribed"),
    "say": dict.fromkeys(NONE_OF_IT, "not_found")
    | {"viewer": "forbidden"}
    | dict.fromkeys(("contributor", "moderator", "manager"), "ack"),
    # About what somebody else has said.
    "edit": dict.fromkeys(NONE_OF_IT, "not_found") | dict.fromkeys(READERS, "forbidden"),
    "retract": dict.fromkeys(NONE_OF_IT, "not_found") | dict.fromkeys(READERS, "forbidden"),
    "react": dict.fromkeys(NONE_OF_IT, "not_found") | dict.fromkeys(READERS, "ack"),
}
# Frames that clients may know and this server does not yet.
LATER = ("read", "typing")


def frame(kind: str) -> Payload:
    about = {"body": "Hello", "seq": 1, "kind": "thank"}
    return {"type": kind, "room": "families", "after": None, "id": str(uuid.uuid4())} | about


def answer(talker: Talker, kind: str) -> str:
    reply = talker.ask(**frame(kind))
    return str(reply.get("code") or reply["type"])


def test_every_frame_has_a_row() -> None:
    assert DOORS.keys() == {*FRAMES, *OWN_FRAMES}
    assert all(row.keys() == set(WHO[1:]) for row in DOORS.values())


@pytest.mark.parametrize("who", WHO)
def test_each_frame_is_answered_as_the_gate_says(cast: Cast, talk: Callable[..., Talker], who: str) -> None:
    if who == "stranger":
        assert str(talk(None).closed()) == SIGNED_OUT
        return
    said = chat.say(by=cast.luc, room=cast.families, body="Who has the key?", client_id=uuid.uuid4())
    assert said.seq == 1
    talker = talk(getattr(cast, who))
    found = {kind: answer(talker, kind) for kind in ("ping", "unsubscribe", "subscribe")}
    talker.send(type="unsubscribe", room="families")
    talker.until("unsubscribed")
    found |= {kind: answer(talker, kind) for kind in ("say", "edit", "retract", "react")}
    assert found == {kind: DOORS[kind][who] for kind in found}
    assert found.keys() == DOORS.keys()
    assert {answer(talker, kind) for kind in LATER} == {"invalid"}
