"""Choosing what one is told of a room or an item."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from network.actions import following
from network.models.items import Item
from network.requests import PersonRequest
from network.views.fetching import item_or_unseen
from network.views.places import room_or_404


@login_required
@require_POST
def room(request: PersonRequest, slug: str) -> HttpResponse:
    """For who views the room."""
    place = room_or_404(request.user, slug)
    following.follow_room(by=request.user, room=place, choice=request.POST.get("choice", ""))
    messages.success(request, _("Your choice is kept."))
    return redirect("network:room", place.slug)


@login_required
@require_POST
def item(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """For who sees the item inside a room."""
    thing = item_or_unseen(Item.objects.all(), request.user, uid, inside=True)
    following.follow_item(by=request.user, item=thing, choice=request.POST.get("choice", ""))
    messages.success(request, _("Your choice is kept."))
    return redirect(thing.get_absolute_url())
