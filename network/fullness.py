"""A disk without room: told from other faults, and said in words, whichever floor notices it."""

from __future__ import annotations

import errno
import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from network.refusals import Invalid

log = logging.getLogger(__name__)

FULL = {errno.ENOSPC, errno.EDQUOT}
# PostgreSQL's word for it (SQLSTATE disk_full).
OF_POSTGRESQL = "53100"
NO_ROOM: Promise = _("There is no room left on our side just now, so nothing of this was kept. Please try again later.")
AWAY: Promise = _("The store of files does not answer just now. Nothing was kept; please try again in a few minutes.")
# What the server writes into the scope of a request of which there was room for the beginning alone.
OF_A_REQUEST = "liaise.no_room"


def is_full(error: BaseException | None) -> bool:
    """Whether this was raised, by whatever stands between, because a disk or the database's disk is full."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, OSError) and error.errno in FULL:
            return True
        if isinstance(error, sqlite3.Error) and (
            getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL or "disk is full" in str(error)
        ):
            return True
        if getattr(error, "sqlstate", None) == OF_POSTGRESQL:
            return True
        error = error.__cause__ or error.__context__
    return False


@contextmanager
def storing(field: str) -> Iterator[None]:
    """While a file is stored with its row: Invalid at `field` where the store is full or away."""
    try:
        yield
    except OSError as error:
        log.exception("A file could not be stored.")
        raise Invalid(field, NO_ROOM if is_full(error) else AWAY) from error


def cut_for_want_of_room(request: HttpRequest) -> bool:
    """Whether there was room for the beginning of this request's body alone."""
    return bool(getattr(request, "scope", {}).get(OF_A_REQUEST))


def no_room_page(request: HttpRequest) -> HttpResponse:
    """507 with the words: a page for who reads pages, else the words alone. Asks nothing of the database."""
    if "text/html" in request.headers.get("Accept", ""):
        return HttpResponse(render_to_string("507.html", {"reason": NO_ROOM}), status=507)
    return HttpResponse(str(NO_ROOM), status=507, content_type="text/plain; charset=utf-8")


def says_no_room(view: Callable[..., Any]) -> Callable[..., Any]:
    """For a view that says by itself, at its place, that there was no room for the body of its request."""
    view.says_no_room = True  # type: ignore[attr-defined]
    return view
