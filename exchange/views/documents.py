"""Documents: those of a room, one to share, one to read about."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from exchange.actions.documents import share_document
from exchange.filters import DocumentFilter
from exchange.folders import Tree, tree_of
from exchange.forms import DocumentForm
from exchange.handing_out import is_marked
from exchange.models import Document, Folder, Version
from exchange.permissions import check_arrange, check_bin, check_unbin, demand_add_version, demand_download
from exchange.querysets import filed_in, in_room
from exchange.reading import glance
from exchange.uploads import LimitedUpload, takes_large_files
from exchange.views.places import room_context
from network import headcount
from network.forms import add_refusal
from network.models.items import Release, State
from network.models.people import User
from network.models.rooms import Room
from network.permissions import Level, allowed, audience, can, require
from network.querysets import ItemQuerySet
from network.refusals import Refusal, Unseen
from network.rendering import to_html
from network.requests import PersonRequest
from network.views.fetching import item_or_unseen, lacks_second_factor
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
        "may_export": folder is None and allowed(request.user, Level.MANAGE, place),
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
    shown = Document.objects.select_related("newest__blob", "author", "partner").in_bulk(keys)
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
    if posted and form.is_valid() and (document := _share(request, place, form)):
        return redirect(document)
    context = {**room_context(request, place, "documents"), "form": form}
    return render(request, "exchange/document_new.html", context, status=422 if posted else 200)


def _share(request: PersonRequest, place: Room, form: DocumentForm) -> Document | None:
    try:
        document = share_document(by=request.user, room=place, **form.cleaned_data)
    except Refusal as refusal:
        add_refusal(form, refusal)
        return None
    if document.state == State.HELD:
        messages.success(request, _("The document waits for a moderator; until then only you and they see it."))
    else:
        messages.success(request, _("The document is shared."))
    return document


@require_safe
def one(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One document; for strangers and whoever sees it only by its release, the public page."""
    rows = Document.objects.select_related("newest__blob", "author", "partner", "room", "folder")
    document = item_or_unseen(rows.with_places(request.user), request.user, uid)
    if not Document.objects.seen_inside_by(request.user).filter(pk=document.pk).exists():
        return _released(request, document)
    version = version_or_unseen(document, request.GET.get("version"))
    person = cast("User", request.user)
    shown = standing(person, document)
    may_bin = can(check_bin, person, document)
    binned = getattr(document, "binned", None) if document.state == State.REMOVED else None
    if not allowed(person, Level.MODERATE, document.room):
        # Authors put their documents into the bin; to remove with a reason is for moderators.
        shown["offers"] = replace(shown["offers"], remove=False)
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
        **glance(document, version),
        "may_download": can(demand_download, request.user, document),
        "is_marked": is_marked(document, version),
        "virus": _virus(cast("User", request.user), document, version),
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
        "themes": document.themes.all(),
        "description": to_html(document.description, top=2),
        **glance(document, version),
    }
    return render(request, "exchange/document_released.html", context)


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
