"""A client as a page is one: it keeps what it heard and what it has not been acknowledged, and comes back."""

from __future__ import annotations

import json
import socket
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from network.models import User
from tests.serving import Server
from tests.talking import Payload, cookie_of

ROOM = "families"
PATIENCE = 20  # seconds


@dataclass
class Page:
    """One room on one page. `messages` is what stands on it, by id; a number is heard once and none is left out."""

    person: User
    cookie: str = ""
    line: ClientConnection | None = None
    cursor: int = 0
    subscribed: bool = False
    messages: dict[str, Payload] = field(default_factory=dict)
    waiting: dict[str, str] = field(default_factory=dict)
    acknowledged: dict[str, int] = field(default_factory=dict)
    # Asked about each frame that comes.
    watch: Callable[[Page, Payload], None] = lambda _page, _frame: None
    # What came when it last listened.
    heard: list[Payload] = field(default_factory=list)
    pongs: int = 0
    refusals: int = 0

    # --- the line

    def open(self, server: Server) -> None:
        """Comes back, asks for what it missed, and says again what was not acknowledged."""
        self.close()
        self.cookie = self.cookie or cookie_of(self.person)
        self.line = connect(
            server.sockets,
            legacy=True,
            origin=server.url,  # type: ignore[arg-type]
            additional_headers={"Cookie": self.cookie},
            max_size=None,
            max_queue=None,
            close_timeout=1,
        )
        self.send(type="subscribe", room=ROOM, after=self.cursor)
        self.say_again()

    def close(self) -> None:
        """Leaves politely; what had come by then is heard."""
        if self.line is not None:
            self.line.close()
            self.listen()
        self.line, self.subscribed = None, False

    def cut(self) -> None:
        """The line is gone, and neither end was told before."""
        if self.line is not None:
            with suppress(OSError):
                self.line.socket.shutdown(socket.SHUT_RDWR)
            self.listen()
        self.line, self.subscribed = None, False

    def send(self, **frame: Any) -> None:
        """Sends one frame, or loses it with the line."""
        if self.line is not None:
            with suppress(ConnectionClosed):
                self.line.send(json.dumps(frame))

    # --- saying

    def say(self, words: str) -> str:
        """Says something and does not wait for its acknowledgement."""
        sent = str(uuid.uuid4())
        self.waiting[sent] = words
        self.send(type="say", room=ROOM, id=sent, body=words)
        return sent

    def say_again(self) -> None:
        """What waits goes out once more under the same id."""
        for sent, words in self.waiting.items():
            self.send(type="say", room=ROOM, id=sent, body=words)

    # --- hearing

    def listen(self, seconds: float = 0) -> bool:
        """Hears what has come; with `seconds`, waits for one frame as long. False where the line has ended."""
        self.heard = []
        while self.line is not None:
            try:
                frame = json.loads(self.line.recv(timeout=seconds))
            except TimeoutError:
                return True
            except (ConnectionClosed, OSError):
                return False
            seconds = 0
            self.heard.append(frame)
            self.watch(self, frame)
            self._take(frame)
        return False

    def catch_breath(self) -> None:
        """Hears everything that the server had to say by now; its answer to a ping comes behind that."""
        before = self.pongs
        self.send(type="ping")
        heard: list[Payload] = []
        while self.pongs == before and self.listen(PATIENCE):
            heard += self.heard
        self.heard = heard

    def _take(self, frame: Payload) -> None:
        kind = frame["type"]
        if "seq" in frame and kind in {"message", "retracted", "skipped", "edited"}:
            assert frame["seq"] == self.cursor + 1, f"{self.person} is at {self.cursor} and got {frame}"
            self.cursor = frame["seq"]
        if kind == "message":
            self.messages[frame["id"]] = seen(frame)
        elif kind == "retracted":
            for one in self.messages.values():
                if one["seq"] == frame["target"]:
                    one |= {"body": None, "held": False}
        elif kind == "ack":
            self.waiting.pop(frame["id"], None)
            before = self.acknowledged.setdefault(frame["id"], frame["seq"])
            assert before == frame["seq"], f"{frame} was acknowledged as {before} before"
        elif kind == "error":
            assert frame["code"] in {"not_found", "forbidden", "too_fast"}, frame
            self.refusals += 1
            if "id" in frame and frame["code"] != "too_fast":
                self.waiting.pop(frame["id"], None)
        elif kind == "subscribed":
            self.subscribed = True
        elif kind == "unsubscribed":
            # As the page does: what may not be read any more is taken away, and asked for anew.
            self.subscribed, self.cursor, self.messages = False, 0, {}
        elif kind == "pong":
            self.pongs += 1


def seen(frame: Payload) -> Payload:
    """What of a message stands on the page."""
    gone = frame.get("retracted", False)
    return {"seq": frame["seq"], "body": None if gone else frame["body"], "held": frame.get("held", False)}
