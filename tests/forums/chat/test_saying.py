"""Speaking in a room's chat over the socket: what is said, who gets it, and under which number."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from forums.actions import chat
from forums.actions.following import tell_watchers
from forums.actions.threads import reply, start_thread
from forums.models import ChatMessage, Post
from network.actions.following import follow_item
from network.models import AuditEntry, Room, RoomEvent
from tests.cast import Cast
from tests.talking import Talker

pytestmark = [pytest.mark.socket, pytest.mark.django_db(transaction=True)]
Talk = Callable[..., Talker]

BODIES = [
    ("", "invalid"),
    (" \n\t ", "invalid"),
    ("a\0b", "invalid"),
    ("half a pair \ud83d", "invalid"),
    (7, "invalid"),
    (None, "invalid"),
    ("x" * 4001, "too_long"),
    ("😀" * 4001, "too_long"),
]


def test_what_is_said_reaches_those_who_are_there(cast: Cast, talk: Talk) -> None:
    anna, luc = talk(cast.anna), talk(cast.luc)
    assert anna.subscribe("families") == [
        {
            "type": "subscribed",
            "room": "families",
            "seq": 0,
            "present": [{"id": str(cast.anna.uid), "name": "Anna Lindqvist", "partner": "Malmö"}],
        }
    ]
    assert [one["name"] for one in luc.subscribe("families")[-1]["present"]] == ["Anna Lindqvist", "Luc Delvaux"]
    sent = str(uuid.uuid4())
    luc.send(type="say", room="families", id=sent, body="  Bonjour *à* tous\nÇa va? ")
    message = anna.next()
    at = message.pop("at")
    assert at.endswith("+00:00")
    assert message == {
        "type": "message",
        "room": "families",
        "seq": 1,
        "id": sent,
        "author": {"id": str(cast.luc.uid), "name": "Luc Delvaux", "partner": "Liège"},
        "body": "Bonjour *à* tous\nÇa va?",
        "html": "<p>Bonjour <em>à</em> tous<br>\nÇa va?</p>\n",
        "reply_to": None,
    }
    own = [luc.next(), luc.next()]
    assert sorted(frame["type"] for frame in own) == ["ack", "message"]
    assert {"type": "ack", "id": sent, "seq": 1} in own


def test_who_contributes_speaks_without_a_subscription(cast: Cast, talk: Talk) -> None:
    luc = talk(cast.luc)
    assert luc.say("families", "Bonjour")["seq"] == 1
    assert luc.quiet() == []


def test_who_only_reads_is_forbidden_and_who_sees_nothing_is_told_nothing(cast: Cast, talk: Talk) -> None:
    assert talk(cast.vera).say("families", "Hello")["code"] == "forbidden"
    olga = talk(cast.olga)
    unseen, absent = olga.say("families", "Hello"), olga.say("nowhere", "Hello")
    for answer in (unseen, absent):
        del answer["id"], answer["room"]
    assert unseen == absent
    assert unseen["code"] == "not_found"


def test_nobody_speaks_in_an_archived_room(cast: Cast, talk: Talk) -> None:
    Room.objects.filter(pk=cast.families.pk).update(archived_at=cast.families.opened_at)
    assert talk(cast.luc).say("families", "Hello")["code"] == "forbidden"
    assert talk(cast.maud).say("families", "Hello")["code"] == "forbidden"


def test_a_body_is_one_to_four_thousand_code_points(cast: Cast, talk: Talk) -> None:
    luc = talk(cast.luc)
    for body, code in BODIES:
        assert luc.say("families", body)["code"] == code  # type: ignore[arg-type]
    assert luc.say("families", "  " + "😀" * 4000 + "\n")["seq"] == 1


def test_the_same_sending_is_said_once_and_acknowledged_again(cast: Cast, talk: Talk) -> None:
    sent = str(uuid.uuid4())
    first = talk(cast.luc).say("families", "Once", id=sent)
    again = talk(cast.luc).say("families", " Once ", id=sent.upper())
    assert (first["seq"], again["seq"], again["id"]) == (1, 1, sent.upper())
    assert talk(cast.luc).say("families", "Another", id=sent)["code"] == "invalid"
    assert talk(cast.luc).say("commons", "Once", id=sent)["code"] != "ack"
    assert talk(cast.anna).say("families", "Once", id=sent)["seq"] == 2
    assert RoomEvent.objects.count() == 2


def test_one_answers_a_message_of_this_room_that_one_may_read(cast: Cast, talk: Talk) -> None:
    luc, anna = talk(cast.luc), talk(cast.anna)
    luc.say("families", "A question")
    luc.say("schools", "Another room")
    luc.say("schools", "Its second message")
    anna.subscribe("families")
    anna.send(type="say", room="families", id=str(uuid.uuid4()), body="An answer", reply_to=1)
    assert next(frame for frame in (anna.next(), anna.next()) if frame["type"] == "message")["reply_to"] == 1
    for elsewhere in (3, 0, 10**30, -1, "1", 1.0, True):
        assert anna.say("families", "An answer", reply_to=elsewhere)["code"] == "invalid"


def test_every_message_is_in_the_trail_and_in_the_log(cast: Cast, talk: Talk) -> None:
    talk(cast.luc).say("families", "Bonjour")
    message = ChatMessage.objects.get()
    entry = AuditEntry.objects.get(verb="forums.said")
    assert (entry.actor, entry.target, entry.room) == (cast.luc.uid, message.uid, cast.families.uid)
    assert message.partner == cast.liege
    assert RoomEvent.objects.get().part_id == message.pk


def test_a_held_message_is_seen_by_its_author_and_the_moderators_until_it_is_approved(cast: Cast, talk: Talk) -> None:
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    luc, anna, mona = talk(cast.luc), talk(cast.anna), talk(cast.mona)
    for one in (luc, anna, mona):
        one.subscribe("families")
    sent = str(uuid.uuid4())
    assert luc.say("families", "First", id=sent) == {"type": "ack", "id": sent, "seq": 1, "held": True}
    assert anna.next() == {"type": "skipped", "room": "families", "seq": 1}
    held = mona.until("message")[-1]  # her bell may ring before it
    assert (held["type"], held["seq"], held["body"], held["held"]) == ("message", 1, "First", True)
    assert anna.say("families", "Re", reply_to=1)["code"] == "invalid"

    chat.approve_message(by=cast.mona, message=ChatMessage.objects.get())
    approved = anna.until("message")[-1]
    assert (approved["type"], approved["seq"], approved["id"], approved["body"]) == ("message", 2, sent, "First")
    assert "held" not in approved
    assert mona.until("message")[-1]["seq"] == 2
    assert luc.say("families", "First", id=sent) == {"type": "ack", "id": sent, "seq": 1, "held": True}
    for one in (cast.anna, cast.luc, cast.mona):
        replayed = [frame for frame in talk(one).subscribe("families", after=0) if frame["type"] != "notification"]
        assert [(frame["type"], frame["seq"]) for frame in replayed] == [
            ("skipped", 1),
            ("message", 2),
            ("subscribed", 2),
        ]


def test_what_moderators_say_is_never_held(cast: Cast, talk: Talk) -> None:
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    assert "held" not in talk(cast.mona).say("families", "Welcome")
    assert "held" not in talk(cast.maud).say("families", "Welcome")


def test_where_the_first_message_is_checked_the_second_is_not(cast: Cast, talk: Talk) -> None:
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.FIRST)
    luc = talk(cast.luc)
    assert luc.say("families", "First")["held"]
    assert luc.say("families", "Second")["held"]
    chat.approve_message(by=cast.mona, message=ChatMessage.objects.earliest("pk"))
    assert "held" not in luc.say("families", "Third")


def test_a_removed_message_leaves_a_trace_without_words(cast: Cast, talk: Talk) -> None:
    anna, luc = talk(cast.anna), talk(cast.luc)
    luc.say("families", "Rude")
    anna.subscribe("families")
    chat.remove_message(by=cast.mona, message=ChatMessage.objects.get(), reason="Rude")
    gone = anna.next()
    assert (gone["type"], gone["seq"], gone["target"]) == ("retracted", 2, 1)
    trace, removal, _subscribed = talk(cast.mona).subscribe("families", after=0)
    assert trace["retracted"] is True
    assert "body" not in trace
    assert "html" not in trace
    assert removal["type"] == "retracted"


def test_a_held_message_that_is_refused_was_never_there_for_the_others(cast: Cast, talk: Talk) -> None:
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    talk(cast.luc).say("families", "Rude")
    chat.remove_message(by=cast.mona, message=ChatMessage.objects.get(), reason="Rude")
    assert [frame["type"] for frame in talk(cast.anna).subscribe("families", after=0)] == [
        "skipped",
        "skipped",
        "subscribed",
    ]


def test_in_slow_mode_who_is_too_fast_is_told_how_long_to_wait(cast: Cast, talk: Talk) -> None:
    Room.objects.filter(pk=cast.families.pk).update(slow_seconds=60)
    anna = talk(cast.anna)
    assert anna.say("families", "One.")["type"] == "ack"
    refused = anna.say("families", "Two.")
    assert (refused["type"], refused["code"]) == ("error", "too_fast")
    assert 50 < refused["retry_after"] <= 60
    assert "You can write again at" in refused["detail"]
    assert ChatMessage.objects.count() == 1


def test_a_socket_hears_nothing_of_who_speaks_under_the_chatham_house_rule(cast: Cast, talk: Talk) -> None:
    thread = start_thread(by=cast.luc, room=cast.families, title="Quiet", body="Who?", chatham=True)
    follow_item(by=cast.vera, item=thread, choice="watch")
    vera = talk(cast.vera)
    vera.subscribe("families")
    heard: list[Any] = []
    for person in (cast.anna, cast.carlo):
        reply(by=person, thread=thread, body="One.")
        tell_watchers(Post.objects.latest("pk").pk)
        heard += vera.quiet()
    text = str(heard)
    assert not [word for word in ("Anna", "Carlo", "Malmö", "Augsburg", str(cast.anna.uid)) if word in text]
