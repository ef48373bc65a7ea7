"""Handing out files: through the gate, always as a download, in whole or by one range (RFC 9110)."""

from __future__ import annotations

import asyncio
import logging
import re
import unicodedata
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified, StreamingHttpResponse
from django.views.decorators.http import require_safe

from exchange import storage
from exchange.models import Document, Version
from exchange.views.documents import version_or_unseen
from network.models.items import Release
from network.refusals import Unseen
from network.views.fetching import item_or_unseen

log = logging.getLogger(__name__)

BLOCK = 256 * 1024
RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))", re.ASCII)


@dataclass(frozen=True)
class Span:
    """Bytes from `first` to `last`, both included."""

    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1


@require_safe
def download(request: HttpRequest, uid: uuid.UUID) -> HttpResponseBase:
    """One version of a document; who sees it only by its release gets exactly the released one."""
    document = item_or_unseen(Document.objects.select_related("newest"), request.user, uid)
    only = None
    if not Document.objects.seen_inside_by(request.user).filter(pk=document.pk).exists():
        only = Release.objects.get(item=document).version
    version = version_or_unseen(document, request.GET.get("version"), only=only)
    return answer(request, version)


def answer(request: HttpRequest, version: Version) -> HttpResponseBase:
    """The file of a version as this request wants it: 200, 206, 304 or 416."""
    etag = f'"{version.sha256}"'
    if _matches(request.headers.get("If-None-Match", ""), etag):
        return _dressed(HttpResponseNotModified(), version, etag)
    wanted = asked_range(request, version.size, etag)
    if wanted is None:
        refused = HttpResponse(status=416, headers={"Content-Range": f"bytes */{version.size}"})
        return _dressed(refused, version, etag)
    span, status = (wanted, 206) if isinstance(wanted, Span) else (Span(0, version.size - 1), 200)
    response = _body(request, version, span, status)
    response.headers["Content-Length"] = str(len(span))
    if status == 206:
        response.headers["Content-Range"] = f"bytes {span.first}-{span.last}/{version.size}"
    return _dressed(response, version, etag)


def asked_range(request: HttpRequest, size: int, etag: str) -> Span | bool | None:
    """The one range that is asked for; True for the whole, None where it cannot be satisfied.

    What is malformed, in another unit, several ranges, or of another state of the file (If-Range)
    is answered with the whole, as RFC 9110 (14.2, 13.1.5) allows or demands.
    """
    found = RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if request.method != "GET" or found is None or not _same_state(request, etag):
        return True
    first, last, tail = found.groups()
    if tail is not None:
        return Span(max(size - int(tail), 0), size - 1) if int(tail) and size else None
    if last and int(last) < int(first):
        return True
    if int(first) >= size:
        return None
    return Span(int(first), min(int(last), size - 1) if last else size - 1)


def _same_state(request: HttpRequest, etag: str) -> bool:
    condition = request.headers.get("If-Range")
    return condition is None or condition.strip() == etag


def _matches(header: str, etag: str) -> bool:
    known = [one.strip().removeprefix("W/") for one in header.split(",")]
    return "*" in known or etag in known


def _body(request: HttpRequest, version: Version, span: Span, status: int) -> HttpResponseBase:
    if request.method == "HEAD":
        return HttpResponse(status=status)
    try:
        file = storage.read(version.path)
    except FileNotFoundError:
        log.error("The file of version %s is missing from the store.", version.uid)
        raise Unseen from None
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


def _dressed(response: HttpResponseBase, version: Version, etag: str) -> HttpResponseBase:
    """The headers by which a browser saves the file and does nothing else with it."""
    if response.status_code in (200, 206):
        response.headers["Content-Type"] = version.content_type
        response.headers["Content-Disposition"] = attachment(version.name)
    for name, value in {
        "Accept-Ranges": "bytes",
        "ETag": etag,
        # What one may read today may be closed tomorrow, so no cache keeps it.
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
    }.items():
        response.headers[name] = value
    return response


def attachment(name: str) -> str:
    """Content-Disposition that saves under `name` (RFC 6266), with an ASCII name for old readers."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r'[^\x20-\x7e]|["\\%]', "_", plain).strip() or "document"
    if plain.startswith("."):
        plain = f"document{plain}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
