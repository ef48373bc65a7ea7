"""What somebody has marked to find it again."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from network.actions import bookmarks as actions
from network.kinds import KINDS
from network.models.items import Item
from network.paging import page_of
from network.requests import PersonRequest
from network.views.fetching import item_or_unseen

A_PAGE = 30


@login_required
@require_safe
def index(request: PersonRequest) -> HttpResponse:
    """One's own, the last one marked first; only what one may still see is named or counted."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    rows = Item.objects.bookmarked_by_reader(request.user).select_related("parent").with_places(request.user)
    page = page_of(rows.filter(kind=kind) if kind else rows, request.GET.get("page"), A_PAGE)
    for item in page.object_list:
        item.kind_name = KINDS[item.kind].name
        item.about_kind = KINDS[item.about.kind].name if item.about else ""
    kinds = [(one.key, one.plural) for one in KINDS.values()]
    return render(request, "network/bookmarks.html", {"page": page, "kinds": kinds, "kind": kind})


@login_required
@require_POST
def bookmark(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Marks an item, or takes the mark away (`marked=0`). For who sees it inside a room."""
    thing = item_or_unseen(Item.objects.all(), request.user, uid, inside=True)
    if request.POST.get("marked") == "0":
        actions.take_bookmark_away(by=request.user, item=thing)
        messages.success(request, _("It is no longer among your bookmarks."))
    else:
        actions.bookmark(by=request.user, item=thing)
        messages.success(request, _("It is among your bookmarks now."))
    return redirect("network:bookmarks" if request.POST.get("from") == "list" else thing.get_absolute_url())
