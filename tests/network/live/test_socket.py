"""The socket itself: who is let in, what a frame may be, and when it is hung up."""

import json
import time
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from websockets.exceptions import InvalidStatus

from network import clock
from network.models import Membership, PersonGrant, Room
from tests.cast import Cast
from tests.serving import Server
from tests.talking import Talker, cookie_of

pytestmark = [pytest.mark.socket, pytest.mark.django_db(transaction=True)]
Talk = Callable[..., Talker]

MALFORMED = [
    "",
    "hello",
    "[]",
    "3",
    "null",
    "{}",
    '{"type": 3}',
    '{"type": "sing"}',
    '{"type": "pi\\u0000ng"}',
    '{"type": "ping", "at": NaN}',
    "[" * 60_000,
    '{"type": "subscribe", "after": ' + "9" * 5_000 + "}",
    '{"type": "read", "room": "families", "seq": 1}',
    '{"type": "typing", "room": "families"}',
    '{"type": "edit", "room": "families", "seq": 1}',
    '{"type": "edit", "room": "families", "body": "x"}',
    '{"type": "edit", "room": "families", "seq": "1", "body": "x"}',
    '{"type": "edit", "room": "families", "seq": -1, "body": "x"}',
    '{"type": "edit", "room": "families", "seq": 1, "body": "x", "id": "seven"}',
    '{"type": "edit", "seq": 1, "body": "x"}',
    '{"type": "retract", "room": "families"}',
    '{"type": "retract", "room": "families", "seq": true}',
    '{"type": "react", "room": "families", "seq": 1}',
    '{"type": "react", "room": "families", "kind": "thank"}',
    '{"type": "react", "room": "families", "seq": 1, "kind": 1}',
    '{"type": "react", "room": "families", "seq": 1, "kind": "thank", "on": "yes"}',
    '{"type": "subscribe"}',
    '{"type": "subscribe", "room": 3}',
    '{"type": "subscribe", "room": "families", "after": -1}',
    '{"type": "subscribe", "room": "families", "after": "3"}',
    '{"type": "subscribe", "room": "families", "after": 1.0}',
    '{"type": "subscribe", "room": "families", "after": true}',
    '{"type": "subscribe", "room": "fam\\u0000ilies"}',
    '{"type": "subscribe", "room": "\\ud800"}',
    '{"type": "say", "room": "families", "body": "x"}',
    '{"type": "say", "room": "families", "body": "x", "id": 7}',
    '{"type": "say", "room": "families", "body": "x", "id": "seven"}',
]


def test_a_stranger_is_let_in_only_to_be_told_to_sign_in(cast: Cast, talk: Talk) -> None:
    assert talk(None).closed() == 4003
    assert talk(None, cookie="sessionid=nonsense").closed() == 4003


def test_a_page_of_another_origin_is_refused(cast: Cast, talk: Talk, serve: Callable[[], Server]) -> None:
    for origin in ("https://elsewhere.example", f"http://localhost:{serve().port + 1}", "null"):
        with pytest.raises(InvalidStatus) as refused:
            talk(cast.anna, origin=origin)
        assert refused.value.response.status_code == 403


def test_there_is_one_socket_and_no_other(cast: Cast, talk: Talk, serve: Callable[[], Server]) -> None:
    server = serve()
    elsewhere = Server(server.port, server.process, server.log)
    elsewhere.sockets = server.sockets.replace("/live/", "/other/")
    with pytest.raises(InvalidStatus):
        talk(cast.anna, server=elsewhere)


def test_a_ping_is_answered(cast: Cast, talk: Talk) -> None:
    assert talk(cast.anna).ask(type="ping") == {"type": "pong"}


def test_a_malformed_frame_is_invalid_and_the_next_one_is_heard(cast: Cast, talk: Talk) -> None:
    anna = talk(cast.anna)
    for text in MALFORMED:
        anna.socket.send(text)
        answer = anna.next()
        assert (answer["type"], answer["code"]) == ("error", "invalid"), text
        assert answer["detail"]
        assert anna.ask(type="ping") == {"type": "pong"}


def test_a_binary_frame_is_invalid(cast: Cast, talk: Talk) -> None:
    anna = talk(cast.anna)
    anna.socket.send(json.dumps({"type": "ping"}).encode())
    assert anna.next()["code"] == "invalid"


def test_an_error_names_the_id_and_the_room_it_is_about(cast: Cast, talk: Talk) -> None:
    sent = str(uuid.uuid4())
    answer = talk(cast.anna).ask(type="say", room="schools", id=sent, body="Hello")
    assert (answer["code"], answer["id"], answer["room"]) == ("not_found", sent, "schools")


def test_frames_above_64_kib_are_too_long_and_above_1_mib_close_the_socket(cast: Cast, talk: Talk) -> None:
    anna = talk(cast.anna)
    around = len(json.dumps({"type": "ping", "x": ""}))
    anna.send(type="ping", x="x" * (64 * 1024 - around))
    assert anna.next() == {"type": "pong"}
    anna.send(type="ping", x="x" * (64 * 1024 - around + 1))
    assert anna.next()["code"] == "too_long"
    anna.socket.send(json.dumps({"type": "ping", "x": "é" * (32 * 1024)}, ensure_ascii=False))
    assert anna.next()["code"] == "too_long"
    anna.send(type="ping", x="x" * (1024 * 1024 - around))
    assert anna.next()["code"] == "too_long"
    anna.send(type="ping", x="x" * (1024 * 1024 - around + 1))
    assert anna.closed() == 1009


def test_two_hundred_refusals_in_ten_seconds_close_the_socket(cast: Cast, talk: Talk) -> None:
    anna = talk(cast.anna)
    for _each in range(200):
        assert anna.ask(type="sing")["code"] == "invalid"
    assert anna.closed() == 4008


def test_fields_that_nobody_knows_are_ignored(cast: Cast, talk: Talk) -> None:
    assert talk(cast.anna).ask(type="ping", mood="good") == {"type": "pong"}


def test_signing_out_hangs_up_at_once(cast: Cast, talk: Talk) -> None:
    cookie = cookie_of(cast.anna)
    anna, other = talk(None, cookie=cookie), talk(cast.anna)
    anna.subscribe("families")
    Session.objects.filter(pk=cookie.partition("=")[2]).delete()
    begin = time.monotonic()
    assert anna.closed() == 4003
    assert time.monotonic() - begin < 2.5
    assert other.ask(type="ping") == {"type": "pong"}


def test_an_expired_session_is_hung_up(cast: Cast, talk: Talk) -> None:
    anna = talk(cast.anna)
    assert anna.ask(type="ping") == {"type": "pong"}
    Session.objects.update(expire_date=clock.now())
    assert anna.closed() == 4003


def test_who_is_shut_out_is_hung_up(cast: Cast, talk: Talk) -> None:
    anna = talk(cast.anna)
    anna.subscribe("families")
    cast.anna.is_active = False
    cast.anna.save()
    assert anna.closed() == 4003


def test_a_new_password_ends_the_sessions_of_before(cast: Cast, talk: Talk) -> None:
    anna = talk(cast.anna)
    assert anna.ask(type="ping") == {"type": "pong"}
    cast.anna.set_password("another one, and a long one")
    cast.anna.save()
    assert anna.closed() == 4003


def test_who_loses_one_room_keeps_the_socket_and_the_other_rooms(cast: Cast, talk: Talk) -> None:
    carlo = talk(cast.carlo)
    carlo.subscribe("families")
    carlo.subscribe("commons")
    PersonGrant.objects.filter(user=cast.carlo, content_object=cast.families).delete()
    assert carlo.next() == {"type": "unsubscribed", "room": "families", "code": "not_found"}
    ack = carlo.say("families", "Am I still here?")
    assert (ack["type"], ack["code"]) == ("error", "not_found")
    assert carlo.subscribe("commons")[-1]["room"] == "commons"


def test_a_room_that_becomes_hidden_is_heard_under_its_new_address_alone(cast: Cast, talk: Talk) -> None:
    carlo = talk(cast.carlo)
    carlo.subscribe("families")
    Room.objects.filter(pk=cast.families.pk).update(slug="h7-k2x9", kind=Room.Kind.HIDDEN)
    assert carlo.next() == {"type": "unsubscribed", "room": "families", "code": "not_found"}
    assert carlo.subscribe("h7-k2x9")[-1]["room"] == "h7-k2x9"
    assert carlo.say("h7-k2x9", "Still here.")["type"] == "ack"


def test_a_right_that_ends_by_date_ends_on_the_socket_at_that_moment(cast: Cast, talk: Talk) -> None:
    carlo = talk(cast.carlo)
    carlo.subscribe("families")
    PersonGrant.objects.filter(user=cast.carlo).update(until=clock.now() + timedelta(seconds=1.5))
    assert carlo.quiet() == []
    assert carlo.next()["type"] == "unsubscribed"


def test_what_is_said_after_the_right_ended_is_not_delivered(cast: Cast, talk: Talk) -> None:
    anna, luc = talk(cast.anna), talk(cast.luc)
    anna.subscribe("families")
    for round_ in range(5):
        Membership.objects.filter(user=cast.anna).update(until=clock.now())
        assert luc.say("families", f"Among ourselves, {round_}")["type"] == "ack"
        assert anna.next()["type"] == "unsubscribed"
        Membership.objects.filter(user=cast.anna).update(until=None)
        assert anna.subscribe("families", after=None)[-1]["type"] == "subscribed"


def test_unsubscribing_is_answered_alike_whatever_the_room(cast: Cast, talk: Talk) -> None:
    anna, luc = talk(cast.anna), talk(cast.luc)
    anna.subscribe("families")
    for room in ("families", "families", "schools", "nowhere"):
        assert anna.ask(type="unsubscribe", room=room) == {"type": "unsubscribed", "room": room}
    luc.say("families", "Nobody hears this live")
    assert anna.quiet() == []
