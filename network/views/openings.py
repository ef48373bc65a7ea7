"""Who opened a thing that is AMBER+STRICT or RED: for its source."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from network import retention
from network.models.openings import Opening
from network.models.people import Membership
from network.paging import page_of
from network.permissions.sources import check_openings, keeps_openings
from network.requests import PersonRequest
from network.views.items import item_here

A_PAGE = 50


@login_required
@require_safe
def one(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """The openings of an item, newest first."""
    item = item_here(request, uid)
    check_openings(request.user, item)
    now = Membership.objects.effective().select_related("partner")
    rows = (
        Opening.objects.filter(item=item)
        .select_related("user")
        .prefetch_related(Prefetch("user__memberships", queryset=now, to_attr="memberships_now"))
    )
    page = page_of(rows, request.GET.get("page"), A_PAGE)
    for row in page.object_list:
        row.partners = ", ".join(sorted({one.partner.short_name for one in row.user.memberships_now}))
    context = {
        "item": item,
        "room": item.home,
        "page": page,
        "kept": keeps_openings(item),
        "days": retention.days("openings"),
    }
    return render(request, "network/items/openings.html", context)
