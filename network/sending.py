"""Answers that are made while they are sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse


def sent_in_turn(
    request: HttpRequest, chunks: Iterator[str] | Iterator[bytes], *, name: str, content_type: str
) -> StreamingHttpResponse:
    """A file of that name, sent chunk by chunk as it is made."""
    # Under ASGI a plain iterator would be read whole into memory before its first byte is sent.
    stream = _in_turn(chunks) if isinstance(request, ASGIRequest) else chunks
    response = StreamingHttpResponse(stream, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


async def _in_turn(chunks: Iterator[str] | Iterator[bytes]) -> AsyncIterator[str | bytes]:
    """The same chunks for an event loop, each made in the thread that may ask the database."""
    while (chunk := await sync_to_async(_next)(chunks)) is not None:
        yield chunk


def _next(chunks: Iterator[str] | Iterator[bytes]) -> str | bytes | None:
    return next(chunks, None)
