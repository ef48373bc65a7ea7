"""Who reads slowly costs the server no memory, loses nothing, and holds up nobody else."""

import json
import os
import socket
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction
from websockets.sync.client import ClientConnection, connect

from forums.models import ChatMessage
from network import clock
from network.models import Membership, Room, RoomEvent
from tests.cast import Cast
from tests.serving import Server
from tests.talking import Talker, cookie_of

pytestmark = [pytest.mark.once, pytest.mark.socket, pytest.mark.django_db(transaction=True)]

EVENTS, ROUNDS = 900, 5


def memory(server: Server) -> float:
    """What the server process holds, in MB."""
    pages = int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def fill(cast: Cast, count: int, *, begin: int = 1, words: str = "x" * 4000, html: str = "x" * 4000) -> None:
    """Luc has said so many messages in Families, each as long as one may be."""
    numbers = range(begin, begin + count)
    said = ChatMessage.objects.bulk_create(
        ChatMessage(
            room=cast.families,
            seq=seq,
            author=cast.luc,
            client_id=uuid.uuid4(),
            body=words,
            html=html,
            renderer=1,
            shown_at=clock.now(),
        )
        for seq in numbers
    )
    with transaction.atomic():
        RoomEvent.objects.bulk_create(
            RoomEvent(room=cast.families, seq=one.seq, kind="message", part_id=one.pk) for one in said
        )
        Room.objects.filter(pk=cast.families.pk).update(last_seq=numbers[-1])


def slowly(server: Server, cast: Cast) -> ClientConnection:
    """Anna on a line that holds little: what she does not read soon waits in the server."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.connect(("127.0.0.1", server.port))
    cookie = {"Cookie": cookie_of(cast.anna)}
    return connect(
        server.sockets,
        sock=line,
        origin=server.url,
        additional_headers=cookie,
        max_queue=1,
        legacy=True,
        compression=None,
    )


def test_a_client_that_asks_for_much_and_reads_nothing_waits_for_itself(
    cast: Cast, talk: Callable[..., Talker], serve: Callable[..., Server]
) -> None:
    server = serve(LIAISE_LOG_LEVEL="WARNING")
    fill(cast, EVENTS)
    luc = talk(cast.luc, server=server)
    luc.subscribe("families")
    before = memory(server)
    slow = slowly(server, cast)
    for _round in range(ROUNDS):
        slow.send(json.dumps({"type": "subscribe", "room": "families", "after": 0}))
    time.sleep(4)
    assert luc.ask(type="ping") == {"type": "pong"}
    # Five replays of more than seven megabytes each were asked for, and wait for their reader.
    assert memory(server) - before < 20
    for _round in range(ROUNDS):
        for seq in [*range(1, EVENTS + 1), EVENTS]:
            assert json.loads(slow.recv(timeout=20))["seq"] == seq
    slow.close()


def test_who_does_not_read_while_others_talk_gets_it_all_later_from_the_log(
    cast: Cast, talk: Callable[..., Talker], serve: Callable[..., Server]
) -> None:
    server = serve(LIAISE_LOG_LEVEL="WARNING")
    luc = talk(cast.luc, server=server)
    luc.subscribe("families")
    slow = slowly(server, cast)
    slow.send(json.dumps({"type": "subscribe", "room": "families", "after": None}))
    assert json.loads(slow.recv(timeout=20))["type"] == "subscribed"
    held, spoken = [], 0
    for _round in range(ROUNDS):
        # Each message weighs as much as one can: every mark of it takes six on the page.
        fill(cast, 160, begin=spoken + 1, words='"' * 4000, html="&quot;" * 4000)
        spoken += 160
        while luc.next()["seq"] < spoken:
            pass
        held.append(memory(server))
    # After the first 4 MB were said another 18 were; what is kept for her of it has an end.
    assert held[-1] - held[0] < 12
    assert luc.ask(type="ping") == {"type": "pong"}
    assert [json.loads(slow.recv(timeout=20))["seq"] for _each in range(spoken)] == list(range(1, spoken + 1))
    assert luc.say("families", "And now live")["type"] == "ack"
    assert json.loads(slow.recv(timeout=20))["seq"] == spoken + 1
    slow.close()


def test_who_lost_the_room_before_they_read_gets_no_more_of_it(
    cast: Cast, talk: Callable[..., Talker], serve: Callable[..., Server]
) -> None:
    server = serve(LIAISE_LOG_LEVEL="WARNING")
    slow = slowly(server, cast)
    fill(cast, 900)
    slow.send(json.dumps({"type": "subscribe", "room": "families", "after": 0}))
    time.sleep(2)
    Membership.objects.filter(user=cast.anna).update(until=clock.now())
    time.sleep(2.5)
    came = [json.loads(slow.recv(timeout=20))]
    while came[-1]["type"] != "unsubscribed":
        came.append(json.loads(slow.recv(timeout=20)))
    assert [frame["seq"] for frame in came[:-1]] == list(range(1, len(came)))
    assert len(came) < 600
    slow.close()
