"""daphne, made fit for large files: what comes in and what goes out passes through, and is never in memory as a whole.

daphne itself hands a body to the application all at once and takes whatever the application sends, however slowly the
reader reads. Here the application reads the body from the file that it was received into, waits for slow readers, and
of a body that is larger than any we take only the beginning is kept: enough for the form to say so beside its field.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any

from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.server import Server as Daphne
from daphne.ws_protocol import WebSocketFactory
from django.conf import settings
from twisted.internet.interfaces import IPushProducer
from twisted.web.http import RESPONSES
from zope.interface import implementer

# Twisted is older than the code for what is well-formed and cannot be used (RFC 9110 §15.5.21).
RESPONSES.setdefault(422, b"Unprocessable Content")

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]

# What the other fields of a form may take beside its file; of a body that is too large so much is kept.
BESIDE_THE_FILE = 1_000_000
CHUNK = 64 * 1024


def largest_body() -> int:
    """The most bytes of a body that are kept."""
    return settings.LIAISE_MAX_UPLOAD_MB * 1_000_000 + BESIDE_THE_FILE


@implementer(IPushProducer)
class Request(WebRequest):
    """One request over HTTP, or the beginning of a WebSocket."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.most = largest_body()
        self.kept = 0
        self.body: Any = BytesIO()
        self.content: Any
        self.may_write = asyncio.Event()
        self.may_write.set()
        # Twisted would read each form into memory and take it apart as well, while everybody else waits.
        super().__init__(*args, parsePOSTFormSubmission=False, **kwargs)

    def gotLength(self, length: int | None) -> None:  # noqa: N802 - Twisted's name
        """Decide by the announced length how much to keep; without one, by what arrives."""
        if length is not None and length > self.most:
            self.most = BESIDE_THE_FILE
            length = self.most
        super().gotLength(length)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """Keep what there is room for, and let the rest go by."""
        data = data[: self.most - self.kept]
        self.kept += len(data)
        super().handleContentChunk(data)

    def process(self) -> Any:
        """Put the body aside, so that daphne does not read it into memory."""
        if not self.requestHeaders.hasHeader(b"Upgrade"):
            self.content.seek(0)
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


def read_body(request: Request, received: Receive) -> Receive:
    """What the application awaits for the parts of the body of `request`, and after it what daphne has to say."""
    begun = complete = False

    async def receive() -> Message:
        nonlocal begun, complete
        if not begun:
            # daphne's own copy of the body, which is empty.
            await received()
            begun = True
        if complete:
            return await received()
        chunk = b"" if request.body.closed else request.body.read(CHUNK)
        complete = len(chunk) < CHUNK
        return {"type": "http.request", "body": chunk, "more_body": not complete}

    return receive


class Factory(HTTPFactory):
    """Makes the requests of each connection."""

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802 - Twisted's name
        """A connection whose requests are ours."""
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = Request
        return protocol


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
            await inner(scope, read_body(request, receive) if request else receive, send)

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
    Server(application, addresses=addresses, port=port).run()
