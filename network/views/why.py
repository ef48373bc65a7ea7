"""Why somebody sees something, and what they see: for whoever answers for them, for their room or for the network."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from network import explanations, kinds
from network.models.items import Item
from network.models.people import User
from network.permissions import explain, look
from network.permissions.asking import check_asks, check_explain, people_to_ask_about, rooms_to_speak_of
from network.refusals import Unseen
from network.requests import PersonRequest
from network.views.fetching import item_or_unseen

MOST_FOUND = 20
LATEST = 20


@login_required
def why(request: PersonRequest) -> HttpResponse:
    """Finds the person to ask about; `?item=` says that it is about one item."""
    check_asks(request.user)
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    found = people_to_ask_about(request.user).filter(Q(name__holds=words) | Q(email__iexact=words))
    context: dict[str, Any] = {"q": words, "found": found.order_by("name", "pk")[:MOST_FOUND] if words else ()}
    item = _item_of(request)
    if item is not None:
        context["item"] = item_or_unseen(Item.objects.all(), request.user, item, inside=True)
    return render(request, "network/why.html", context)


@login_required
def why_person(request: PersonRequest, person: uuid.UUID) -> HttpResponse:
    """Which rooms and items somebody sees, as far as the asker sees them too; of the rest not even how many."""
    who = get_object_or_404(people_to_ask_about(request.user), uid=person)
    return render(request, "network/why_person.html", {"who": who} | _about_person(request.user, who))


@login_required
def why_item(request: PersonRequest, person: uuid.UUID, item: uuid.UUID) -> HttpResponse:
    """Why somebody sees one item, or what keeps them from it."""
    who = get_object_or_404(people_to_ask_about(request.user), uid=person)
    return render(request, "network/why_item.html", {"who": who} | _about_item(request.user, who, item))


def _about_item(by: User, person: User, uid: uuid.UUID) -> dict[str, Any]:
    told = rooms_to_speak_of(by, person)
    rows = Item.objects.linked_to(person)
    if not person.asked_wholly:  # type: ignore[attr-defined]
        rows = rows.filter(Q(room__in=told) | Q(pk__in=Item.objects.filter(placements__room__in=told).values("pk")))
    item = item_or_unseen(rows, by, uid, inside=True)
    check_explain(item)
    # Whether a session of theirs has a second factor is nobody else's to know: the page says that it may need one.
    answer = explain(person, item, assured=True, told=told)
    return {
        "item": item,
        "kind": kinds.KINDS[item.kind].name,
        "sees": bool(answer.reasons),
        "reasons": explanations.answer_in_words(person, item, answer),
    }


def _about_person(by: User, person: User) -> dict[str, Any]:
    told = rooms_to_speak_of(by, person)
    sight = look(person, told=told)
    entries = explanations.rooms_in_words(person, sight)
    names = {way.room_id: way.room for way in sight.ways}
    both = (
        Item.objects.seen_inside_by(by)
        .filter(pk__in=Item.objects.seen_inside_by(person, assured=True).order_by().values("pk"))
        # Who reads what was said under the Chatham House Rule might tell who said it.
        .filter(Q(parent=None) | Q(parent__chatham=False), chatham=False, room__in=told)
    )
    return {
        "standing": explanations.standing_in_words(person, sight),
        "entries": entries,
        "items": [(item, kinds.KINDS[item.kind].name, names.get(item.room_id, "")) for item in both[:LATEST]],
    }


def _item_of(request: HttpRequest) -> uuid.UUID | None:
    value = request.GET.get("item")
    if not value:
        return None
    try:
        return uuid.UUID(value)
    except ValueError:
        raise Unseen from None
