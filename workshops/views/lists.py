"""Lists of workshops: all that one may see, those of a room, a month."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_safe

from network import clock
from network.models import State
from network.permissions import Level, where_allowed
from network.requests import PersonRequest
from network.views.fetching import lacks_second_factor
from network.views.places import room_or_404
from workshops.calendars import Span, bounds, lay_out, month_bounds, neighbour, weeks_of
from workshops.models import Workshop
from workshops.querysets import WorkshopQuerySet
from workshops.views.places import room_context

A_PAGE = 25
LATEST_PAST = 10
MOST_IN_A_MONTH = 500
MOST_IN_AN_AGENDA = 60


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every workshop that the person may see: those ahead, and those that are over."""
    rows = Workshop.objects.visible_to(request.user)
    context = _both(request, rows) | {
        "may_announce": where_allowed(request.user, Level.CONTRIBUTE).exists(),
        "today": timezone.localdate(clock.now()),
    }
    return render(request, "workshops/index.html", context)


@login_required
@require_safe
def in_one_room(request: PersonRequest, slug: str) -> HttpResponse:
    """The workshops of one room. For whoever views it."""
    room = room_or_404(request.user, slug)
    here = Workshop.objects.in_room(room)
    context = {
        **_both(request, here.seen_inside_by(request.user)),
        **room_context(request.user, room),
        "locked": lacks_second_factor(here, request.user),
    }
    return render(request, "workshops/room.html", context)


def _both(request: HttpRequest, rows: WorkshopQuerySet) -> dict[str, Any]:
    """A page of what is ahead with the latest of what is over; or, with `?when=past`, a page of that."""
    rows = rows.exclude(state=State.REMOVED)
    asked_past = request.GET.get("when") == "past"
    chosen = rows.past() if asked_past else rows.upcoming()
    page = Paginator(_shown(chosen, request.user), A_PAGE).get_page(request.GET.get("page"))
    past = [] if asked_past else list(_shown(rows.past(), request.user)[: LATEST_PAST + 1])
    return {
        "page": page,
        "asked_past": asked_past,
        "past": past[:LATEST_PAST],
        "more_past": len(past) > LATEST_PAST,
    }


def _shown(rows: WorkshopQuerySet, user: Any) -> WorkshopQuerySet:
    return rows.select_related("partner").with_seats(user).with_places(user)


@login_required
@require_safe
def choose_room(request: HttpRequest) -> HttpResponse:
    """In which room a workshop is to be announced: those where the person may contribute."""
    rooms = where_allowed(request.user, Level.CONTRIBUTE).order_by("name")
    return render(request, "workshops/choose_room.html", {"rooms": rooms})


@login_required
@require_safe
def this_month(request: HttpRequest) -> HttpResponse:
    """The month that it is for the reader."""
    today = timezone.localdate(clock.now())
    return redirect("workshops:month", today.year, today.month)


@login_required
@require_safe
def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """One month in the reader's zone, as a table and as a list. `?mine=1` leaves what one takes part in."""
    zone = timezone.get_current_timezone()
    today = timezone.localdate(clock.now())
    mine = bool(request.GET.get("mine"))
    weeks = weeks_of(year, month)
    rows = Workshop.objects.visible_to(request.user).between(*bounds(weeks[0][0], weeks[-1][-1], zone))
    if mine:
        rows = rows.of(request.user)
    rows = rows.taking_place().exclude(state=State.REMOVED).with_seats(request.user)
    workshops = list(rows[:MOST_IN_A_MONTH])
    spans = [
        Span(one.starts_at, one.ends_at, one.title, one.get_absolute_url(), bool(one.my_state)) for one in workshops
    ]
    agenda = _agenda(workshops, year, month, today)
    context = {
        "first": date(year, month, 1),
        "begins": month_bounds(year, month, zone)[0],
        "title": date_format(date(year, month, 1), "F Y"),
        "weekdays": [date_format(day, "l") for day in weeks[0]],
        "weeks": lay_out(spans, year, month, zone, today),
        "agenda": agenda[:MOST_IN_AN_AGENDA],
        "more": max(0, len(agenda) - MOST_IN_AN_AGENDA),
        "from_today": (year, month) == (today.year, today.month),
        "before": _first(neighbour(year, month, -1)),
        "after": _first(neighbour(year, month, 1)),
        "mine": mine,
        "may_announce": where_allowed(request.user, Level.CONTRIBUTE).exists(),
    }
    return render(request, "workshops/month.html", context)


def _first(month: tuple[int, int] | None) -> date | None:
    return date(*month, 1) if month else None


def _agenda(workshops: list[Workshop], year: int, month: int, today: date) -> list[Workshop]:
    """Those that touch the month; in the current one, those that the table shows from today on."""
    zone = timezone.get_current_timezone()
    start, end = month_bounds(year, month, zone)
    if (year, month) == (today.year, today.month):
        start, _after = bounds(today, today, zone)
        return [one for one in workshops if one.ends_at > start]
    return [one for one in workshops if one.ends_at > start and one.starts_at < end]
