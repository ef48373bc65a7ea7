"""My notices: what happened that concerns me, in words made now, through the gate."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from network.actions import notices as actions
from network.notifications import in_words, visible_notices
from network.requests import PersonRequest

A_PAGE = 30


@login_required
def index(request: PersonRequest) -> HttpResponse:
    """Notices of one person, newest first; for everybody, as the way back to what waits."""
    rows = visible_notices(request.user).select_related("item__parent", "room", "person", "by")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "notices": in_words(request.user, page.object_list)}
    return render(request, "network/notifications.html", context)


@login_required
@require_POST
def read_all(request: PersonRequest) -> HttpResponse:
    """Marks everything as read."""
    actions.mark_read(by=request.user)
    return redirect("network:notifications")


@login_required
@require_POST
def follow(request: PersonRequest, uid: str) -> HttpResponse:
    """Opens what a notice is about and marks the notice as read."""
    row = get_object_or_404(
        visible_notices(request.user).select_related("item__parent", "room", "person", "by"), uid=uid
    )
    notice = in_words(request.user, [row])[0]
    actions.mark_read(by=request.user, uid=row.uid)
    return redirect(notice.url or "network:notifications")
