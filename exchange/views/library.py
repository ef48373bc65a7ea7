"""The library: what partners made to be read by many."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from exchange.filters import LibraryFilter
from exchange.models import LIBRARY_KINDS, Document
from network.models.items import State

A_PAGE = 30


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Publications, guides, thematic reports, leaflets and videos that this person may see."""
    seen = Document.objects.visible_to(request.user).filter(doc_kind__in=LIBRARY_KINDS)
    rows = seen.exclude(state=State.REMOVED).select_related("newest__blob", "partner").with_places(request.user)
    chosen = LibraryFilter(request.GET, queryset=rows, request=request)
    page = Paginator(chosen.qs, A_PAGE).get_page(request.GET.get("page"))
    shown = Document.objects.filter(pk__in=[document.pk for document in page])
    context = {
        "filter": chosen,
        "page": page,
        # Who sees a document only by its release knows the released version, not the newest.
        "inside": set(shown.seen_inside_by(request.user).values_list("pk", flat=True)),
        "asked": any(request.GET.get(name) for name in chosen.get_filters()),
    }
    return render(request, "exchange/library.html", context)
