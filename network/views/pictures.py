"""Handing out logos: by a view that has asked the gate, never by an address of the store."""

from __future__ import annotations

import logging

from django.db.models.fields.files import FieldFile
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from network.refusals import Unseen

log = logging.getLogger(__name__)


def away(path: str | None, error: OSError) -> HttpResponse:
    """Instead of a picture whose store does not answer: nothing, which no browser keeps."""
    log.error("The store of files does not answer for %s: %s", path, error)
    return HttpResponse(status=503, headers={"Retry-After": "60", "Cache-Control": "private, no-store"})


def logo_response(request: HttpRequest, logo: FieldFile) -> HttpResponse:
    """The logo of something that this reader may see. Raises Unseen where it has none.

    A browser may keep it, but asks again each time: what one may see today may be closed tomorrow.
    """
    if not logo:
        raise Unseen
    etag = f'"{logo.name}"'  # a new picture has a new name
    response: HttpResponse
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponseNotModified()
    else:
        try:
            with logo.open("rb") as file:
                response = HttpResponse(file.read(), content_type="image/png")
        except FileNotFoundError:
            log.error("The logo %s is missing from the store.", logo.name)
            raise Unseen from None
        except OSError as error:
            return away(logo.name, error)
    for name, value in {
        "ETag": etag,
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
    }.items():
        response.headers[name] = value
    return response
