"""Handing out files block by block, so that none is ever whole in memory."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.core.handlers.asgi import ASGIRequest
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


class _Reader:
    """The bytes of a span, block by block; closes the file with the response."""

    def __init__(self, file: Any, span: Span) -> None:
        self.file, self.left = file, len(span)
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
        while block := self.block():
            yield block


class AsyncPiece(_Reader):
    """For an event loop: the disk is read in a thread."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while block := await asyncio.to_thread(self.block):
            yield block


def attachment(name: str) -> str:
    """Content-Disposition that saves under `name` (RFC 6266), with an ASCII name for old readers."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r'[^\x20-\x7e]|["\\%]', "_", plain).strip() or "document"
    if plain.startswith("."):
        plain = f"document{plain}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
