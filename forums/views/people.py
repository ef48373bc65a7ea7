"""Whom somebody may mention where they write, as JSON for the text area."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from forums import mentioning, reading, writing
from forums.models.threads import Thread
from forums.permissions.threads import check_comment, check_start, demand_reply
from network.labels import Label
from network.models.items import Item
from network.permissions import Reach, by_hat, partners_to_act_for
from network.requests import PersonRequest
from network.sharing import NamingForm
from network.views.fetching import item_or_unseen
from network.views.places import room_or_404


@login_required
@require_safe
def in_discussion(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Who reads a discussion, for who may write in it; under the Chatham House Rule its numbers too."""
    thread = reading.fetch(request.user, uid)
    demand_reply(thread, contributes=thread.contributes, at_home=thread.at_home)
    return _offered(request, mentioning.reach_of(request.user, thread), thread)


@login_required
@require_safe
def on_item(request: PersonRequest, slug: str, uid: uuid.UUID) -> HttpResponse:
    """Who reads the comments on an item in a room, for who may comment there."""
    room = room_or_404(request.user, slug)
    item = item_or_unseen(Item.objects.select_related("room", "author", "partner"), request.user, uid, inside=True)
    check_comment(request.user, item, room)
    place = writing.place_of_comment(request.user, item, room)
    return _offered(request, place.reach, place.thread)


@login_required
@require_safe
def in_new(request: PersonRequest, slug: str) -> HttpResponse:
    """Who would read a new discussion under the label, and with the names, that stand in its form now."""
    room = room_or_404(request.user, slug)
    check_start(request.user, room)
    partners = list(partners_to_act_for(request.user, room).order_by(*by_hat(request.user)))
    chosen = (one for one in partners if one.slug == request.GET.get("partner"))
    partner = next(chosen, partners[0] if partners else None)
    form = NamingForm(request.GET, room=room, author=request.user, partner=partner)
    form.is_valid()
    given = form.cleaned_data
    reach = writing.reach_of_new(
        request.user,
        room,
        given.get("tlp") or Label.AMBER,
        partner=partner,
        named_partners=given.get("named_partners") or (),
        named_people=given.get("named_people") or (),
    )
    return _offered(request, reach, None)


def _offered(request: PersonRequest, reach: Reach, thread: Thread | None) -> HttpResponse:
    words, under_rule = request.GET.get("q", "").replace("\0", ""), thread is not None and thread.chatham
    people = mentioning.offer(request.user, words, reach, thread=thread, chatham=under_rule)
    return JsonResponse({"people": people})
