"""Files in pieces: our side of tus 1.0.0 (tus.io), with creation, termination, expiration and checksum.

Only for whoever is signed in, and each for its sender alone; other people's uploads are not there. Refusals are plain
words, which the page shows beside the file.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseNotAllowed
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext as _

from exchange import arriving
from exchange.actions.uploads import (
    Damaged,
    OutOfStep,
    TooLarge,
    begin_upload,
    check_arrived,
    give_up,
    receive,
    take_back_upload,
    upload_of,
)
from exchange.models import Upload
from network.fullness import cut_for_want_of_room, says_no_room
from network.refusals import Forbidden, Invalid, Refusal, Unseen
from network.requests import PersonRequest
from network.retention import days
from network.uploads import limit

TUS = "1.0.0"
# The most that one piece may have. The server reads 10 MB of a body that is not a form with large files.
A_PIECE = 8 * 1024 * 1024
A_TYPE = "application/offset+octet-stream"
DIGESTS = ("sha1", "sha256")
NUMBER = re.compile(r"\d{1,18}", re.ASCII)

View = Callable[..., HttpResponse]


class Malformed(Exception):  # noqa: N818 - it is an answer, not an error
    """A header that this protocol does not know; `status` says what of it."""

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.status = status


def in_pieces(view: View) -> View:
    """The rules of the protocol around a view: its version, its refusals, what it can do when it is asked."""

    @wraps(view)
    def ruled(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            # For who cannot send PATCH; of a POST alone, which has been checked against forgery.
            request.method = request.headers.get("X-HTTP-Method-Override", "POST").upper()
        if request.method == "OPTIONS":
            response = HttpResponse(status=204, headers={"Tus-Max-Size": str(limit())})
            response.headers["Tus-Extension"] = "creation,termination,expiration,checksum"
            response.headers["Tus-Checksum-Algorithm"] = ",".join(DIGESTS)
        elif request.method != "GET" and request.headers.get("Tus-Resumable") != TUS:
            response = _said(_("This is tus %(version)s.") % {"version": TUS}, 412)
        else:
            response = _answered(view, request, *args, **kwargs)
        response.headers["Tus-Resumable"] = response.headers["Tus-Version"] = TUS
        response.headers["Cache-Control"] = "no-store"
        return response

    return ruled


def _answered(view: View, *args: Any, **kwargs: Any) -> HttpResponse:
    try:
        return view(*args, **kwargs)
    except Malformed as fault:
        return _said(str(fault), fault.status)
    except arriving.Busy:
        return _said(_("Another piece of this file is on its way."), 423)
    except OutOfStep:
        return _said(_("The piece does not begin where the last one ended."), 409)
    except Damaged:
        return _said(_("The piece has another digest."), 460)
    except Refusal as refusal:
        statuses: dict[type[Refusal], int] = {arriving.NoRoom: 507, TooLarge: 413, Unseen: 404, Forbidden: 403}
        known = (status for kind, status in statuses.items() if isinstance(refusal, kind))
        return _said(str(refusal.reason), next(known, 422 if isinstance(refusal, Invalid) else 403))


def _said(reason: str, status: int) -> HttpResponse:
    return HttpResponse(reason, status=status, content_type="text/plain; charset=utf-8")


@login_required
@in_pieces
def uploads(request: PersonRequest) -> HttpResponse:
    """Begins a file: its length and its name are announced, and its own address is the answer."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["OPTIONS", "POST"])
    told = _told(request)
    size = _number(request, "Upload-Length")
    upload = begin_upload(
        by=request.user,
        name=told.get("filename", ""),
        size=size,
        archive="archive" in told,
        folders=told.get("folders", "").split("/") if told.get("folders") else (),
    )
    address = reverse("exchange:upload", args=[upload.uid])
    return _with_its_end(HttpResponse(status=201, headers={"Location": address}), upload)


@says_no_room
@login_required
@in_pieces
def one(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """How far a file is (HEAD), its next piece (PATCH), and that it is not wanted any more (DELETE)."""
    if request.method == "PATCH":
        return _next_piece(request, uid)
    if request.method == "DELETE":
        take_back_upload(by=request.user, uid=uid)
        return HttpResponse(status=204)
    upload = upload_of(request.user, uid)
    if request.method != "HEAD":
        return HttpResponseNotAllowed(["OPTIONS", "HEAD", "PATCH", "DELETE"])
    response = HttpResponse(headers={"Upload-Offset": str(upload.received), "Upload-Length": str(upload.size)})
    return _with_its_end(response, upload)


def _next_piece(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    upload = upload_of(request.user, uid)
    if request.content_type != A_TYPE:
        raise Malformed(_("A piece comes as %(type)s.") % {"type": A_TYPE}, 415)
    at = _number(request, "Upload-Offset")
    announced = request.headers.get("Content-Length") or "0"
    if not NUMBER.fullmatch(announced) or int(announced) > A_PIECE:
        raise Malformed(_("A piece has %(most)d bytes at most.") % {"most": A_PIECE}, 413)
    if at + int(announced) > upload.size:
        raise Malformed(_("There is more of this file than was announced."), 413)
    if cut_for_want_of_room(request):
        give_up(by=request.user, uid=uid)
        raise arriving.NoRoom
    received = receive(by=request.user, uid=uid, at=at, source=request, most=A_PIECE, sha=_digest(request))
    if received == upload.size:
        check_arrived(by=request.user, uid=uid)
    return _with_its_end(HttpResponse(status=204, headers={"Upload-Offset": str(received)}), upload)


def _with_its_end(response: HttpResponse, upload: Upload) -> HttpResponse:
    """Says until when the file is kept, should nobody go on with it."""
    response.headers["Upload-Expires"] = http_date((upload.at + timedelta(days=days("uploads"))).timestamp())
    return response


def _number(request: PersonRequest, header: str) -> int:
    value = request.headers.get(header, "")
    if not NUMBER.fullmatch(value):
        raise Malformed(_("%(header)s is missing or is no number.") % {"header": header})
    return int(value)


def _told(request: PersonRequest) -> dict[str, str]:
    """The pairs of Upload-Metadata that mean something here: its name and folders, and that it is to be unpacked."""
    pairs = (pair.strip().partition(" ") for pair in request.headers.get("Upload-Metadata", "").split(","))
    known = ((key, value) for key, _space, value in pairs if key in ("filename", "folders", "archive"))
    return {key: _bytes(value).decode(errors="replace") for key, value in known}


def _digest(request: PersonRequest) -> tuple[str, bytes] | None:
    header = request.headers.get("Upload-Checksum")
    if header is None:
        return None
    name, _space, value = header.partition(" ")
    if name not in DIGESTS:
        raise Malformed(_("A digest is one of these: %(kinds)s.") % {"kinds": ", ".join(DIGESTS)})
    digest = _bytes(value)
    if len(digest) != hashlib.new(name, usedforsecurity=False).digest_size:
        raise Malformed(_("The digest has another length."))
    return name, digest


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed(_("That is no base64.")) from None
