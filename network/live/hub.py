"""The hub of a process: its sockets, the rooms they listen to, and who is hung up.

Each live room has one feed (`network.live.feeds`). A hint only wakes it; what hints miss is found by
the look that the hub takes every second.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

from network.live import rights
from network.live.feeds import SWEEP, Feed
from network.live.hints import Listener, speaker
from network.live.pace import Pace
from network.live.rights import Place, in_database
from network.live.sockets import Socket, Subscription
from network.live.wire import SIGNED_OUT

logger = logging.getLogger(__name__)

# What the bell of a person shows; told by the AppConfig, since notices know what one may still see.
_bell: list[Callable[[int], int]] = []


def register_bell(count: Callable[[int], int]) -> None:
    """`count(person)` → how many unread notices that person may still see."""
    _bell[:] = [count]


class Hub:
    """All sockets of one process."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.sockets: set[Socket] = set()
        self.feeds: dict[int, Feed] = {}
        self.pace = Pace()
        self._bells: dict[int, tuple[int, int]] = {}
        self._listener = Listener(self.grew)
        self._look_now = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._spoken: set[asyncio.Task[None]] = set()

    # --- coming and going

    def enter(self, socket: Socket) -> None:
        """A socket was opened."""
        self.sockets.add(socket)
        if self._keeper is None or self._keeper.done():
            self._keeper = self.loop.create_task(self._keep())

    def leave(self, socket: Socket) -> None:
        """A socket was closed, from whichever end."""
        socket.let_go()
        self.sockets.discard(socket)
        for room in list(socket.subscriptions):
            self.unsubscribe(socket, room)

    async def subscribe(self, socket: Socket, place: Place) -> tuple[Feed, Subscription]:
        """Puts the socket into the room, in place of an earlier subscription; nothing comes until it has caught up."""
        subscription = Subscription(place, cursor=0)
        feed = self.feeds.get(place.pk)
        if new := feed is None:
            feed = self.feeds[place.pk] = Feed(place)
        if socket.closed:
            return feed, subscription
        feed.sockets[socket] = subscription
        socket.subscriptions[place.pk] = subscription
        if new:
            await self._listener.attend(set(self.feeds))
            # Between reading `newest` and joining the group somebody may have spoken elsewhere.
            feed.wake()
        return feed, subscription

    def unsubscribe(self, socket: Socket, room: int) -> None:
        """Takes the socket out of the room."""
        socket.subscriptions.pop(room, None)
        if (feed := self.feeds.get(room)) is not None:
            feed.sockets.pop(socket, None)

    def present_in(self, room: int) -> set[int]:
        """The people with a socket of this process in the room."""
        feed = self.feeds.get(room)
        return {socket.caller.person for socket in feed.sockets if not socket.closed} if feed else set()

    # --- hints

    def grew(self, room: int) -> None:
        """A room has something new; may be called for rooms that nobody listens to."""
        if (feed := self.feeds.get(room)) is not None:
            feed.wake()

    def grew_here(self, room: int) -> None:
        """The same, said by this process: it tells the others."""
        self.grew(room)
        task = self.loop.create_task(speaker.say(room))
        self._spoken.add(task)
        task.add_done_callback(self._spoken.discard)

    def look_now(self) -> None:
        """Rights or notices changed: the look of this second is taken at once."""
        self._look_now.set()

    # --- the look

    async def _keep(self) -> None:
        while self.sockets:
            try:
                await self._look()
            except Exception:
                logger.exception("The look after the sockets failed; the next one is due in a second")
            try:
                async with asyncio.timeout(SWEEP):
                    await self._look_now.wait()
            except TimeoutError:
                pass
            self._look_now.clear()

    async def _look(self) -> None:
        """Hangs up whose session or right has ended, finds what hints missed, rings bells."""
        for room in [room for room, feed in self.feeds.items() if not feed.sockets]:
            self.feeds.pop(room).stop()
        self.pace.tidy()
        await self._listener.attend(set(self.feeds))
        callers = {socket.caller for socket in self.sockets}
        sessions = await in_database(rights.live_sessions, callers)
        suspended = await in_database(rights.suspended, {caller.person for caller in callers})
        for socket in list(self.sockets):
            caller = socket.caller
            if caller in callers and (
                caller.session not in sessions or (caller.person in suspended and not caller.suspended)
            ):
                socket.hang_up(SIGNED_OUT)
        if self.feeds:
            await self._look_at_rooms()
        await self._ring({caller.person for caller in callers})

    async def _look_at_rooms(self) -> None:
        asked = {room: set(feed.sockets) for room, feed in self.feeds.items() if feed.sockets}
        people = {room: {socket.caller.person for socket in sockets} for room, sockets in asked.items()}
        viewers = await in_database(rights.viewers_of_each, people)
        for room, sockets in asked.items():
            for socket in sockets:
                feed = self.feeds.get(room)
                if feed and socket in feed.sockets and socket.caller.person not in viewers[room]:
                    feed.unsubscribe(socket)
        for room, place in (await in_database(rights.places, list(people))).items():
            if (feed := self.feeds.get(room)) is None:
                continue
            if feed.place.slug != place.slug:
                # The old address leads nowhere any more, and frames name rooms by their address.
                for socket in list(feed.sockets):
                    feed.unsubscribe(socket)
            elif place.newest > feed.delivered:
                feed.wake()

    async def _ring(self, people: Iterable[int]) -> None:
        people = set(people)
        now = await in_database(rights.unread, people)
        before, self._bells = self._bells, {person: now.get(person, (0, 0)) for person in people}
        changed = {person for person in people & before.keys() if before[person] != self._bells[person]}
        for person in changed if _bell else ():
            count = await in_database(_bell[0], person)
            for socket in self.sockets:
                if socket.caller.person == person:
                    socket.tell({"type": "notification", "unread": count})


# --- the hub of this process ----------------------------------------------------------------------

_hub: Hub | None = None


def running() -> Hub:
    """The hub of the running event loop, opened when its first socket comes."""
    global _hub
    if _hub is None or _hub.loop is not asyncio.get_running_loop():
        _hub = Hub()
    return _hub


def _call(what: Callable[[Hub], None]) -> bool:
    """Lets the hub's own loop do something; False where no socket was ever opened here."""
    hub = _hub
    if hub is None or hub.loop.is_closed() or not hub.loop.is_running():
        return False
    hub.loop.call_soon_threadsafe(what, hub)
    return True


def room_grew(room: int) -> None:
    """After commit, from any thread: the room's log has a new number."""
    if not _call(lambda hub: hub.grew_here(room)):
        speaker.say_from_thread(room)


def ring() -> None:
    """After commit, from any thread: somebody may have a new notice."""
    _call(Hub.look_now)


def recheck(room: int | None = None) -> None:
    """After commit, from any thread: rights in this room changed; in many where none is named."""
    _call(Hub.look_now)
