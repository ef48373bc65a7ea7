"""The one consumer: a socket's frames, handled in order, each answered before the next is read."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from network.languages import spoken
from network.live import hub, rights
from network.live.rights import Caller, Ended, in_database
from network.live.sockets import Socket
from network.live.wire import (
    FAILED,
    MOST_REPLAYED,
    NO_FRAME,
    SIGNED_OUT,
    TOO_MANY_REFUSALS,
    Frame,
    Payload,
    error,
    read,
)
from network.models.people import User
from network.refusals import Invalid, Refusal

logger = logging.getLogger(__name__)

MOST_REFUSALS = 200
WITHIN = 10.0  # seconds

Handler = Callable[[User, Frame], Payload | None]
FRAMES: dict[str, Handler] = {}
OWN_FRAMES = ("subscribe", "unsubscribe", "ping")


def register_frame(name: str, handler: Handler) -> None:
    """From an AppConfig. `handler(by, frame)` acts in a thread; it returns the answer, if any, or raises a Refusal."""
    FRAMES[name] = handler


class LiveConsumer(AsyncConsumer):
    """`/ws/live/`. It asks the hub for rooms and the registered handlers for everything else."""

    # The hub listens for the whole process; a channel for each socket is what it is there to avoid.
    channel_layer_alias = "none"

    socket: Socket | None = None
    caller: Caller | None = None

    def __init__(self) -> None:
        # When the last frames were refused. A program that has gone wrong is sent away; people never come near it.
        self.refused: deque[float] = deque(maxlen=MOST_REFUSALS)

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Without the thread hop that Channels makes before each message to tidy connections."""
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def websocket_connect(self, message: dict[str, Any]) -> None:
        """Lets people with a session in; others are told so by the closing code."""
        await self.send({"type": "websocket.accept"})
        cookies = b"; ".join(value for name, value in self.scope["headers"] if name == b"cookie")
        self.caller = await in_database(rights.caller_of, cookies.decode("latin1"))
        if self.caller is None:
            await self.send({"type": "websocket.close", "code": SIGNED_OUT})
            return
        self.socket = Socket(self.caller, self.base_send)
        hub.running().enter(self.socket)

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        """It is gone, from whichever end."""
        if self.socket is not None:
            hub.running().leave(self.socket)
        raise StopConsumer

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        """One frame. Whatever happens in it, the next one is handled."""
        if self.socket is None or self.socket.closed:
            return
        frame = NO_FRAME
        try:
            if message.get("text") is None:
                raise Invalid("", _("Frames are text."))
            frame = read(message["text"])
            await self._follow(frame)
        except Ended:
            self.socket.hang_up(SIGNED_OUT)
        except Refusal as refusal:
            self.socket.tell(await in_database(self._in_their_language, refusal, frame))
            self._count_refusal()
        except Exception:
            logger.exception("A frame could not be handled")
            self.socket.hang_up(FAILED)
        # Who sends faster than they read waits here, and so does what they send.
        await self.socket.written()

    def _count_refusal(self) -> None:
        assert self.socket is not None
        self.refused.append(time.monotonic())
        if len(self.refused) == MOST_REFUSALS and self.refused[-1] - self.refused[0] <= WITHIN:
            self.socket.hang_up(TOO_MANY_REFUSALS)

    async def _follow(self, frame: Frame) -> None:
        assert self.socket is not None
        assert self.caller is not None
        if frame.type == "ping":
            self.socket.tell({"type": "pong"})
        elif frame.type == "subscribe":
            await self._subscribe(frame)
        elif frame.type == "unsubscribe":
            await self._unsubscribe(frame)
        elif frame.type in FRAMES:
            hub.running().pace.check(self.caller.person, frame.type)
            if (answer := await in_database(_handle, self.caller, frame)) is not None:
                self.socket.tell(answer)
        else:
            raise Invalid("type", _("There is no such frame."))

    async def _subscribe(self, frame: Frame) -> None:
        assert self.socket is not None
        assert self.caller is not None
        slug, after = frame.text("room"), frame.number("after")
        place = await in_database(rights.place_for, self.caller, slug)
        feed, subscription = await hub.running().subscribe(self.socket, place)
        # What the log holds now is replayed; what the feed hands out meanwhile is read from there afterwards.
        newest = (await in_database(rights.newest_numbers, [place.pk]))[place.pk]
        begin = newest if after is None else min(after, newest)
        if newest - begin > MOST_REPLAYED:
            self.socket.tell({"type": "reset", "room": slug, "seq": newest})
            begin = newest
        subscription.cursor = begin
        if await feed.replay(self.socket, subscription, newest):
            people = hub.running().present_in(place.pk)
            present = await in_database(rights.present, place.pk, people)
            if self.socket.subscriptions.get(place.pk) is subscription:
                self.socket.tell({"type": "subscribed", "room": slug, "seq": newest, "present": present})
                feed.catch_up(self.socket, subscription)

    async def _unsubscribe(self, frame: Frame) -> None:
        """Answers the same whether there was a subscription or a room at all."""
        assert self.socket is not None
        slug = frame.text("room")
        for subscription in list(self.socket.subscriptions.values()):
            if subscription.place.slug == slug:
                hub.running().unsubscribe(self.socket, subscription.place.pk)
        self.socket.tell({"type": "unsubscribed", "room": slug})

    def _in_their_language(self, refusal: Refusal, frame: Frame) -> Payload:
        assert self.caller is not None
        language = User.objects.filter(pk=self.caller.person).values_list("language", flat=True).first()
        with translation.override(spoken(language or "en")):
            return error(refusal, frame)


def _handle(caller: Caller, frame: Frame) -> Payload | None:
    by = rights.person_of(caller)
    with translation.override(spoken(by.language)):
        return FRAMES[frame.type](by, frame)
