"""Documents taken along as one ZIP: those that were ticked, a whole folder, or all that a room has."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Sum
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from exchange import storage
from exchange.actions.exporting import begin_export
from exchange.archive import archive_of
from exchange.export import export_of
from exchange.folders import tree_of
from exchange.models import Document, Version
from exchange.querysets import filed_in, in_room
from exchange.views.documents import folder_or_unseen
from exchange.views.downloads import store_away
from exchange.views.folders import back, ticked
from exchange.views.places import room_context
from network import clock
from network.models.items import State
from network.permissions import Level, require
from network.requests import PersonRequest
from network.sending import sent_in_turn
from network.views.places import room_or_404


@login_required
@require_POST
def fetch(request: PersonRequest, slug: str) -> HttpResponseBase:
    """The newest version of each document that was ticked, or, with `all`, of the folder and those below it."""
    place = room_or_404(request.user, slug)
    tree = tree_of(place)
    folder = folder_or_unseen(tree, request.POST.get("folder"))
    if "all" in request.POST:
        here = in_room(Document.objects.filter(filed_in(place, tree, folder, below=True)), place)
        seen = here.seen_inside_by(request.user).order_by("title", "pk")
        keys = list(seen.values_list("pk", flat=True))
    else:
        keys = [document.pk for document in ticked(request, place)]
    if not keys:
        messages.warning(request, _("Tick the documents first."))
        return back(request, place)
    if not storage.answers():
        return store_away(request, back_to=reverse("exchange:documents", args=[place.slug]))
    chunks = archive_of(
        request.user, keys, tree=tree, top=folder, at=clock.now(), language=get_language() or settings.LANGUAGE_CODE
    )
    return sent_in_turn(request, chunks, name=f"{place.slug}.zip", content_type="application/zip")


@login_required
def export(request: PersonRequest, slug: str) -> HttpResponseBase:
    """All documents of the room with all their versions, as far as who manages it sees them."""
    place = room_or_404(request.user, slug)
    require(request.user, Level.MANAGE, place)
    at_home = Document.objects.filter(room=place).exclude(state=State.REMOVED)
    seen = at_home.seen_inside_by(request.user).order_by("title", "pk")
    if request.method != "POST":
        sizes = Version.objects.filter(document__in=seen).aggregate(files=Count("pk"), size=Sum("size"))
        context = {**room_context(request, place, "documents"), "documents": seen.count(), **sizes}
        return render(request, "exchange/export.html", context)
    if not storage.answers():
        return store_away(request, back_to=reverse("exchange:documents", args=[place.slug]))
    keys = begin_export(by=request.user, room=place, documents=seen)
    language = get_language() or settings.LANGUAGE_CODE
    chunks = export_of(request.user, keys, tree=tree_of(place), at=clock.now(), language=language)
    return sent_in_turn(request, chunks, name=f"{place.slug}-export.zip", content_type="application/zip")
