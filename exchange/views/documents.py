"""Documents: those of a room, one to share, one to read about."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from exchange.filters import DocumentFilter
from exchange.forms import DocumentForm
from exchange.models import Document, Version
from exchange.permissions import demand_add_version, demand_describe, demand_follow_reading
from exchange.querysets import in_room
from exchange.uploads import LimitedUpload, takes_large_files
from exchange.views.places import room_context
from exchange.views.receipts import reading_context
from exchange.views.sharing import Outcome, share_each
from network import headcount
from network.forms import add_refusal
from network.models.items import Release, State
from network.models.people import User
from network.models.rooms import Room
from network.permissions import Level, audience, can, require
from network.refusals import Unseen
from network.rendering import to_html
from network.requests import PersonRequest
from network.views.fetching import item_or_unseen, lacks_second_factor
from network.views.items import standing
from network.views.places import room_or_404

A_PAGE = 30


@login_required
@require_safe
def in_one_room(request: HttpRequest, slug: str) -> HttpResponse:
    """The documents of a room, newest first. For whoever views the room."""
    place = room_or_404(request.user, slug)
    all_here = in_room(Document.objects.all(), place)
    seen = all_here.seen_inside_by(request.user).select_related("newest", "author", "partner", "worked_on_by")
    chosen = DocumentFilter(request.GET, queryset=seen, request=request)
    page = Paginator(chosen.qs, A_PAGE).get_page(request.GET.get("page"))
    context = {
        **room_context(request, place, "documents"),
        "filter": chosen,
        "page": page,
        "asked": any(request.GET.get(name) for name in ("q", "kind", "language")),
        "locked": lacks_second_factor(all_here, request.user),
    }
    return render(request, "exchange/documents.html", context)


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
    """To the document, or to all documents where it were several; and whether a moderator looks first."""
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
    return redirect(documents[0]) if count == 1 else redirect("exchange:documents", place.slug)


@require_safe
def one(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One document; for strangers and whoever sees it only by its release, the public page."""
    rows = Document.objects.select_related("newest", "author", "partner", "room", "worked_on_by")
    document = item_or_unseen(rows.with_places(request.user), request.user, uid)
    if not Document.objects.seen_inside_by(request.user).filter(pk=document.pk).exists():
        return _released(request, document)
    version = version_or_unseen(document, request.GET.get("version"))
    context = {
        **standing(cast("User", request.user), document),
        "document": document,
        "version": version,
        "versions": document.versions.select_related("by").all(),
        "audience": headcount.of(audience(document)),
        "tab": "documents",
        "themes": document.themes.all(),
        "description": to_html(document.description, top=2),
        "may_add": can(demand_add_version, request.user, document),
        "may_describe": can(demand_describe, request.user, document),
        "may_follow": can(demand_follow_reading, request.user, document),
        **reading_context(cast("User", request.user), document),
    }
    return render(request, "exchange/document.html", context)


def _released(request: HttpRequest, document: Document) -> HttpResponse:
    release = Release.objects.get(item=document)
    context = {
        "document": document,
        "version": version_or_unseen(document, request.GET.get("version"), only=release.version),
        "release": release,
        "themes": document.themes.all(),
        "description": to_html(document.description, top=2),
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
