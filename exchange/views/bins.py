"""The bin of a room: what lies in it, a document put into it, and taken out again."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from exchange.actions.bin import put_in_bin, take_out_of_bin
from exchange.models import Document
from exchange.permissions import check_bin, takes_out
from exchange.views.folders import back, documents_of, say_left, ticked
from exchange.views.places import room_context
from exchange.views.versions import document_or_unseen
from network import retention
from network.labels import Label
from network.models.items import Release, State
from network.models.rooms import Room
from network.permissions import can
from network.refusals import Forbidden, Unseen
from network.rehearsals import mark_of
from network.requests import PersonRequest
from network.views.confirming import has_seen, is_stale
from network.views.items import standing
from network.views.places import room_or_404

A_PAGE = 30


@login_required
@require_safe
def in_one_room(request: PersonRequest, slug: str) -> HttpResponse:
    """What lies in the bin, for who may see it: authors their own, moderators what they could read before."""
    place = room_or_404(request.user, slug)
    rows = Document.objects.filter(room=place, state=State.REMOVED, binned__isnull=False)
    seen = rows.seen_inside_by(request.user).select_related("newest", "author", "partner", "binned", "room")
    page = Paginator(seen.order_by("-binned__at", "-pk"), A_PAGE).get_page(request.GET.get("page"))
    kept = timedelta(days=retention.days("bin"))
    mine = set(
        rows.filter(takes_out(request.user, place), pk__in=[one.pk for one in page]).values_list("pk", flat=True)
    )
    context = {
        **room_context(request, place, "documents"),
        "page": page,
        "lying": [(document, document.binned.at + kept, document.pk in mine) for document in page],
        "days": kept.days,
    }
    return render(request, "exchange/bin.html", context)


@login_required
def put(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Asks once, then puts the document into the bin."""
    document = document_or_unseen(request, uid)
    check_bin(request.user, document)
    if request.method == "POST":
        put_in_bin(by=request.user, document=document)
        messages.success(request, _("It lies in the bin now."))
        return redirect("exchange:bin", document.room.slug)
    context: dict[str, Any] = {
        **standing(request.user, document),
        "document": document,
        "days": retention.days("bin"),
        "tab": "documents",
    }
    return render(request, "exchange/bin_put.html", context)


@login_required
@require_POST
def put_ticked(request: PersonRequest, slug: str) -> HttpResponse:
    """Puts the documents that were ticked into the bin, as far as this person may.

    Asks first where one of them would leave the public site by it, as for a single one.
    """
    place = room_or_404(request.user, slug)
    chosen, left, gone = ticked(request, place), [], 0
    if (question := _asked_first(request, place, chosen)) is not None:
        return question
    for document in chosen:
        try:
            if document.room_id != place.pk:
                raise Unseen
            put_in_bin(by=request.user, document=document)
            gone += 1
        except (Forbidden, Unseen):
            left.append(document)
    if gone:
        words = ngettext("%(n)d document lies in the bin now.", "%(n)d documents lie in the bin now.", gone)
        messages.success(request, words % {"n": gone})
    say_left(request, left, _("Only its author, where nobody else has written, and moderators put it into the bin:"))
    if not chosen:
        messages.warning(request, _("Tick the documents first."))
    return back(request, place)


def _asked_first(request: PersonRequest, place: Room, chosen: list[Document]) -> HttpResponse | None:
    """The page that names those which stand on the public site; None where none does, or this was said yes to."""
    released = set(Release.objects.filter(item__in=chosen, item__tlp=Label.CLEAR).values_list("item", flat=True))
    leaving = [
        document
        for document in chosen
        if document.pk in released and document.room_id == place.pk and can(check_bin, request.user, document)
    ]
    mark = mark_of([document.pk for document in leaving])
    if not leaving or has_seen(request, mark):
        return None
    context = {
        **room_context(request, place, "documents"),
        "chosen": chosen,
        "leaving": leaving,
        "days": retention.days("bin"),
        "folder": request.POST.get("folder", ""),
        "mark": mark,
        "stale": is_stale(request, mark),
    }
    return render(request, "exchange/bin_put_ticked.html", context)


@login_required
@require_POST
def take_out(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Takes the document out of the bin."""
    document = document_or_unseen(request, uid)
    take_out_of_bin(by=request.user, document=document)
    messages.success(request, _("It stands where it stood."))
    if Document.objects.one_seen_by(request.user, document.pk, inside=True).exists():
        return redirect(document)
    return redirect(documents_of(document.room))
