"""Who reads slowly costs the server no memory, loses nothing, and holds up nobody else."""

import json
import os
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from websockets.sync.client import connect

from forums.models import ChatMessage
from network import clock
from network.models import Room, RoomEvent
from tests.cast import Cast
from tests.serving import Server
from tests.talking import Talker, cookie_of

pytestmark = [pytest.mark.once, pytest.mark.socket, pytest.mark.django_db(transaction=True)]

EVENTS, ROUNDS = 900, 5


def memory(server: Server) -> float:
    """What the server process holds, in MB."""
    pages = int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def fill(cast: Cast, count: int) -> None:
    """Luc has said so many messages in Families, each as long as one may be."""
    words = "x" * 4000
    ChatMessage.objects.bulk_create(
        ChatMessage(
            room=cast.families,
            seq=seq,
            author=cast.luc,
            client_id=uuid.uuid4(),
            body=words,
            html=words,
            renderer=1,
            shown_at=clock.now(),
        )
        for seq in range(1, count + 1)
    )
    RoomEvent.objects.bulk_create(
        RoomEvent(room=cast.families, seq=seq, kind="message", part_id=pk)
        for seq, pk in ChatMessage.objects.values_list("seq", "pk")
    )
    Room.objects.filter(pk=cast.families.pk).update(last_seq=count)


def test_a_client_that_asks_for_much_and_reads_nothing_waits_for_itself(
    cast: Cast, talk: Callable[..., Talker], serve: Callable[..., Server]
) -> None:
    server = serve(LIAISE_LOG_LEVEL="WARNING")
    fill(cast, EVENTS)
    luc = talk(cast.luc, server=server)
    luc.subscribe("families")
    before = memory(server)
    slow = connect(
        server.sockets, origin=server.url, additional_headers={"Cookie": cookie_of(cast.anna)}, max_queue=1, legacy=True
    )
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
