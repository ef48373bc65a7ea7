"""The feed of a live room: what is new in it goes to the sockets of this process.

Fan-out is per process: the feed reads what is new from the database in order, asks who may see it at
that moment, and hands each frame, encoded once, to the sockets. A socket that reads slower than the
room speaks is left behind, and is given the rest from the log when it has read what waits for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from network.live import rights
from network.live.rights import Ended, Place, in_database
from network.live.sockets import Socket, Subscription
from network.live.wire import FAILED, SIGNED_OUT

logger = logging.getLogger(__name__)

SWEEP = 1.0  # seconds
BATCH = 200  # events that are read at once


class Feed:
    """One live room of this process. `delivered` is the newest number that its sockets were given."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.delivered = place.newest
        self.sockets: dict[Socket, Subscription] = {}
        self._catching_up: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        self._runner = asyncio.get_running_loop().create_task(self._run())

    def wake(self) -> None:
        self._woken.set()

    def stop(self) -> None:
        self._runner.cancel()

    async def _run(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                while await self._deliver():
                    pass
            except Exception:
                logger.exception("Room %s could not be delivered; trying again", self.place.pk)
                await asyncio.sleep(SWEEP)
                self._woken.set()

    async def _deliver(self) -> bool:
        """Hands out the next events; whether more are known to wait."""
        asked = set(self.sockets)
        callers = {socket.caller for socket in asked}
        new = await in_database(rights.delivery, self.place, self.delivered, callers, BATCH)
        if new is None:
            return False
        while late := set(self.sockets) - asked:
            # They came while the rights were asked for: theirs are asked for now.
            theirs = {socket.caller for socket in late}
            again = await in_database(rights.delivery, self.place, self.delivered, theirs, BATCH)
            asked |= late
            if again is not None:
                new.viewers.update(again.viewers)
                new.sessions.update(again.sessions)
                for level, people in again.holders.items():
                    new.holders.setdefault(level, set()).update(people)
        # First: who is left behind while this is handed out goes on up to here.
        self.delivered = new.events[-1].seq
        self._hand_out(new)
        # What was committed after this was read brings a hint of its own.
        return len(new.events) == BATCH

    def _hand_out(self, new: rights.Delivery) -> None:
        frames_of: dict[int, list[tuple[int, str]]] = {}
        for socket, subscription in list(self.sockets.items()):
            person = socket.caller.person
            if socket.caller.session not in new.sessions:
                socket.hang_up(SIGNED_OUT)
            elif person not in new.viewers:
                self.unsubscribe(socket)
            elif not subscription.behind:
                if person not in frames_of:
                    frames_of[person] = [(one.seq, one.text_for(person, new.holders)) for one in new.events]
                self._give(socket, subscription, frames_of[person])
                self.catch_up(socket, subscription)

    def _give(self, socket: Socket, subscription: Subscription, frames: Iterable[tuple[int, str]]) -> None:
        """Offers those of `frames` that it has not got yet, until too much waits for it; numbers only grow."""
        for seq, text in frames:
            if seq > subscription.cursor:
                if socket.is_full():
                    return
                socket.offer(text)
                subscription.cursor = seq

    def unsubscribe(self, socket: Socket) -> None:
        """The right to the room ended; the socket stays."""
        self.sockets.pop(socket, None)
        socket.subscriptions.pop(self.place.pk, None)
        socket.tell({"type": "unsubscribed", "room": self.place.slug, "code": "not_found"})

    # --- catching up

    def catch_up(self, socket: Socket, subscription: Subscription) -> None:
        """Lets it go on live from where it stands, at once or after what it has not got yet is read from the log."""
        subscription.behind = subscription.cursor < self.delivered
        if subscription.behind:
            task = asyncio.get_running_loop().create_task(self._catch_up(socket, subscription))
            self._catching_up.add(task)
            task.add_done_callback(self._catching_up.discard)

    async def _catch_up(self, socket: Socket, subscription: Subscription) -> None:
        try:
            await socket.written()
            # What is delivered to the others meanwhile moves the end; at it, nothing comes in between.
            while subscription.cursor < self.delivered:
                if not await self.replay(socket, subscription, self.delivered):
                    return
            subscription.behind = False
        except Ended:
            socket.hang_up(SIGNED_OUT)
        except Exception:
            logger.exception("A slow socket could not be brought up; its client comes back")
            socket.hang_up(FAILED)

    async def replay(self, socket: Socket, subscription: Subscription, until: int) -> bool:
        """Sends what it missed, as fast as it reads; False where the right, or the subscription, ended meanwhile.

        Raises Ended where the session did. What it has no room for now is read again, and its right asked again.
        """
        while subscription.cursor < until and self._stands(socket, subscription):
            frames, allowed = await in_database(
                rights.replay, socket.caller, self.place, subscription.cursor, until, BATCH
            )
            if not self._stands(socket, subscription):
                return False
            if not allowed:
                self.unsubscribe(socket)
                return False
            if frames:
                self._give(socket, subscription, frames)
            else:
                # What the log does not hold any more is not waited for.
                subscription.cursor = until
            await socket.written()
        return self._stands(socket, subscription)

    def _stands(self, socket: Socket, subscription: Subscription) -> bool:
        return not socket.closed and socket.subscriptions.get(self.place.pk) is subscription
