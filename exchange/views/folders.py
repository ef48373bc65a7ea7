"""Folders of a room: a new one, one changed or taken away, documents put into one."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from exchange.actions.folders import file_documents, make_folder, move_folder, remove_folder, rename_folder
from exchange.folders import Tree, tree_of
from exchange.forms import FolderForm
from exchange.models import Document, Folder
from exchange.permissions import check_arrange
from exchange.querysets import in_room
from exchange.views.documents import folder_or_unseen
from exchange.views.places import room_context
from network.forms import add_refusal
from network.models.rooms import Room
from network.permissions import Level, require
from network.refusals import Refusal, Unseen
from network.requests import PersonRequest
from network.views.places import room_or_404

MOST_CHOSEN = 500


@login_required
def new(request: PersonRequest, slug: str) -> HttpResponse:
    """A new folder. For whoever contributes to the room."""
    place = room_or_404(request.user, slug)
    require(request.user, Level.CONTRIBUTE, place)
    tree = tree_of(place)
    form = FolderForm(request.POST or None, tree=tree, initial={"parent": request.GET.get("folder", "")})
    if request.method == "POST" and form.is_valid():
        try:
            folder = make_folder(by=request.user, room=place, **form.cleaned_data)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            return redirect(folder)
    return _page(request, place, tree, None, form)


@login_required
def one(request: PersonRequest, slug: str, uid: uuid.UUID) -> HttpResponse:
    """Another name or place for a folder. For who made it, and for moderators."""
    place, tree, folder = _fetched(request, slug, uid)
    check_arrange(request.user, folder)
    parent = tree.folders[folder.parent_id] if folder.parent_id else None
    before = {"name": folder.name, "parent": str(parent.uid) if parent else ""}
    form = FolderForm(request.POST or None, tree=tree, folder=folder, initial=before)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                move_folder(by=request.user, folder=folder, parent=form.cleaned_data["parent"])
                rename_folder(by=request.user, folder=folder, name=form.cleaned_data["name"])
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The folder is changed; the addresses of its documents stay."))
            return redirect(folder)
    return _page(request, place, tree, folder, form)


@login_required
@require_POST
def remove(request: PersonRequest, slug: str, uid: uuid.UUID) -> HttpResponse:
    """Takes a folder away; what is in it goes one up."""
    place, tree, folder = _fetched(request, slug, uid)
    parent = tree.folders[folder.parent_id] if folder.parent_id else None
    remove_folder(by=request.user, folder=folder)
    messages.success(request, _("The folder is gone; what was in it stands here now."))
    return redirect(parent or documents_of(place))


@login_required
@require_POST
def move(request: PersonRequest, slug: str) -> HttpResponse:
    """Puts the documents that were ticked into a folder."""
    place = room_or_404(request.user, slug)
    folder = folder_or_unseen(tree_of(place), request.POST.get("to"))
    chosen = ticked(request, place)
    moved, left = file_documents(by=request.user, room=place, documents=chosen, folder=folder)
    if moved:
        words = ngettext("%(n)d document is moved.", "%(n)d documents are moved.", len(moved))
        messages.success(request, words % {"n": len(moved)})
    say_left(request, left, _("Only its authors, the representatives of its partner and moderators move a document:"))
    if not chosen:
        messages.warning(request, _("Tick the documents first."))
    return back(request, place, folder if moved else None)


def ticked(request: HttpRequest, room: Room) -> list[Document]:
    """The documents of the room that were ticked, as far as the reader sees them."""
    uids = []
    for given in request.POST.getlist("document")[:MOST_CHOSEN]:
        try:
            uids.append(uuid.UUID(given))
        except ValueError:
            continue
    rows = in_room(Document.objects.filter(uid__in=uids), room).seen_inside_by(request.user)
    return list(rows.order_by("title", "pk"))


def say_left(request: HttpRequest, left: list[Document], reason: str) -> None:
    """A notice that names what was left as it is."""
    if left:
        messages.warning(request, f"{reason} {'; '.join(document.title for document in left[:10])}")


def back(request: HttpRequest, room: Room, folder: Folder | None = None) -> HttpResponse:
    """To a folder, or to where the form was sent from."""
    if folder is None:
        folder = tree_of(room).find(request.POST.get("folder"))
    return redirect(folder or documents_of(room))


def documents_of(room: Room) -> str:
    """The address of the top of the room's documents."""
    return reverse("exchange:documents", args=[room.slug])


def _fetched(request: HttpRequest, slug: str, uid: uuid.UUID) -> tuple[Room, Tree, Folder]:
    place = room_or_404(request.user, slug)
    tree = tree_of(place)
    folder = tree.find(uid)
    if folder is None:
        raise Unseen
    return place, tree, folder


def _page(request: HttpRequest, room: Room, tree: Tree, folder: Folder | None, form: FolderForm) -> HttpResponse:
    context: dict[str, Any] = {
        **room_context(request, room, "documents"),
        "folder": folder,
        "path": tree.path(folder),
        "form": form,
    }
    return render(request, "exchange/folder.html", context, status=422 if form.is_bound else 200)
