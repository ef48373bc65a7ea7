"""Documents: those of a room, one to share, one to read about."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from exchange.actions.reading import opened_as_asked
from exchange.filters import DocumentFilter
from exchange.folders import Tree, tree_of
from exchange.forms import DocumentForm
from exchange.handing_out import is_marked, obstacle
from exchange.models import Document, Folder, Version
from exchange.permissions import (
    check_arrange,
    check_bin,
    check_unbin,
    demand_add_version,
    demand_caption,
    demand_describe,
    demand_download,
    demand_follow_reading,
)
from exchange.querysets import filed_in, in_room
from exchange.reading import glance
from exchange.receipts import reading_context
from exchange.views.places import room_context
from exchange.views.sharing import Outcome, share_each
from network import headcount
from network.forms import add_refusal
from network.models.items import Release, State
from network.models.people import User
from network.models.rooms import Room
from network.permissions import Level, allowed, audience, can, require
from network.querysets import ItemQuerySet
from network.refusals import Unseen
from network.rendering import to_html
from network.requests import PersonRequest
from network.uploads import LimitedUpload, takes_large_files
from network.views.fetching import inside_or_released, lacks_second_factor
from network.views.items import standing
from network.views.places import room_or_404

A_PAGE = 30


@login_required
@require_safe
def in_one_room(request: HttpRequest, slug: str) -> HttpResponse:
    """The documents of a room, or of one of its folders, newest first. For whoever views the room."""
    place = room_or_404(request.user, slug)
    tree = tree_of(place)
    folder = folder_or_unseen(tree, request.GET.get("folder"))
    all_here = in_room(Document.objects.all(), place)
    chosen = DocumentFilter(request.GET, queryset=all_here.seen_inside_by(request.user), request=request)
    rows = chosen.qs.filter(filed_in(place, tree, folder, below=chosen.asked))
    context = {
        **room_context(request, place, "documents"),
        "filter": chosen,
        "page": page_of_documents(rows, request.GET.get("page")),
        "asked": chosen.asked,
        "folder": folder,
        "path": tree.path(folder),
        "folders": [] if chosen.asked else tree.children(folder),
        "all_folders": [(one.uid, tree.called(one)) for one in tree.in_order()],
        "may_arrange": folder is not None and bool(can(check_arrange, request.user, folder)),
        "locked": lacks_second_factor(all_here, request.user),
    }
    return render(request, "exchange/documents.html", context)


def folder_or_unseen(tree: Tree, asked: str | None) -> Folder | None:
    """The folder that the address names; None where it names none. Raises Unseen."""
    if not asked:
        return None
    folder = tree.find(asked)
    if folder is None:
        raise Unseen
    return folder


def page_of_documents(rows: ItemQuerySet, number: str | None) -> Page:
    """One page of them. First only its keys are looked for, so that a room of thousands is not read for thirty."""
    page = Paginator(rows.values_list("pk", flat=True), A_PAGE).get_page(number)
    keys = list(page)
    shown = Document.objects.select_related("newest__blob", "author", "partner", "worked_on_by").in_bulk(keys)
    page.object_list = [shown[key] for key in keys if key in shown]
    return page


@takes_large_files
@login_required
def new(request: PersonRequest, slug: str, *, upload: LimitedUpload) -> HttpResponse:
    """The form to share a document, and its sharing. For whoever contributes to the room."""
    place = room_or_404(request.user, slug)
    require(request.user, Level.CONTRIBUTE, place)
    posted = request.method == "POST"
    form = DocumentForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        by=request.user,
        room=place,
        upload=upload,
        initial={"folder": request.GET.get("folder", "")},
    )
    outcome = Outcome()
    if posted and form.is_valid():
        outcome = share_each(by=request.user, room=place, form=form)
        if not outcome.refused:
            return _say_shared(request, place, outcome.shared)
        # What has been shared is not kept any more; what was refused is.
        form.__dict__.pop("kept", None)
        if len(outcome.refused) == 1 and not outcome.shared:
            add_refusal(form, outcome.refused[0].refusal)
    context = {
        **room_context(request, place, "documents"),
        "form": form,
        "outcome": outcome if outcome.shared or len(outcome.refused) > 1 else None,
        "tus": settings.LIAISE_TUS_CLIENT.is_dir(),
    }
    return render(request, "exchange/document_new.html", context, status=422 if posted else 200)


def _say_shared(request: HttpRequest, place: Room, documents: list[Document]) -> HttpResponse:
    """To the document, or to the folder of several; and whether a moderator looks first."""
    held, count = any(document.state == State.HELD for document in documents), len(documents)
    if count == 1 and held:
        messages.success(request, _("The document waits for a moderator; until then only you and they see it."))
    elif count == 1:
        messages.success(request, _("The document is shared."))
    elif held:
        words = _("%(count)d documents wait for a moderator; until then only you and they see them.")
        messages.success(request, words % {"count": count})
    else:
        messages.success(request, _("%(count)d documents are shared.") % {"count": count})
    if count == 1:
        return redirect(documents[0])
    folder = documents[0].folder
    return redirect(folder) if folder else redirect("exchange:documents", place.slug)


@require_safe
def one(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One document; for strangers and whoever sees it only by its release, the public page."""
    rows = Document.objects.select_related("newest__blob", "author", "partner", "room", "folder", "worked_on_by")
    document, inside = inside_or_released(
        rows.with_places(request.user).with_own_marks(request.user), request.user, uid
    )
    if not inside:
        return _released(request, document)
    version = version_or_unseen(document, request.GET.get("version"))
    person = cast("User", request.user)
    shown = standing(person, document)
    read = reading_context(person, document)
    if read["asked"]:
        opened_as_asked(by=person, document=document)
    may_bin = can(check_bin, person, document)
    may_download, unmarkable = can(demand_download, person, document), obstacle(person, document, version)
    binned = getattr(document, "binned", None) if document.state == State.REMOVED else None
    context = {
        **shown,
        "may_bin": may_bin,
        "binned": binned,
        "may_unbin": binned is not None and bool(can(check_unbin, person, document, binned)),
        "document": document,
        "version": version,
        "versions": document.versions.select_related("by").all(),
        "audience": headcount.of(audience(document)),
        "tab": "documents",
        "themes": document.themes.all(),
        "description": to_html(document.description, top=2),
        # A folder is named to who views the room that it is in.
        "path": tree_of(document.home).path(document.folder) if document.home and document.folder else [],
        "may_add": can(demand_add_version, request.user, document),
        "may_caption": can(demand_caption, request.user, document),
        **glance(document, version, reading_language(request)),
        "may_download": may_download,
        "obstacle": unmarkable,
        "is_marked": unmarkable is None and is_marked(document, version),
        "fetchable": bool(may_download) and (unmarkable is None or unmarkable.is_source),
        "virus": _virus(cast("User", request.user), document, version),
        "may_describe": can(demand_describe, request.user, document),
        "may_follow": can(demand_follow_reading, request.user, document),
        **read,
    }
    return render(request, "exchange/document.html", context)


def _virus(reader: User, document: Document, version: Version) -> str:
    """What the scanner found, for who shared it and who moderates the room; the rest need not know."""
    if version.blob.is_served or not version.blob.virus:
        return ""
    concerned = reader.pk in (version.by_id, document.author_id) or allowed(reader, Level.MODERATE, document.room)
    return version.blob.virus if concerned else ""


def _released(request: HttpRequest, document: Document) -> HttpResponse:
    release = Release.objects.get(item=document)
    version = version_or_unseen(document, request.GET.get("version"), only=release.version)
    context = {
        "document": document,
        "version": version,
        "release": release,
        "fetchable": True,
        "themes": document.themes.all(),
        "description": to_html(document.description, top=2),
        **glance(document, version, reading_language(request)),
    }
    return render(request, "exchange/document_released.html", context)


def reading_language(request: HttpRequest) -> str:
    """The language that the reader has as theirs; of a stranger, that of the page."""
    return getattr(request.user, "language", "") or get_language() or settings.LANGUAGE_CODE


def version_or_unseen(document: Document, asked: str | None, *, only: int | None = None) -> Version:
    """The version that was asked for by its number; the newest, or the released one, without.

    `only` is the number that may be seen where one sees the document by its release.
    """
    number: Any = only if asked is None and only is not None else asked
    if number is None:
        if document.newest is None:
            raise Unseen
        return document.newest
    if not str(number).isascii() or not str(number).isdecimal() or len(str(number)) > 9:
        raise Unseen
    if only is not None and int(number) != only:
        raise Unseen
    version = document.versions.select_related("blob").filter(number=int(number)).first()
    if version is None:
        raise Unseen
    return version
