"""Rooms: the list, opening one, one room from inside and from outside."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from network import headcount, kinds
from network.actions import joining
from network.actions import rooms as actions
from network.chatham import named
from network.forms import add_refusal
from network.languages import language_words
from network.models.items import Item
from network.models.rooms import JoinRequest, Room
from network.permissions import NETWORK, Level, allowed, can, level_in, require, who_may
from network.permissions.joining import check_ask
from network.place_forms import JoinForm, NameManagerForm
from network.refusals import Forbidden, Invalid, Refusal
from network.requests import PersonRequest
from network.room_forms import OpenRoomForm
from network.room_templates import TEMPLATES
from network.views.places import room_facts

LATEST = 10


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """The rooms a person may enter, and those they may only know of. For everybody."""
    user = request.user
    mine = Room.objects.visible_to(user).select_related("phase")
    listed = Room.objects.listed_to(user).exclude(pk__in=mine.values("pk")).select_related("phase")
    may_open = allowed(user, Level.CONVENE, NETWORK)
    context = {
        "open_rooms": [room for room in mine if not room.is_archived],
        "archived_rooms": [room for room in mine if room.is_archived],
        "listed_rooms": listed,
        "may_open": may_open,
        "may_mandate": may_open and allowed(user, Level.COORDINATE, NETWORK),
    }
    return render(request, "network/rooms.html", context)


@login_required
def open_room(request: PersonRequest) -> HttpResponse:
    """Whoever may convene opens a room: first the kind of work, then the form that it fills."""
    require(request.user, Level.CONVENE, NETWORK)
    work = request.GET.get("work")
    if request.method != "POST" and work is None:
        templates = [(kind.value, kind.label, TEMPLATES[kind].summary) for kind in Room.Work]
        return render(request, "network/room_work.html", {"templates": templates})
    form = OpenRoomForm(request.POST or None, work=work or "")
    if request.method == "POST" and form.is_valid():
        try:
            room = actions.open_room(by=request.user, **form.chosen())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The room is open. Give partners and people their places."))
            return redirect("network:room-members", room.slug)
    context = {"form": form, "work": dict(Room.Work.choices).get(form["work"].value(), "")}
    return render(request, "network/room_new.html", context)


@login_required
def room(request: PersonRequest, slug: str) -> HttpResponse:
    """One room: what it is for, what is new, who is here; or, where one only knows of it, its name."""
    place = get_object_or_404(Room.objects.listed_to(request.user).select_related("phase"), slug=slug)
    level = level_in(request.user, place)
    if level is None:
        return _closed_room(request, place)
    latest = list(
        Item.objects.visible_to(request.user)
        # Talk about an item has for its author whoever spoke first, and perhaps that still waits for a moderator.
        .filter(room=place, parent=None)
        .exclude(state="removed")
        .select_related("author", "partner")[:LATEST]
    )
    named(latest, request.user)
    people = headcount.of(who_may(Level.VIEW, place))
    context = {
        "room": place,
        "tab": "overview",
        "room_facts": room_facts(people, level),
        "latest": [(item, kinds.KINDS[item.kind].name) for item in latest],
        "people": people,
        "moderators": who_may(Level.MODERATE, place).order_by("name"),
        "may_contribute": level >= Level.CONTRIBUTE and not place.is_archived,
        "may_manage": level >= Level.MANAGE,
        "may_announce": level >= Level.MODERATE and not place.is_archived and not place.is_direct,
        "languages": [language_words(code) for code in place.languages],
    }
    return render(request, "network/room.html", context)


def _closed_room(request: PersonRequest, place: Room) -> HttpResponse:
    """What a member may know of a restricted room: its name and purpose, how to ask, and what was answered."""
    form = JoinForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            joining.ask_to_join(by=request.user, room=place, **form.cleaned_data)
        except (Forbidden, Invalid) as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The managers of the room have been asked."))
            return redirect("network:room", place.slug)
    unmanaged = Room.objects.unmanaged().filter(pk=place.pk).exists()
    may_name = unmanaged and allowed(request.user, Level.COORDINATE, NETWORK)
    newest = JoinRequest.objects.filter(room=place, user=request.user).select_related("partner").order_by("-asked_at")
    asked = newest.first()
    open_now = asked is not None and asked.settled_at is None
    context = {
        "closed": place,
        "form": form,
        "asked": asked if open_now else None,
        "declined": asked if asked is not None and asked.granted is False else None,
        "may_ask": can(check_ask, request.user, place, None),
        "name_manager": NameManagerForm() if may_name else None,
    }
    return render(request, "network/room_closed.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def name_manager(request: PersonRequest, slug: str) -> HttpResponse:
    """A coordinator names a manager for a room whose last one has gone."""
    place = get_object_or_404(Room.objects.listed_to(request.user), slug=slug)
    form = NameManagerForm(request.POST)
    if form.is_valid():
        actions.name_manager(by=request.user, room=place, person=form.cleaned_data["person"])
        messages.success(request, _("The room has a manager again."))
    else:
        require(request.user, Level.COORDINATE, NETWORK)
        messages.error(request, _("Choose a person from the list."))
    return redirect("network:rooms")
