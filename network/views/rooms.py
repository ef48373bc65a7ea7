"""Rooms: the list, one room, its members and their places."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from network import headcount, kinds
from network.actions import rooms as actions
from network.chatham import named
from network.forms import (
    GrantForm,
    JoinForm,
    NameManagerForm,
    OpenRoomForm,
    WithdrawForm,
    add_refusal,
)
from network.models.items import Item
from network.models.people import Membership, User
from network.models.rooms import JoinRequest, Room
from network.permissions import (
    NETWORK,
    Level,
    allowed,
    can,
    level_in,
    levels_in,
    require,
    who_may,
)
from network.permissions.guests import check_bring_in
from network.refusals import Refusal
from network.requests import PersonRequest
from network.views.places import room_facts, room_or_404

LATEST = 10


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """The rooms a person may enter, and those they may only know of. For everybody."""
    user = request.user
    mine = Room.objects.visible_to(user).select_related("phase")
    listed = Room.objects.listed_to(user).exclude(pk__in=mine.values("pk")).select_related("phase")
    context = {
        "open_rooms": [room for room in mine if not room.is_archived],
        "archived_rooms": [room for room in mine if room.is_archived],
        "listed_rooms": listed,
        "may_open": allowed(user, Level.COORDINATE, NETWORK),
    }
    return render(request, "network/rooms.html", context)


@login_required
def open_room(request: PersonRequest) -> HttpResponse:
    """A coordinator convenes a room."""
    require(request.user, Level.COORDINATE, NETWORK)
    form = OpenRoomForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            room = actions.open_room(by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The room is open. Give partners and people their places."))
            return redirect("network:room-members", room.slug)
    return render(request, "network/room_new.html", {"form": form})


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
    }
    return render(request, "network/room.html", context)


def _closed_room(request: PersonRequest, place: Room) -> HttpResponse:
    """What a member may know of a restricted room: its name and purpose, and how to ask."""
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.ask_to_join(by=request.user, room=place, **form.cleaned_data)
        messages.success(request, _("The managers of the room have been asked."))
        return redirect("network:room", place.slug)
    unmanaged = Room.objects.unmanaged().filter(pk=place.pk).exists()
    may_name = unmanaged and allowed(request.user, Level.COORDINATE, NETWORK)
    context = {
        "closed": place,
        "form": form,
        "asked": JoinRequest.objects.filter(room=place, user=request.user, settled_at=None).first(),
        "may_ask": place.kind == Room.Kind.RESTRICTED,
        "name_manager": NameManagerForm() if may_name else None,
    }
    return render(request, "network/room_closed.html", context)


@login_required
def members(request: PersonRequest, slug: str) -> HttpResponse:
    """Who has a place in the room, through whom, with what level; a manager gives places here."""
    place = room_or_404(request.user, slug)
    level = level_in(request.user, place)
    form = GrantForm(request.POST or None)
    if request.method == "POST":
        require(request.user, Level.MANAGE, place)
        if form.is_valid() and _grant(request, place, form):
            return redirect("network:room-members", place.slug)
    may_manage = level is not None and level >= Level.MANAGE and not place.is_direct
    people = headcount.of(who_may(Level.VIEW, place))
    context = {
        "room": place,
        "tab": "members",
        "room_facts": room_facts(people, level),
        "people": people,
        "persons": _persons(place),
        "grants": levels_in(place),
        "requests": (
            JoinRequest.objects.filter(room=place, settled_at=None).select_related("user") if may_manage else ()
        ),
        "form": form if may_manage else None,
        "may_manage": may_manage,
        "may_invite_guests": may_manage and can(check_bring_in, request.user),
    }
    return render(request, "network/room_members.html", context)


def _grant(request: PersonRequest, place: Room, form: GrantForm) -> bool:
    try:
        actions.grant(
            by=request.user,
            room=place,
            holder=form.holder,
            level=form.cleaned_data["level"],
            until=form.ends,
        )
    except Refusal as refusal:
        add_refusal(form, refusal)
        return False
    messages.success(request, _("%(holder)s has a place in the room now.") % {"holder": form.holder})
    return True


def _persons(place: Room) -> list[tuple[User, str]]:
    """Everybody who views the room, with the partners they belong to now. Two queries."""
    people = list(who_may(Level.VIEW, place).order_by("name"))
    partners: dict[int, list[str]] = {}
    rows = (
        Membership.objects.effective()
        .filter(user__in=people)
        .order_by("partner__short_name")
        .values_list("user", "partner__short_name")
        .distinct()
    )
    for user, partner in rows:
        partners.setdefault(user, []).append(partner)
    return [(person, ", ".join(partners.get(person.pk, [_("guest")]))) for person in people]


@login_required
@require_POST
def withdraw_grant(request: PersonRequest, slug: str) -> HttpResponse:
    """A manager takes a place back; anybody may give up their own."""
    place = room_or_404(request.user, slug)
    form = WithdrawForm(request.POST)
    holder = form.is_valid() and (form.cleaned_data["partner"] or form.cleaned_data["person"])
    if not holder:
        messages.error(request, _("There is no such grant in this room."))
        return redirect("network:room-members", place.slug)
    try:
        actions.withdraw_grant(by=request.user, room=place, holder=holder)
    except Refusal as refusal:
        messages.error(request, str(refusal.reason))
    else:
        messages.success(request, _("%(holder)s has no place of its own here any more.") % {"holder": holder})
    if not Room.objects.visible_to(request.user).filter(pk=place.pk).exists():
        return redirect("network:rooms")
    return redirect("network:room-members", place.slug)


@login_required
@require_POST
def decline_request(request: PersonRequest, slug: str, person: str) -> HttpResponse:
    """A manager declines a request to join."""
    place = room_or_404(request.user, slug)
    require(request.user, Level.MANAGE, place)
    asked = get_object_or_404(JoinRequest, room=place, user__uid=person, settled_at=None)
    actions.decline_request(by=request.user, request=asked)
    messages.success(request, _("The request is declined."))
    return redirect("network:room-members", place.slug)


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


@login_required
@require_POST
def archive(request: PersonRequest, slug: str) -> HttpResponse:
    """A manager archives the room, or opens it again."""
    place = room_or_404(request.user, slug)
    if place.is_archived:
        actions.reopen_room(by=request.user, room=place)
        messages.success(request, _("The room is open for contributions again."))
    else:
        actions.archive_room(by=request.user, room=place)
        messages.success(request, _("The room is archived. Everything in it stays readable."))
    return redirect("network:room", place.slug)
