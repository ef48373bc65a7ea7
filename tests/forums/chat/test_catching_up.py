"""Nothing is lost: replay, order, and what happens between the two."""

import threading
import time
import uuid
from collections.abc import Callable

import pytest
from django.db import connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forums.actions import chat
from forums.models import ChatMessage
from network import live
from network.models import Room, RoomEvent
from tests.cast import Cast
from tests.drawing import examples
from tests.factories import RoomFactory
from tests.talking import Payload, Talker

pytestmark = [pytest.mark.socket, pytest.mark.django_db(transaction=True)]
Talk = Callable[..., Talker]


def said(cast: Cast, count: int, room: Room | None = None) -> None:
    """Luc says "1", "2", … in the room."""
    for number in range(1, count + 1):
        chat.say(by=cast.luc, room=room or cast.families, body=str(number), client_id=uuid.uuid4())


def numbers(frames: list[Payload]) -> list[tuple[str, int]]:
    return [(frame["type"], frame["seq"]) for frame in frames]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (0, [("message", 1), ("message", 2), ("message", 3), ("subscribed", 3)]),
        (2, [("message", 3), ("subscribed", 3)]),
        (3, [("subscribed", 3)]),
        (99, [("subscribed", 3)]),
        (10**40, [("subscribed", 3)]),
        (None, [("subscribed", 3)]),
    ],
)
def test_one_gets_what_one_missed_before_subscribed(
    cast: Cast, talk: Talk, after: int | None, expected: object
) -> None:
    said(cast, 3)
    anna = talk(cast.anna)
    assert numbers(anna.subscribe("families", after=after)) == expected
    chat.say(by=cast.luc, room=cast.families, body="live", client_id=uuid.uuid4())
    assert anna.next()["seq"] == 4


def test_subscribing_again_replaces_and_replays(cast: Cast, talk: Talk) -> None:
    said(cast, 2)
    anna = talk(cast.anna)
    assert numbers(anna.subscribe("families", after=0)) == [("message", 1), ("message", 2), ("subscribed", 2)]
    assert numbers(anna.subscribe("families", after=1)) == [("message", 2), ("subscribed", 2)]
    said(cast, 1)
    assert numbers([anna.next()]) == [("message", 3)]
    assert anna.quiet() == []


def test_a_room_one_may_not_view_is_not_there(cast: Cast, talk: Talk) -> None:
    olga = talk(cast.olga)
    hidden, absent = (olga.ask(type="subscribe", room=slug, after=0) for slug in ("families", "nowhere"))
    assert hidden.pop("room") == "families"
    del absent["room"]
    assert hidden == absent
    assert hidden["code"] == "not_found"


def test_beyond_a_thousand_missed_events_history_is_read_over_http(cast: Cast, talk: Talk) -> None:
    message = chat.say(by=cast.luc, room=cast.families, body="first", client_id=uuid.uuid4())
    RoomEvent.objects.bulk_create(
        RoomEvent(room=cast.families, seq=seq, kind="message", part_id=message.pk) for seq in range(2, 1002)
    )
    Room.objects.filter(pk=cast.families.pk).update(last_seq=1001)
    anna = talk(cast.anna)
    assert numbers(anna.subscribe("families", after=0)) == [("reset", 1001), ("subscribed", 1001)]
    replayed = anna.subscribe("families", after=1)
    assert [frame["seq"] for frame in replayed] == [*range(2, 1002), 1001]


def test_messages_said_while_one_catches_up_come_once_and_in_order(cast: Cast, talk: Talk) -> None:
    said(cast, 120)
    stop = threading.Event()

    def go_on() -> None:
        try:
            while not stop.is_set():
                said(cast, 1)
                time.sleep(0.01)  # on SQLite, who writes without a pause leaves no turn to others
        finally:
            connections.close_all()

    speaker = threading.Thread(target=go_on)
    speaker.start()
    try:
        for _round in range(2):
            anna = talk(cast.anna)
            frames = anna.subscribe("families", after=5)
            frames += [anna.next() for _more in range(10)]
            seqs = [frame["seq"] for frame in frames if frame["type"] == "message"]
            assert seqs == list(range(6, 6 + len(seqs)))
    finally:
        stop.set()
        speaker.join()


def test_everybody_gets_every_number_in_order_whoever_speaks(cast: Cast, talk: Talk) -> None:
    speakers = [talk(cast.luc), talk(cast.anna), talk(cast.carlo)]
    listeners = [talk(cast.vera), talk(cast.mona)]
    for one in listeners:
        one.subscribe("families")
    threads = [
        threading.Thread(target=lambda one=one: [one.say("families", f"{n}") for n in range(20)]) for one in speakers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in listeners:
        assert [one.next()["seq"] for _each in range(60)] == list(range(1, 61))


def test_a_client_that_falls_off_gets_exactly_what_it_missed(cast: Cast, talk: Talk) -> None:
    anna = talk(cast.anna)
    anna.subscribe("families")
    said(cast, 2)
    last = [anna.next()["seq"] for _each in range(2)][-1]
    anna.socket.close()
    said(cast, 3)
    assert numbers(talk(cast.anna).subscribe("families", after=last))[:-1] == [
        ("message", 3),
        ("message", 4),
        ("message", 5),
    ]


def test_what_is_rolled_back_takes_no_number(cast: Cast) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        said(cast, 1)
        raise RuntimeError
    said(cast, 1)
    assert list(RoomEvent.objects.values_list("seq", flat=True)) == [1]


def test_numbers_are_given_out_in_transactions_only(cast: Cast) -> None:
    with pytest.raises(RuntimeError):
        live.append(cast.families, "message", 1)


@settings(max_examples=examples(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(st.lists(st.tuples(st.integers(0, 1), st.booleans()), max_size=6), min_size=2, max_size=4))
def test_the_logs_have_no_gaps_whoever_writes_and_whoever_gives_up(
    transactional_db: None, plan: list[list[tuple[int, bool]]]
) -> None:
    """Each writer of `plan` writes into one of two rooms, and commits or rolls back, beside the others."""
    rooms = [RoomFactory(), RoomFactory()]

    def write(steps: list[tuple[int, bool]]) -> None:
        try:
            for room, commits in steps:
                try:
                    with transaction.atomic():
                        live.append(rooms[room], "message", 0)
                        time.sleep(0.001)
                        if not commits:
                            raise RuntimeError
                except RuntimeError:
                    pass
        finally:
            connections.close_all()

    writers = [threading.Thread(target=write, args=(steps,)) for steps in plan]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    for index, room in enumerate(rooms):
        expected = sum(1 for steps in plan for where, commits in steps if where == index and commits)
        assert list(room.events.values_list("seq", flat=True)) == list(range(1, expected + 1))
        room.refresh_from_db()
        assert room.last_seq == expected


def test_two_sendings_at_the_same_moment_are_one_message(cast: Cast) -> None:
    sent, found = uuid.uuid4(), []

    def send() -> None:
        try:
            found.append(chat.say(by=cast.luc, room=cast.families, body="Once", client_id=sent).pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found) == 4
    assert ChatMessage.objects.count() == 1
    assert connection.in_atomic_block is False
