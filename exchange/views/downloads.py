"""Handing out files: through the gate, always as a download, in whole or by one range (RFC 9110)."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.shortcuts import render
from django.views.decorators.http import require_safe

from exchange import storage
from exchange.filetypes import served_as
from exchange.handing_out import HandedOut, NotNow, hand_out, opened
from exchange.models import Document, Version
from exchange.permissions import demand_download
from exchange.views.documents import version_or_unseen
from network.models.items import Release
from network.models.openings import Opening
from network.streams import Span, attachment, streamed
from network.views.fetching import inside_or_released

log = logging.getLogger(__name__)

RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))", re.ASCII)


@require_safe
def download(request: HttpRequest, uid: uuid.UUID) -> HttpResponseBase:
    """One version of a document; who sees it only by its release gets exactly the released one."""
    document, inside = inside_or_released(Document.objects.select_related("newest__blob"), request.user, uid)
    only = None if inside else Release.objects.get(item=document).version
    version = version_or_unseen(document, request.GET.get("version"), only=only)
    if not version.blob.is_served:
        return held_back(request, version, inside=inside)
    demand_download(request.user, document)
    return from_the_store(request, document, version, lambda: hand_out(request.user, document, version))


def from_the_store(
    request: HttpRequest,
    document: Document,
    version: Version,
    hand: Callable[[], HandedOut],
    *,
    how: Opening.How = Opening.How.DOWNLOADED,
) -> HttpResponseBase:
    """What `hand` gives, as this request wants it; 503 with a page where its bytes are lost, or may be had soon."""
    try:
        return answer(request, document, version, hand(), how=how)
    except FileNotFoundError as error:
        log.error("The file of version %s is missing from the store, in whole or in part: %s", version.uid, error)
        # No 404: whoever sees the button has mistyped nothing. Without the folder of the store, no file is lost.
        return store_away(request, back_to=document.get_absolute_url(), lost=storage.answers())
    except NotNow as refusal:
        return _in_a_minute(render(request, "403.html", {"reason": refusal.reason, "code": refusal.code}, status=503))
    except OSError:
        log.exception("The store of files does not answer.")
        return store_away(request, back_to=document.get_absolute_url())


def store_away(request: HttpRequest, *, back_to: str, lost: bool = False) -> HttpResponse:
    """A page that says that the store of files does not answer or, where it does, that it has `lost` this one file."""
    page = render(request, "exchange/store_away.html", {"back_to": back_to, "lost": lost}, status=503)
    return page if lost else _in_a_minute(page)


def _in_a_minute(page: HttpResponse) -> HttpResponse:
    page.headers["Retry-After"] = "60"
    return page


def held_back(request: HttpRequest, version: Version, *, inside: bool) -> HttpResponse:
    """A page that says why the file is not handed out, for members and strangers alike."""
    context = {"document": version.document, "version": version, "reason": version.blob.held_back, "inside": inside}
    return render(request, "exchange/held_back.html", context, status=403)


def answer(
    request: HttpRequest,
    document: Document,
    version: Version,
    given: HandedOut,
    *,
    how: Opening.How,
) -> HttpResponseBase:
    """What is handed out of a version, as this request wants it: 200, 206, 304 or 416."""
    etag = f'"{given.etag}"'
    if _matches(request.headers.get("If-None-Match", ""), etag):
        return _dressed(HttpResponseNotModified(), version, etag)
    if settings.LIAISE_ACCEL_REDIRECT and given.stored and storage.size_of(version.blob.path) >= given.size:
        opened(request.user, document, version, how)
        return _handed_over(version, etag)
    wanted = asked_range(request, given.size, etag)
    if wanted is None:
        refused = HttpResponse(status=416, headers={"Content-Range": f"bytes */{given.size}"})
        return _dressed(refused, version, etag)
    span, status = (wanted, 206) if isinstance(wanted, Span) else (Span(0, given.size - 1), 200)
    response = _body(request, document, version, given, span, status, how)
    response.headers["Content-Length"] = str(len(span))
    if status == 206:
        response.headers["Content-Range"] = f"bytes {span.first}-{span.last}/{given.size}"
    return _dressed(response, version, etag)


def _handed_over(version: Version, etag: str) -> HttpResponse:
    """Without a body: the web server in front puts the file there, whole or the range that was asked of it."""
    response = HttpResponse(headers={"X-Accel-Redirect": settings.LIAISE_ACCEL_REDIRECT + version.blob.path})
    _dressed(response, version, etag)
    # It names states of the file in its own way, by which it answers If-Range.
    del response.headers["ETag"]
    return response


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


def _body(
    request: HttpRequest,
    document: Document,
    version: Version,
    given: HandedOut,
    span: Span,
    status: int,
    how: Opening.How,
) -> HttpResponseBase:
    if request.method == "HEAD":
        return HttpResponse(status=status)
    file = given.open()
    try:
        opened(request.user, document, version, how)
    except BaseException:
        file.close()
        raise
    return streamed(request, file, span, status=status)


def _dressed(response: HttpResponseBase, version: Version, etag: str) -> HttpResponseBase:
    """The headers by which a browser saves the file and does nothing else with it."""
    if response.status_code in (200, 206):
        response.headers["Content-Type"] = served_as(version.content_type)
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
