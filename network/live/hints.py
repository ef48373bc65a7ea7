"""Hints between server processes: "room 17 has grown". They carry no words, and any may be lost.

With a channel layer (Redis) each process listens on one channel, in the group of each room that has
sockets there. Without one, and whenever it fails, processes find out by asking the database.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)

PATIENCE = 1.0  # seconds for one word to the layer
REST = 5.0  # seconds without trying after a failure


def group_of(room: int) -> str:
    """The name of the group of processes that have sockets in this room."""
    return f"live.room.{room}"


class Quiet(logging.Filter):
    """The layer writes a traceback every second while Redis is away; one line a minute says as much."""

    def __init__(self) -> None:
        super().__init__()
        self._next = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this record is written; without its traceback."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + 60
        if record.exc_info:
            record.msg, record.args = "Redis does not answer: %r", (record.exc_info[1],)
            record.exc_info = None
        return True


logging.getLogger("channels_redis.pubsub").addFilter(Quiet())


class Speaker:
    """Gives hints; one that fails is logged and costs nothing else."""

    def __init__(self) -> None:
        self._silent_until = 0.0

    async def say(self, room: int) -> None:
        """Tells the other processes that the room has grown."""
        layer: Any = get_channel_layer()
        if layer is None or time.monotonic() < self._silent_until:
            return
        try:
            async with asyncio.timeout(PATIENCE):
                await layer.group_send(group_of(room), {"type": "grew", "room": room})
        except Exception as failure:
            self._silent_until = time.monotonic() + REST
            logger.warning("Other processes were not told of room %s: %r", room, failure)

    def say_from_thread(self, room: int) -> None:
        """The same from a process, or a moment, without sockets."""
        if get_channel_layer() is not None and time.monotonic() >= self._silent_until:
            async_to_sync(self.say)(room)


speaker = Speaker()


class Listener:
    """Hears the hints for the rooms of this process, and joins their groups again after a failure."""

    def __init__(self, heard: Callable[[int], None]) -> None:
        self._heard = heard
        self._channel: str | None = None
        self._joined: set[int] = set()
        self._ears: asyncio.Task[None] | None = None
        self._silent_until = 0.0

    async def attend(self, rooms: set[int]) -> None:
        """Joins and leaves groups so that they are those of `rooms`; tries again later where it cannot."""
        layer: Any = get_channel_layer()
        if layer is None or time.monotonic() < self._silent_until:
            return
        try:
            async with asyncio.timeout(PATIENCE):
                if self._channel is None:
                    self._channel = await layer.new_channel()
                if self._ears is None or self._ears.done():
                    self._ears = asyncio.get_running_loop().create_task(self._listen(layer, self._channel))
                for room in rooms - self._joined:
                    await layer.group_add(group_of(room), self._channel)
                    self._joined.add(room)
                for room in self._joined - rooms:
                    await layer.group_discard(group_of(room), self._channel)
                    self._joined.discard(room)
        except Exception as failure:
            self._silent_until = time.monotonic() + REST
            logger.warning("No hints from other processes: %r", failure)

    async def _listen(self, layer: Any, channel: str) -> None:
        while True:
            try:
                message = await layer.receive(channel)
                self._heard(int(message["room"]))
            except Exception as failure:
                logger.warning("A hint could not be heard: %r", failure)
                await asyncio.sleep(1)
