"""One workshop: its page, its calendar file, taking part in it."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from network import clock, headcount
from network.chatham import named
from network.labels import Label
from network.models.people import User
from network.permissions import audience, can
from network.requests import PersonRequest
from network.views.fetching import item_or_unseen
from network.views.items import standing
from workshops.actions import meetings
from workshops.calendars import calendar_file
from workshops.feeds import in_full
from workshops.forms import RegisterForm
from workshops.models import Needs, Registration, Workshop
from workshops.permissions import demand_ahead, demand_changeable, demand_host, demand_open
from workshops.views.places import room_context

MOST_LISTED = 200


def workshop_or_unseen(request: HttpRequest, uid: uuid.UUID, *, inside: bool = False) -> Workshop:
    """The workshop with its seats and places, where the reader sees it. Raises Unseen, NeedsSecondFactor."""
    rows = Workshop.objects.select_related("room", "author", "partner", "parent")
    rows = rows.with_seats(request.user).with_places(request.user).with_own_marks(request.user)
    return item_or_unseen(rows, request.user, uid, inside=inside)


@require_safe
def one(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One workshop; for strangers and whoever sees it only by its release, without room and people."""
    workshop = workshop_or_unseen(request, uid)
    # Only what is CLEAR can be seen by its release alone.
    inside = Workshop.objects.one_seen_by(request.user, workshop.pk, inside=True)
    if workshop.label == Label.CLEAR and not inside.exists():
        return render(request, "workshops/released.html", {"workshop": workshop})
    return _page(request, workshop, RegisterForm(by=cast("User", request.user)))


def _page(request: HttpRequest, workshop: Workshop, form: RegisterForm, status: int = 200) -> HttpResponse:
    user: Any = request.user
    named([workshop], user)
    context = standing(user, workshop)
    if context["room"]:
        context |= room_context(user, context["room"])
    taking_part = workshop.registrations.registered().select_related("user", "partner")
    mine = workshop.registrations.active().filter(user=user).select_related("partner", "needs").first()
    waiting = mine is not None and mine.state == Registration.State.WAITING
    host = can(demand_host, user, workshop)
    hosts = bool(host) and bool(can(demand_changeable, workshop))
    context |= {
        "workshop": workshop,
        "audience": headcount.of(audience(workshop)),
        "form": form,
        "mine": mine,
        "place_in_queue": _place_in_queue(mine) if mine is not None and waiting else None,
        "people": taking_part[:MOST_LISTED],
        "needs": Needs.objects.of_host(workshop)[:MOST_LISTED] if host else (),
        "unlisted": max(0, workshop.taken - MOST_LISTED),
        "may_register": can(demand_open, workshop),
        "may_withdraw": can(demand_ahead, workshop),
        "may_change": hosts,
        "may_cancel": hosts and not workshop.is_over,
    }
    return render(request, "workshops/workshop.html", context, status=status)


def _place_in_queue(mine: Registration) -> int:
    return mine.workshop.registrations.waiting().filter(position__lte=mine.position).count()


@login_required
@require_POST
def register(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Takes a seat, or a place in the queue."""
    workshop = workshop_or_unseen(request, uid, inside=True)
    form = RegisterForm(request.POST, by=request.user)
    if not form.is_valid():
        return _page(request, workshop, form, status=422)
    needs = form.cleaned_data["needs"]
    mine = meetings.register(by=request.user, workshop=workshop, partner=form.partner, needs=needs)
    if mine.state == Registration.State.REGISTERED:
        messages.success(request, _("You are registered."))
    else:
        place = _place_in_queue(mine)
        messages.success(request, _("All seats are taken. You are number %(place)d in the queue.") % {"place": place})
    return redirect(workshop)


@login_required
@require_POST
def withdraw(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Gives up a seat, or a place in the queue."""
    workshop = workshop_or_unseen(request, uid, inside=True)
    meetings.withdraw(by=request.user, workshop=workshop)
    messages.success(request, _("You do not take part."))
    return redirect(workshop)


@require_safe
def calendar(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The workshop as an iCalendar file; with its link for those who have a seat."""
    workshop = workshop_or_unseen(request, uid)
    if workshop.label == Label.CLEAR and not Workshop.objects.one_seen_by(request.user, uid, inside=True).exists():
        workshop.my_state = ""  # who lost the room, and sees it only by its release, gets no link
    file = calendar_file([in_full(workshop)], stamp=clock.now())
    response = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    name = slugify(workshop.title)[:60] or "workshop"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response
