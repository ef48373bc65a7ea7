"""How a partner stands, which one leads, and what a partner that leaves hands over."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.actions import hand_over as leaving
from accounts.actions import standing as actions
from accounts.forms.partners import HandOnForm, LeadForm, StatusForm, SuccessorForm
from accounts.permissions.partners import check_coordinate
from accounts.permissions.standing import check_hand_over, check_leave, leading, plain_members
from accounts.querysets import items_in_hand, rooms_in_hand
from network import kinds
from network.forms import add_refusal
from network.models.items import Item
from network.models.people import Partner, User
from network.models.rooms import Room
from network.models.standing import HandOver
from network.permissions import NETWORK, Level, allowed, can, partners_seen_by, who_may
from network.permissions.keeping import partners_in, successors
from network.refusals import Forbidden, Invalid, Refusal
from network.requests import PersonRequest
from network.views.fetching import lacks_second_factor

AT_ONCE = 100  # things in hand that one page shows; the next follow when these are done


def _partner(request: HttpRequest, slug: str) -> Partner:
    return get_object_or_404(partners_seen_by(request.user), slug=slug)


@login_required
def status(request: PersonRequest, slug: str) -> HttpResponse:
    """A coordinator says how a partner stands from now on."""
    place = _partner(request, slug)
    check_coordinate(request.user)
    form = StatusForm(request.POST or None, partner=place)
    if request.method == "POST" and form.is_valid():
        try:
            _set_status(request, place, **form.cleaned_data)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The partner stands as you said, from now on."))
            return redirect(place)
    context = {
        "form": form,
        "partner": place,
        "history": place.history.all(),
        "hand_over": HandOver.objects.filter(partner=place, done_at=None).first(),
        "may_leave": can(check_leave, request.user, place),
    }
    return render(request, "accounts/partner_status.html", context)


def _set_status(request: PersonRequest, place: Partner, *, status: str, reason: str) -> None:
    if status == StatusForm.SUSPEND:
        actions.suspend(by=request.user, partner=place, reason=reason)
    elif status == StatusForm.LIFT:
        actions.lift(by=request.user, partner=place, reason=reason)
    else:
        actions.set_status(by=request.user, partner=place, status=status, reason=reason)


@login_required
def lead(request: PersonRequest, slug: str) -> HttpResponse:
    """A coordinator gives the lead to this partner, after reading what it means."""
    place = _partner(request, slug)
    check_coordinate(request.user)
    before = leading()
    gaining = list(plain_members(before))
    form = LeadForm(request.POST or None, gaining=gaining)
    if request.method == "POST" and form.is_valid():
        try:
            actions.make_lead(by=request.user, partner=place, gaining=form.cleaned_data["sure"])
        except Refusal as refusal:
            add_refusal(form, refusal)
            form.data = {"sure": form.fields["sure"].initial}
        else:
            messages.success(request, _("%(partner)s leads the network from now on.") % {"partner": place.name})
            return redirect(place)
    context = {
        "form": form,
        "partner": place,
        "before": before,
        "coordinators": who_may(Level.REPRESENT, place).order_by("name"),
        "gaining": gaining,
        "losing": plain_members(place),
    }
    return render(request, "accounts/partner_lead.html", context)


# --- leaving --------------------------------------------------------------------------------------


@login_required
@require_POST
def begin_hand_over(request: PersonRequest, slug: str) -> HttpResponse:
    """A coordinator says that the partner leaves."""
    place = _partner(request, slug)
    leaving.begin_hand_over(by=request.user, partner=place)
    messages.success(request, _("The hand-over has begun. Its representatives are told."))
    return redirect("accounts:hand-over", place.slug)


@login_required
@require_POST
def call_off(request: PersonRequest, slug: str) -> HttpResponse:
    """A coordinator says that the partner stays after all."""
    place = _partner(request, slug)
    leaving.call_off_hand_over(by=request.user, partner=place)
    messages.success(request, _("The hand-over is called off. What was handed on stays where it is."))
    return redirect(place)


@login_required
@require_POST
def leave(request: PersonRequest, slug: str) -> HttpResponse:
    """A coordinator ends the hand-over: the partner has left."""
    place = _partner(request, slug)
    try:
        leaving.leave(by=request.user, partner=place, reason=request.POST.get("reason", "").replace("\0", "")[:500])
    except Forbidden as refusal:
        if not can(check_leave, request.user, place):
            raise
        messages.error(request, str(refusal.reason))
        return redirect("accounts:hand-over", place.slug)
    messages.success(request, _("The partner has left. What it shared stays, under its name."))
    return redirect(place)


@login_required
def hand_over(request: PersonRequest, slug: str) -> HttpResponse:
    """What a partner that leaves still has in its hands, by room, as far as the reader sees it."""
    place = _partner(request, slug)
    running = check_hand_over(request.user, place)
    in_hand = items_in_hand(place)
    seen = in_hand.seen_inside_by(request.user).select_related("room", "author").order_by("room__name", "title", "pk")
    items = list(seen[: AT_ONCE + 1])
    rooms = list(rooms_in_hand(place).visible_to(request.user)[:AT_ONCE])
    after = successors(rooms, place)
    context = {
        "partner": place,
        "running": running,
        "groups": _by_room(place, items[:AT_ONCE]),
        "more": len(items) > AT_ONCE,
        "rooms": [(room, SuccessorForm(successors=after[room.pk], prefix=room.slug)) for room in rooms],
        "locked": lacks_second_factor(in_hand, request.user),
        "coordinates": allowed(request.user, Level.COORDINATE, NETWORK),
    }
    return render(request, "accounts/hand_over.html", context)


def _by_room(place: Partner, items: list[Item]) -> list[dict[str, Any]]:
    """The items by their room, each room with the partners that could look after them. Two queries."""
    rooms = {item.room_id: item.room for item in items}
    keepers = partners_in(list(rooms.values()), place)
    return [
        {
            "room": room,
            "keepers": keepers[key],
            "items": [(item, kinds.KINDS[item.kind].name) for item in items if item.room_id == key],
        }
        for key, room in rooms.items()
    ]


@login_required
@require_POST
def hand_on(request: PersonRequest, slug: str) -> HttpResponse:
    """Those that were ticked get a successor, or are archived."""
    place = _partner(request, slug)
    check_hand_over(request.user, place)
    form = HandOnForm(request.POST, items=Item.objects.seen_inside_by(request.user))
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return redirect("accounts:hand-over", place.slug)
    try:
        messages.success(request, _hand_on(request.user, place, **form.cleaned_data))
    except Invalid as refusal:
        messages.error(request, str(refusal.reason))
    return redirect("accounts:hand-over", place.slug)


def _hand_on(by: User, place: Partner, item: Collection[Item], keeper: Partner | None = None) -> str:
    """Does it and says so."""
    if keeper is None:
        leaving.archive_in_hand(by=by, partner=place, items=item)
        return ngettext("%(count)d is archived.", "%(count)d are archived.", len(item)) % {"count": len(item)}
    leaving.hand_on(by=by, partner=place, items=item, keeper=keeper)
    return _("%(keeper)s looks after what was ticked now.") % {"keeper": keeper.short_name}


@login_required
@require_POST
def hand_on_room(request: PersonRequest, slug: str, room: str) -> HttpResponse:
    """A room gets a new manager, or is archived."""
    place = _partner(request, slug)
    check_hand_over(request.user, place)
    where = get_object_or_404(Room.objects.visible_to(request.user), slug=room)
    if "archive" in request.POST:
        leaving.archive_room_in_hand(by=request.user, partner=place, room=where)
        messages.success(request, _("The room is archived. Everything in it stays readable."))
        return redirect("accounts:hand-over", place.slug)
    form = SuccessorForm(request.POST, prefix=where.slug, successors=successors([where], place)[where.pk])
    if form.is_valid():
        leaving.hand_on_room(by=request.user, partner=place, room=where, holder=form.successor)
        messages.success(request, _("The room has a new manager."))
    else:
        messages.error(request, _("Choose who manages the room from now on."))
    return redirect("accounts:hand-over", place.slug)
