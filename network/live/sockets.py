"""One open socket: what waits to be written to it, and how it is hung up."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from network.live.rights import Caller, Place
from network.live.wire import TRY_AGAIN, Payload, encode

logger = logging.getLogger(__name__)

Send = Callable[[dict[str, Any]], Awaitable[None]]

MUCH_WAITING = 256 * 1024  # characters; who has not read as many is given the rest from the log, later
MOST_WAITING = 4 * 1024 * 1024  # characters; more than that nobody is ever offered, and who were is hung up
PAUSE = 0.02  # seconds between looks at a transport that is full


@dataclass(eq=False)
class Subscription:
    """One room on one socket. While it is `behind`, what is new is not kept for it: it is read from the log later."""

    place: Place
    cursor: int
    behind: bool = True


class Socket:
    """Frames go out in the order in which they are offered, as fast as the other end reads.

    Nothing is ever left out in the middle: for a socket that cannot keep up (`is_full`) no more is
    kept in memory, and its room goes on from the log when it has read what waits.
    """

    def __init__(self, caller: Caller, send: Send) -> None:
        self.caller = caller
        self.subscriptions: dict[int, Subscription] = {}
        self.closed = False
        self._send = send
        # daphne's own; servers whose `send` waits for the client have nothing to look at.
        server = getattr(send, "args", ())
        self._transport = getattr(server[0], "transport", None) if server else None
        self._outbox: deque[str] = deque()
        self._waiting = 0
        self._filled = asyncio.Event()
        self._emptied = asyncio.Event()
        self._emptied.set()
        self._writer = asyncio.get_running_loop().create_task(self._write())

    def offer(self, text: str) -> None:
        """Puts an encoded frame at the end of what is to be written."""
        if self.closed or (not self._outbox and self._written_at_once(text)):
            return
        self._outbox.append(text)
        self._waiting += len(text)
        if self._waiting > MOST_WAITING:
            self.hang_up(TRY_AGAIN)
        else:
            self._emptied.clear()
            self._filled.set()

    def is_full(self) -> bool:
        """Whether so much waits for it that no more should be offered."""
        return self._waiting > MUCH_WAITING

    def tell(self, payload: Payload) -> None:
        """Offers one frame."""
        self.offer(encode(payload))

    async def written(self) -> None:
        """Returns when everything offered so far has left, or the socket is closed."""
        await self._emptied.wait()

    def hang_up(self, code: int) -> None:
        """Closes it with `code`, after what is written at this moment and before what waits."""
        if not self.closed:
            self.closed = True
            self._outbox.clear()
            self._closing = asyncio.ensure_future(self._send({"type": "websocket.close", "code": code}))
            self.let_go()

    def let_go(self) -> None:
        """It is closed, from whichever end: nothing is written any more."""
        self.closed = True
        self._outbox.clear()
        self._emptied.set()
        self._filled.set()

    async def _write(self) -> None:
        try:
            await self._write_what_waits()
        except Exception as failure:
            # The other end is gone; the server says so to the consumer, who lets go.
            logger.info("A socket could not be written to: %r", failure)
            self.let_go()

    async def _write_what_waits(self) -> None:
        while not self.closed:
            await self._filled.wait()
            while self._outbox:
                await self._transport_ready()
                if not self._outbox:
                    break
                text = self._outbox.popleft()
                self._waiting -= len(text)
                await self._send({"type": "websocket.send", "text": text})
            self._filled.clear()
            self._emptied.set()

    def _written_at_once(self, text: str) -> bool:
        """Gives it to daphne without waking a task for it, which doubles what a frame costs.

        Only where daphne would not keep it in memory; its `send` has nothing to wait for then.
        """
        if self._transport is None or self._full():
            return False
        step = self._send({"type": "websocket.send", "text": text}).__await__()
        try:
            next(step)
        except StopIteration:
            return True
        except Exception as failure:
            logger.info("A socket could not be written to: %r", failure)
            self.let_go()
            return True
        # It waited nevertheless, and what was begun cannot be ended here: the client comes back for it.
        self.hang_up(TRY_AGAIN)
        return True

    def _full(self) -> bool:
        # daphne takes whatever it is given into memory, and tells only here that it does.
        return getattr(self._transport, "producerPaused", False) is True

    async def _transport_ready(self) -> None:
        while self._full() and not self.closed:
            await asyncio.sleep(PAUSE)
