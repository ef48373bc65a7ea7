"""daphne, made fit for large files: what comes in and what goes out passes through, and is never in memory as a whole.

daphne itself hands a body to the application all at once and takes whatever the application sends, however slowly the
reader reads. Here the application reads the body from the file that it was received into and waits for slow readers.
Of a body that is larger than we take only the beginning is read, enough for the form to say so beside its field, and
the answer goes out while the sender is still sending, or has sent nothing more for two seconds.
"""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from io import BytesIO
from typing import Any
from urllib.parse import unquote

from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.server import Server as Daphne
from daphne.ws_protocol import WebSocketFactory
from django.conf import settings
from django.urls import Resolver404, resolve
from twisted.internet.interfaces import IPushProducer
from twisted.internet.protocol import connectionDone
from twisted.web.http import RESPONSES, HTTPChannel
from zope.interface import implementer

from network.fullness import OF_A_REQUEST

# Twisted is older than the code for what is well-formed and cannot be used (RFC 9110 §15.5.21).
RESPONSES.setdefault(422, b"Unprocessable Content")

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]

# What the other fields of a form may take beside its large file; of a body that is too large so much is read.
BESIDE_THE_FILE = 1_000_000
# The most that a form without large files takes: a list of people or a logo, with what stands beside it.
A_PLAIN_FORM = 10_000_000
# How long somebody who announced more than we take may keep silent before they are told so, in seconds.
SILENCE = 2.0
# How long a sender who was refused may go on sending, in seconds, before the connection is cut.
FAREWELL = 10.0
CHUNK = 64 * 1024


def takes_large_files(path: str) -> bool:
    """Whether what answers at `path` says of itself that it takes large files."""
    try:
        return getattr(resolve(path).func, "takes_large_files", False)
    except Resolver404:
        return False


def bytes_to_read(announced: int | None, path: str, *, has_session: bool) -> int:
    """How many bytes of a body for `path` are read at most; `announced` is its Content-Length, where it has one."""
    if not has_session or not takes_large_files(path):
        return A_PLAIN_FORM
    largest = settings.LIAISE_MAX_UPLOAD_MB * 1_000_000 + BESIDE_THE_FILE
    return largest if announced is None or announced <= largest else BESIDE_THE_FILE


class Channel(HTTPChannel):
    """A connection that may answer before it has heard everything."""

    transport: Any
    refused = False
    silence: Any = None
    farewell: Any = None

    def allHeadersReceived(self) -> None:  # noqa: N802 - Twisted's name
        """Decide how much of the body is read, before any of it is."""
        if self.length != 0:
            line: Any = self._path
            path = unquote(line.partition(b"?")[0].decode("latin-1"))
            request = self.requests[-1]
            # Whether the session is good the application asks; who has none at all has no large files to send.
            session = f"{settings.SESSION_COOKIE_NAME}=".encode()
            has_session = any(session in cookies for cookies in request.requestHeaders.getRawHeaders(b"Cookie", []))
            request.most = bytes_to_read(self.length, path, has_session=has_session)
            if self.length is not None and self.length > request.most:
                self.silence = self.callLater(SILENCE, self.answer_now)
        super().allHeadersReceived()

    def answer_now(self) -> None:
        """Let the application answer what has arrived, although there is more to come."""
        if self._handlingRequest or not self.requests:
            return
        self.refused = True
        self.persistent = False
        self.requests[-1].responseHeaders.setRawHeaders(b"Connection", [b"close"])
        self.allContentReceived()

    def loseConnection(self) -> None:  # noqa: N802 - Twisted's name
        """After an early answer, close in stages, so that the answer is not lost on the way (RFC 9112 §9.6)."""
        if not self.refused:
            super().loseConnection()
        elif self.farewell is None:
            self._networkProducer.unregisterProducer()
            self._dataBuffer = []
            self.transport.loseWriteConnection()
            self.transport.resumeProducing()
            self.farewell = self.callLater(FAREWELL, lambda: self.transport.loseConnection())

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """What still comes after the answer is for nobody."""
        if self.silence is not None and self.silence.active():
            self.silence.reset(SILENCE)
        if self.farewell is None:
            super().dataReceived(data)

    def connectionLost(self, reason: Any = connectionDone) -> None:  # noqa: N802 - Twisted's name
        """The sender has understood, or has gone."""
        for waiting in (self.silence, self.farewell):
            if waiting is not None and waiting.active():
                waiting.cancel()
        super().connectionLost(reason)


@implementer(IPushProducer)
class Request(WebRequest):
    """One request over HTTP, or the beginning of a WebSocket."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.most = A_PLAIN_FORM
        self.kept = 0
        self.no_room = False
        self.body: Any = BytesIO()
        self.content: Any
        self.may_write = asyncio.Event()
        self.may_write.set()
        # Twisted would read each form into memory and take it apart as well, while everybody else waits.
        super().__init__(*args, parsePOSTFormSubmission=False, **kwargs)

    def gotLength(self, length: int | None) -> None:  # noqa: N802 - Twisted's name
        """Put aside as much room as will be needed; where the disk has none, the beginning goes to memory."""
        try:
            super().gotLength(length if length is None else min(length, self.most))
        except OSError:
            self.content, self.no_room, self.most = BytesIO(), True, BESIDE_THE_FILE

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """Keep what there is room for; answer once there is more."""
        room = self.most - self.kept
        if len(data) > room and room:
            # Not at once: whoever takes the body apart is in the middle of this part of it.
            self.channel.callLater(0, self.channel.answer_now)
        data = data[:room]
        self.kept += len(data)
        try:
            super().handleContentChunk(data)
        except OSError:
            self.keep_the_beginning()
            self.channel.callLater(0, self.channel.answer_now)

    def keep_the_beginning(self) -> None:
        """The disk is full: lets it go, but for the beginning, by which the form can say so. Nothing more is kept."""
        self.content = BytesIO(beginning_of(self.content))
        self.no_room, self.most, self.kept = True, 0, 0

    def process(self) -> Any:
        """Put the body aside, so that daphne does not read it into memory."""
        if not self.requestHeaders.hasHeader(b"Upgrade"):
            try:
                self.content.seek(0)
            except OSError:
                # The last of it was on its way to the disk still.
                self.keep_the_beginning()
            self.body, self.content = self.content, BytesIO()
        return super().process()

    def pauseProducing(self) -> None:  # noqa: N802 - Twisted's name
        """The reader is slower than we are: the application waits."""
        self.may_write.clear()

    def resumeProducing(self) -> None:  # noqa: N802 - Twisted's name
        """The reader has caught up."""
        self.may_write.set()

    def stopProducing(self) -> None:  # noqa: N802 - Twisted's name
        """The reader is gone."""
        self.may_write.set()

    def handle_reply(self, message: Message) -> None:
        """Hear of slow readers while a reply goes out in parts."""
        if message.get("more_body") and not self.producer and not self.finished and self.channel is not None:
            self.registerProducer(self, True)
        super().handle_reply(message)

    def handle_exception(self, exception: Exception) -> None:
        """The application has failed; where its answer had begun, the line is cut, which tells its reader so."""
        # daphne would begin a second answer, fail in that, and leave the reader waiting for ever.
        if not self._response_started:
            super().handle_exception(exception)
        elif self.channel is not None and not self.finished:
            self.channel.forceAbortClient()

    def finish(self) -> None:
        """The reply is complete."""
        self.may_write.set()
        self.body.close()
        if self.producer:
            self.unregisterProducer()
        super().finish()

    def connectionLost(self, reason: Any) -> None:  # noqa: N802 - Twisted's name
        """The reader has gone before the reply was complete."""
        self.may_write.set()
        self.body.close()
        super().connectionLost(reason)


def beginning_of(file: Any) -> bytes:
    """What is on the disk of a form's beginning; `file` is closed, and its room free again."""
    if isinstance(file, BytesIO):
        return file.getvalue()[:BESIDE_THE_FILE]
    # Past its buffer, which would be written first, to a disk that is full.
    beginning = b"" if file.closed else os.pread(file.fileno(), BESIDE_THE_FILE, 0)
    with suppress(OSError):
        file.close()
    return beginning


class Body:
    """What the application awaits for the parts of the body of `request`, and after it what daphne has to say."""

    def __init__(self, request: Request, received: Receive, scope: Message) -> None:
        self.request, self.received, self.scope = request, received, scope
        self.begun = self.complete = False

    async def __call__(self) -> Message:
        if not self.begun:
            # daphne's own copy of the body, which is empty.
            await self.received()
            self.begun = True
        if self.complete:
            return await self.received()
        body = self.request.body
        chunk = b"" if body.closed else body.read(CHUNK)
        self.complete = len(chunk) < CHUNK
        return {"type": "http.request", "body": chunk, "more_body": not self.complete}

    def give_up(self) -> BytesIO:
        """The application has no room for it: its beginning, which is all that there is from now on."""
        self.complete = self.scope[OF_A_REQUEST] = True
        return BytesIO(beginning_of(self.request.body))


class Factory(HTTPFactory):
    """Makes the connections: of our kind, whose requests are ours."""

    protocol = Channel

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802 - Twisted's name
        """One connection."""
        channel = super().buildProtocol(addr)
        channel.requestFactory = Request
        return channel


class Sockets(WebSocketFactory):
    """Makes the WebSockets; one that breaks the rules is closed with the code that says which, not cut off."""

    def setProtocolOptions(self, **options: Any) -> None:  # noqa: N802 - autobahn's name
        """What daphne chooses, and the closing code."""
        super().setProtocolOptions(**options, failByDrop=False)


class Server(Daphne):
    """Serves the application `inner` at `addresses` and `port` until it is told to stop."""

    def __init__(self, inner: Any, *, addresses: list[str], port: int) -> None:
        async def application(scope: Message, receive: Receive, send: Any) -> None:
            request = scope.pop("liaise.request", None)
            if request and request.no_room:
                scope[OF_A_REQUEST] = True
            await inner(scope, Body(request, receive, scope) if request else receive, send)

        super().__init__(application, endpoints=[endpoint(at, port) for at in addresses], server_name="liaise")

    def create_application(self, protocol: Any, scope: Message) -> Any:
        """Hand over the request with its body."""
        if isinstance(protocol, Request):
            scope["liaise.request"] = protocol
        return super().create_application(protocol, scope)

    async def handle_reply(self, protocol: Any, message: Message) -> None:
        """Pass on what the application sends, as fast as the reader reads."""
        if isinstance(protocol, Request):
            await protocol.may_write.wait()
        await super().handle_reply(protocol, message)


def endpoint(address: str, port: int) -> str:
    """Twisted's words for an address and a port."""
    kind = "tcp6" if ":" in address else "tcp"
    return f"{kind}:port={port}:interface={address.replace(':', chr(92) + ':')}"


def serve(application: Any, *, addresses: list[str], port: int) -> None:
    """Serve until interrupted."""
    import daphne.server

    # The one seam that daphne leaves for requests and sockets of our own.
    daphne.server.HTTPFactory = Factory
    daphne.server.WebSocketFactory = Sockets
    # What is loaded by now stays, so the collector of cycles need not go through it again for each page; of what pages
    # leave behind there is little, which may wait.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    Server(application, addresses=addresses, port=port).run()
