"""The other end of the socket: a client that knows nothing of Channels, signed in as somebody of the cast."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from network.models import User
from tests.serving import Server

PATIENCE = 8  # seconds for an answer

Payload = dict[str, Any]


class Talker:
    """One socket. `say`, `subscribe` and `send` write; `next`, `until` and `quiet` read."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def send(self, **frame: Any) -> None:
        """Sends one frame."""
        self.socket.send(json.dumps(frame))

    def next(self, seconds: float = PATIENCE) -> Payload:
        """The next frame from the server; TimeoutError where none comes."""
        frame: Payload = json.loads(self.socket.recv(timeout=seconds))
        return frame

    def until(self, kind: str) -> list[Payload]:
        """The frames up to and with the first of this type."""
        frames = [self.next()]
        while frames[-1]["type"] != kind:
            frames.append(self.next())
        return frames

    def ask(self, **frame: Any) -> Payload:
        """Sends one frame and returns the next one that comes."""
        self.send(**frame)
        return self.next()

    def subscribe(self, room: str, after: Any = None) -> list[Payload]:
        """What comes up to and with `subscribed`."""
        self.send(type="subscribe", room=room, after=after)
        return self.until("subscribed")

    def say(self, room: str, body: str, **fields: Any) -> Payload:
        """Says something and returns its `ack`, or the error; messages before it are passed over."""
        self.send(type="say", room=room, body=body, **{"id": str(uuid.uuid4()), **fields})
        while (frame := self.next())["type"] not in {"ack", "error"}:
            pass
        return frame

    def quiet(self) -> list[Payload]:
        """What still comes before the server answers a ping, that is, before it has done all it was asked."""
        self.send(type="ping")
        return self.until("pong")[:-1]

    def closed(self) -> int:
        """The code with which the server closes; frames before it are passed over."""
        try:
            while True:
                self.socket.recv(timeout=PATIENCE)
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else 1006


def cookie_of(person: User) -> str:
    """The Cookie header of a session of this person, as their browser would send it."""
    client = Client()
    client.force_login(person)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


@pytest.fixture
def talk(serve: Callable[..., Server]) -> Iterator[Callable[..., Talker]]:
    """`talk(anna)` opens a socket as Anna on the shared server; `talk(None)` as a stranger.

    `server=` names another process, `cookie=` a session that is already there, `origin=` where the page came from.
    """
    opened: list[ClientConnection] = []

    def talk(
        person: User | None, *, server: Server | None = None, cookie: str | None = None, origin: str | None = None
    ) -> Talker:
        at = server or serve()
        if cookie is None and person is not None:
            cookie = cookie_of(person)
        socket = connect(
            at.sockets,
            legacy=True,
            origin=origin or at.url,  # type: ignore[arg-type]
            additional_headers={"Cookie": cookie} if cookie else None,
            max_size=None,
            max_queue=None,
            close_timeout=1,
        )
        opened.append(socket)
        return Talker(socket)

    yield talk
    for socket in opened:
        socket.close()
