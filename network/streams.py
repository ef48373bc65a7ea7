"""Handing out files block by block, so that none is ever whole in memory."""

from __future__ import annotations

import asyncio
import errno
import re
import unicodedata
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.http import HttpRequest, StreamingHttpResponse

BLOCK = 256 * 1024


@dataclass(frozen=True)
class Span:
    """Bytes from `first` to `last`, both included."""

    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1


def streamed(request: HttpRequest, file: Any, span: Span, *, status: int = 200) -> StreamingHttpResponse:
    """The bytes of `span`; `file` is closed with the response."""
    # Under ASGI a plain iterator would be read whole into memory before its first byte is sent.
    stream = AsyncPiece(file, span) if isinstance(request, ASGIRequest) else Piece(file, span)
    return StreamingHttpResponse(stream, status=status)


def let_database_go() -> None:
    """Gives the connection back while bytes are on their way; whoever asks again is given another.

    A reader may take minutes, or pause a film for an hour, and a process has few connections (LIAISE_DATABASE_POOL).
    In the thread that asked. Within a transaction the connection stays.
    """
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()


class Whole:
    """A file of which `size` bytes were promised. Reading raises an OSError where there are fewer."""

    def __init__(self, file: Any, size: int) -> None:
        self.file, self.left = file, size

    def read(self, count: int) -> bytes:
        """The next bytes; none at the end."""
        block: bytes = self.file.read(count)
        self.left -= len(block)
        if not block and self.left > 0:
            raise OSError(errno.EIO, f"The file ends {self.left} bytes before its end.")
        return block

    def close(self) -> None:
        """Lets the file go."""
        self.file.close()


class _Reader:
    """The bytes of a span, block by block; closes the file with the response.

    Where the file ends before the span does, it raises: the length is announced by then, and the connection is closed,
    so that a browser says that it failed rather than wait for the rest.
    """

    def __init__(self, file: Any, span: Span) -> None:
        self.file, self.left = Whole(file, len(span)), len(span)
        file.seek(span.first)

    def block(self) -> bytes:
        """The next bytes; none at the end."""
        block = self.file.read(min(BLOCK, self.left)) if self.left > 0 else b""
        self.left -= len(block)
        return block

    def close(self) -> None:
        """Lets the file go."""
        self.file.close()


class Piece(_Reader):
    """For a server that has a thread per request."""

    def __iter__(self) -> Iterator[bytes]:
        let_database_go()
        while block := self.block():
            yield block


class AsyncPiece(_Reader):
    """For an event loop: the disk is read in a thread."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        await sync_to_async(let_database_go)()
        while block := await asyncio.to_thread(self.block):
            yield block


def attachment(name: str) -> str:
    """Content-Disposition that saves under `name` (RFC 6266), with an ASCII name for old readers."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r'[^\x20-\x7e]|["\\%]', "_", plain).strip() or "document"
    if plain.startswith("."):
        plain = f"document{plain}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
