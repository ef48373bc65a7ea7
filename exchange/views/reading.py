"""Reading a version here: its pages, the pictures of them, its sound or film. Through the gate, each time."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from exchange import comparing, reading, storage
from exchange.filetypes import PLAYED
from exchange.handing_out import as_stored, obstacle, opened
from exchange.looking.wire import MOST_PICTURES
from exchange.models import Blob, Document, PagePicture, Version
from exchange.permissions import demand_download
from exchange.transcripts import find_said, tracks_of, transcript_of
from exchange.views.documents import reading_language, version_or_unseen
from exchange.views.downloads import from_the_store
from exchange.views.versions import document_or_unseen
from network.models.items import Release
from network.models.openings import Opening
from network.models.people import User
from network.permissions import can
from network.refusals import Unseen
from network.views.fetching import inside_or_released
from network.views.items import standing
from network.views.pictures import away

LONGEST_PHRASE = 200
LARGEST_NUMBER = 1_000_000

# A browser shows it as a picture and as nothing else; what one may read today may be closed tomorrow.
OF_A_PICTURE = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True)
class Chosen:
    """A version that its reader sees; `inside` unless they see the document by its release alone."""

    document: Document
    version: Version
    inside: bool


def chosen_or_unseen(request: HttpRequest, uid: uuid.UUID) -> Chosen:
    """The version that was asked for; by a release, the released one alone. Raises Unseen, NeedsSecondFactor."""
    rows = Document.objects.select_related("newest__blob", "author", "partner", "room").with_places(request.user)
    document, inside = inside_or_released(rows, request.user, uid)
    only = None if inside else Release.objects.get(item=document).version
    version = version_or_unseen(document, request.GET.get("version"), only=only)
    return Chosen(document, version, inside)


@require_safe
def pages(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Some pages of a version, and where a phrase stands in all of them."""
    chosen = chosen_or_unseen(request, uid)
    version = chosen.version
    how = reading.way(version)
    last = reading.last_page(version, how)
    first = max(1, min(_number(request.GET.get("page")), last))
    shown = reading.shown(version, how, first)
    phrase = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:LONGEST_PHRASE]
    hits, more = reading.find(version, how, phrase) if phrase and how else ([], 0)
    told = _told(request, chosen, how, phrase)
    if shown or told["transcript"]:
        opened(request.user, chosen.document, version, Opening.How.READ)
    may_download = bool(can(demand_download, request.user, chosen.document))
    unmarkable = obstacle(request.user, chosen.document, version)
    context = {
        **_place(request, chosen),
        "how": how,
        "only_played": not may_download,
        "fetchable": may_download and (unmarkable is None or unmarkable.is_source),
        "pages": shown,
        "rendered": reading.rendered(version, shown[0].text) if how == "text" else None,
        "last": last,
        "extent": reading.extent(version.blob),
        "read_to": last if how == "text" else version.blob.read_to,
        "most_pictures": MOST_PICTURES,
        "before": max(1, first - len(shown)) if first > 1 else None,
        "after": shown[-1].number + 1 if shown and shown[-1].number < last else None,
        "phrase": phrase,
        "hits": hits,
        "more": more,
        **told,
    }
    return render(request, "exchange/document_pages.html", context)


def _told(request: HttpRequest, chosen: Chosen, how: str, phrase: str) -> dict[str, Any]:
    """What is said in a film or a recording, and where the phrase is; nothing of other files. Three queries at most."""
    if how not in ("video", "audio"):
        return {"tracks": [], "transcript": None, "said": []}
    language = reading_language(request)
    tracks = tracks_of(chosen.version, language)
    said, more = find_said(chosen.version, phrase) if phrase and tracks else ([], 0)
    found_in = said[0].language if said else ""
    wanted = (request.GET.get("transcript", ""), found_in, language, chosen.document.language)
    transcript = transcript_of(chosen.version, tracks, wanted)
    return {"tracks": tracks, "transcript": transcript, "said": said, "more": more}


def _place(request: HttpRequest, chosen: Chosen) -> dict[str, Any]:
    """The room's tabs around it, for whoever is in the room."""
    around = {"document": chosen.document, "version": chosen.version, "inside": chosen.inside}
    if not chosen.inside:
        return around
    return {**standing(cast("User", request.user), chosen.document), **around, "tab": "documents"}


def _number(asked: str | None) -> int:
    return int(asked) if asked and asked.isascii() and asked.isdecimal() and len(asked) < 8 else 1


@require_safe
def picture(request: HttpRequest, uid: uuid.UUID, number: int, width: int) -> HttpResponse:
    """The picture of one page: always one that we drew ourselves, never what was uploaded."""
    chosen = chosen_or_unseen(request, uid)
    blob = chosen.version.blob
    if not blob.is_served or width not in PagePicture.Width.values or number > LARGEST_NUMBER:
        raise Unseen
    found = PagePicture.objects.filter(blob=blob, number=number, width=width).first()
    if found is None:
        raise Unseen
    try:
        with storage.read(found.path) as file:
            content = file.read()
    except FileNotFoundError:
        raise Unseen from None
    except OSError as error:
        return away(found.path, error)
    opened(request.user, chosen.document, chosen.version, Opening.How.READ)
    return HttpResponse(content, content_type="image/webp", headers=OF_A_PICTURE)


@require_safe
def play(request: HttpRequest, uid: uuid.UUID) -> HttpResponseBase:
    """Sound or film, to be played in a page, by ranges."""
    chosen = chosen_or_unseen(request, uid)
    if not chosen.version.blob.is_served or chosen.version.content_type not in PLAYED:
        raise Unseen
    how = Opening.How.READ
    response = from_the_store(request, chosen.document, chosen.version, lambda: as_stored(chosen.version), how=how)
    if response.status_code in (200, 206):
        response.headers["Content-Disposition"] = "inline"
    return response


@login_required
@require_safe
def compare(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The words of two versions beside each other. For whoever sees all versions of the document."""
    document = document_or_unseen(request, uid)
    numbers = {key: _number(request.GET.get(key)) for key in ("from", "to")}
    if "to" not in request.GET and document.newest is not None:
        numbers["to"] = document.newest.number
    if "from" not in request.GET:
        numbers["from"] = max(1, numbers["to"] - 1)
    versions = {one.number: one for one in document.versions.select_related("blob", "by")}
    old, new = versions.get(numbers["from"]), versions.get(numbers["to"])
    if old is None or new is None:
        raise Unseen
    served = old.blob.is_served and new.blob.is_served
    unread = [one for one in (old, new) if not served or one.blob.look != Blob.Look.DONE or not reading.speaks(one)]
    comparison = None
    if not unread:
        comparison = comparing.compare(old.blob, new.blob)
        for version in (old, new):
            opened(request.user, document, version, Opening.How.READ)
    context = {
        **standing(cast("User", request.user), document),
        "document": document,
        "versions": sorted(versions.values(), key=lambda one: one.number),
        "old": old,
        "new": new,
        "unread": unread,
        "comparison": comparison,
        "tab": "documents",
    }
    return render(request, "exchange/document_compare.html", context)
