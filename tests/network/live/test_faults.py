"""What may break does, while people talk through two processes; nothing that was acknowledged is lost or doubled.

With LIAISE_SOAK=1 it takes longer: 1,000 messages at once, 100,000 frames.
"""

from __future__ import annotations

import json
import os
import random
import string
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from websockets.exceptions import ConnectionClosed

from forums.models import ChatMessage
from network import clock
from network.models import Membership, Partner, PartnerGrant, PersonGrant, RoomEvent
from tests.cast import Cast
from tests.network.live.conftest import OwnRedis
from tests.network.live.crowd import Page
from tests.serving import Server
from tests.talking import Talker

pytestmark = [pytest.mark.socket, pytest.mark.django_db(transaction=True)]
Talk = Callable[..., Talker]
Serve = Callable[..., Server]

SOAK = os.environ.get("LIAISE_SOAK") == "1"
NEEDS_REDIS = pytest.mark.skipif(not settings.REDIS_URL, reason="no REDIS_URL: what goes away must be there first")
AT_ONCE = 1_000 if SOAK else 200
FRAMES = 100_000 if SOAK else 10_000


def report(words: str) -> None:
    print(words)  # noqa: T201 - figures for whoever runs it with -s


def pair(serve: Serve, redis: OwnRedis) -> tuple[Server, Server]:
    """Two processes that tell each other over a Redis that may go; on SQLite they only look."""
    url = redis.url if settings.REDIS_URL else ""
    return serve(REDIS_URL=url, LIAISE_LOG_LEVEL="WARNING"), serve(REDIS_URL=url, LIAISE_LOG_LEVEL="WARNING")


def in_the_room() -> dict[str, int]:
    """Client's id → number of what was said; fails where the numbers of the room are not 1, 2, 3, …"""
    numbers = list(RoomEvent.objects.order_by("seq").values_list("seq", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    rows = list(ChatMessage.objects.values_list("client_id", "seq"))
    assert len({sent for sent, _seq in rows}) == len(rows)
    return {str(sent): seq for sent, seq in rows}


def finish(page: Page, server: Server, count: int) -> None:
    """It comes to `server`, gets rid of what waits, and hears as far as number `count`."""
    end = time.monotonic() + (400 if SOAK else 40)
    while page.waiting or page.cursor < count:
        assert time.monotonic() < end, (page.cursor, count, len(page.waiting))
        if page.line is None or not page.listen(0.5):
            page.cut()
            page.open(server)
        elif any(frame.get("code") == "too_fast" for frame in page.heard):
            time.sleep(2)
            page.say_again()


def talk_on(page: Page, server: Server, enough: threading.Event) -> None:
    """Says something every few milliseconds, and hears, until it is enough or the line ends."""
    page.open(server)
    number = 0
    while not enough.is_set() and page.listen(0.02):
        page.say(str(number := number + 1))
    page.cut()


def test_a_server_is_killed_under_load_and_nothing_acknowledged_is_lost_or_doubled(
    cast: Cast, serve: Serve, own_redis: OwnRedis
) -> None:
    here, there = pair(serve, own_redis)
    pages = [Page(person) for person in (cast.luc, cast.anna, cast.maud, cast.carlo)]
    for page in pages:
        page.open(here)
        page.catch_breath()
    enough = threading.Event()
    servers = [here, there, here, there]
    talking = [threading.Thread(target=talk_on, args=(*one, enough)) for one in zip(pages, servers, strict=True)]
    for one in talking:
        one.start()
    time.sleep(2)
    there.stop(kill=True)
    time.sleep(1)
    enough.set()
    for one in talking:
        one.join()
    unsure = sum(len(page.waiting) for page in pages)
    for page in pages:
        finish(page, here, 0)
    said = in_the_room()
    for page in pages:
        finish(page, here, len(said))
        assert {sent: one["seq"] for sent, one in page.messages.items()} == said
        assert page.acknowledged.items() <= said.items()
        page.close()
    report(f"{len(said)} said, {unsure} sent again after a kill -9: none lost, none twice")
    assert unsure > 0


@NEEDS_REDIS
def test_redis_goes_and_comes_back_under_load_and_the_other_process_hears_within_five_seconds(
    cast: Cast, serve: Serve, own_redis: OwnRedis
) -> None:
    here, there = pair(serve, own_redis)
    luc, maud, anna = Page(cast.luc), Page(cast.maud), Page(cast.anna)
    luc.open(here)
    maud.open(here)
    anna.open(there)
    waits: dict[str, float] = {"neighbour": 0.0, "other process": 0.0}
    for round_ in range(24):
        if round_ == 8:
            own_redis.end()
        elif round_ == 16:
            own_redis.begin()
        sent, begin = luc.say(str(round_)), time.monotonic()
        for name, page in (("neighbour", maud), ("other process", anna)):
            while sent not in page.messages:
                assert page.listen(5), name
            waits[name] = max(waits[name], time.monotonic() - begin)
    finish(luc, here, 24)
    assert len(in_the_room()) == 24
    report(f"Redis away: longest waits {waits}")
    assert waits["other process"] < 5
    assert here.log.read_text().count("Traceback") == there.log.read_text().count("Traceback") == 0
    for page in (luc, maud, anna):
        page.close()


ENDS: dict[str, Callable[[Cast], Any]] = {
    "own grant": lambda cast: PersonGrant.objects.filter(user=cast.carlo).update(until=clock.now()),
    "partner's grant": lambda cast: PartnerGrant.objects.filter(group=cast.malmo.group).update(until=clock.now()),
    "membership": lambda cast: Membership.objects.filter(user=cast.anna).update(until=clock.now()),
    "session": lambda _cast: Session.objects.all().delete(),
    "suspension": lambda cast: Partner.objects.filter(pk=cast.malmo.pk).update(status=Partner.Status.SUSPENDED),
}
LEAVE_THE_SOCKET = ("own grant", "partner's grant", "membership")


@NEEDS_REDIS
@pytest.mark.parametrize("ending", ENDS)
def test_a_right_ends_within_two_seconds_in_both_processes_while_redis_is_away(
    cast: Cast, talk: Talk, serve: Serve, own_redis: OwnRedis, ending: str
) -> None:
    here, there = pair(serve, own_redis)
    person = cast.carlo if ending == "own grant" else cast.anna
    sockets = [talk(person, server=server) for server in (here, there)]
    for one in sockets:
        one.subscribe("families")
    own_redis.end()
    begin = time.monotonic()
    ENDS[ending](cast)
    for one in sockets:
        if ending in LEAVE_THE_SOCKET:
            assert one.next(5)["type"] == "unsubscribed"
        else:
            assert one.closed() == 4003
    waited = time.monotonic() - begin
    report(f"{ending} ended: {waited:.2f} s to the second process")
    assert waited < 2


def test_a_line_that_is_cut_leaves_nobody_behind_and_what_was_on_its_way_is_said_once(
    cast: Cast, serve: Serve, own_redis: OwnRedis
) -> None:
    here, there = pair(serve, own_redis)
    luc, anna = Page(cast.luc), Page(cast.anna)
    anna.open(there)
    for round_ in range(12):
        luc.open(here if round_ % 2 else there)
        luc.say(f"{round_}")
        luc.say(f"{round_} once more")
        luc.cut()
    finish(luc, here, 24)
    finish(anna, there, 24)
    assert len(in_the_room()) == 24
    assert anna.messages.keys() == in_the_room().keys() == luc.acknowledged.keys()
    luc.cut()
    vera = Page(cast.vera)
    vera.open(here)
    vera.catch_breath()
    [subscribed] = [frame for frame in vera.heard if frame["type"] == "subscribed"]
    assert [one["name"] for one in subscribed["present"]] == ["Vera Huber"]
    for page in (anna, vera):
        page.close()


def test_who_says_very_much_at_once_is_answered_for_each_and_holds_up_nobody(
    cast: Cast, serve: Serve, own_redis: OwnRedis
) -> None:
    here, there = pair(serve, own_redis)
    luc, maud, anna = Page(cast.luc), Page(cast.maud), Page(cast.anna)
    for page, server in ((luc, here), (maud, here), (anna, there)):
        page.open(server)
        page.catch_breath()
    begin = time.monotonic()
    for number in range(AT_ONCE):
        luc.say(str(number))
    sending = time.monotonic() - begin
    maud.say("And I?")
    while maud.waiting:
        assert maud.listen(10)
    answered = time.monotonic() - begin
    finish(luc, here, AT_ONCE + 1)
    for page in (maud, anna):
        finish(page, here, AT_ONCE + 1)
        assert page.messages.keys() == in_the_room().keys()
    mine = sorted(luc.acknowledged.values())
    assert len(mine) == AT_ONCE
    if not luc.refusals:
        assert list(luc.acknowledged.values()) == mine, "they were said in their order"
    outcome = f"{luc.refusals} refused, all acknowledged in the end; a neighbour waited {answered:.2f} s"
    report(f"{AT_ONCE} sent in {sending:.2f} s, {outcome}")
    for page in (luc, maud, anna):
        page.close()


MODELS = [
    {"type": "subscribe", "room": "families", "after": 0},
    {"type": "say", "room": "families", "id": "00000000-0000-4000-8000-000000000000", "body": "Hello", "reply_to": 1},
    {"type": "edit", "room": "families", "seq": 1, "body": "x"},
    {"type": "retract", "room": "families", "seq": 1},
    {"type": "read", "room": "families", "seq": 1},
    {"type": "typing", "room": "families"},
    {"type": "unsubscribe", "room": "families"},
    {"type": "ping"},
]
ODD: list[Any] = [None, True, -1, 2**70, 1e300, "", "\0", "\ud800", "x" * 5_000, [], {}, [[[]]], "families", "schools"]


def strange(dice: random.Random) -> str:
    """A frame that no page sends: one with odd fields, a text with odd marks, or noise."""
    frame: dict[str, Any] = dict(dice.choice(MODELS))
    for _each in range(dice.randint(0, 3)):
        frame[dice.choice([*frame, "type", "at"])] = dice.choice(ODD)
    if frame.get("type") == "say" and dice.random() < 0.5:
        frame["id"] = str(uuid.UUID(int=dice.getrandbits(128), version=4))
    text = list(json.dumps(frame))
    for _each in range(dice.choice([0, 0, 1, 4])):
        text[dice.randrange(len(text))] = dice.choice(string.printable + "é\u2028")
    if dice.random() < 0.05:
        text = [chr(dice.choice([dice.randrange(128), dice.randrange(0xD7FF)])) for _each in range(dice.randrange(200))]
    return "".join(text)


def test_strange_frames_are_answered_and_break_nothing(cast: Cast, talk: Talk, serve: Serve) -> None:
    server = serve(LIAISE_LOG_LEVEL="WARNING")
    dice = random.Random(int(os.environ.get("LIAISE_LIVE_SEED", "6")))
    answers: Counter[str] = Counter()
    maud = talk(cast.maud, server=server)
    acknowledged: dict[str, int] = {}

    def hear(talker: Talker, last: str) -> None:
        """Everything up to the answer to the frame with the id `last`."""
        while (frame := talker.next(30)).get("id") != last:
            answers[frame.get("code") or frame["type"]] += 1
            if frame["type"] == "ack":
                acknowledged[frame["id"].lower()] = frame["seq"]

    sent = 0
    talker = talk(cast.carlo, server=server)
    while sent < FRAMES:
        try:
            for _each in range(100):
                talker.socket.send(strange(dice))
                sent += 1
            talker.send(type="that was all", id=f"up to {sent}")
            hear(talker, f"up to {sent}")
        except ConnectionClosed as end:
            code = end.rcvd.code if end.rcvd else 1006
            answers[f"closed {code}"] += 1
            assert code == 4008
            talker = talk(cast.carlo, server=server)
    assert maud.ask(type="ping") == {"type": "pong"}
    assert server.log.read_text().count("Traceback") == 0
    assert acknowledged.items() <= in_the_room().items()
    report(f"{sent} strange frames: {dict(answers)}; {len(acknowledged)} messages acknowledged, all there")
