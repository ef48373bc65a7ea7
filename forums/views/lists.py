"""Lists of discussions: a room's, and those of all one's rooms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from forums import lists, unread
from forums.actions import reading as marks
from forums.models.threads import Thread
from forums.querysets import ThreadQuerySet
from network import clock
from network.chatham import named
from network.keyset import Leg, leg
from network.kinds import KINDS
from network.labels import Label
from network.permissions import standing_in
from network.requests import PersonRequest
from network.views.fetching import lacks_second_factor
from network.views.places import room_or_404

THREADS_A_PAGE = 20
# What is new is told from what one has read, not by the database; so many discussions are looked through for it.
LOOKED_THROUGH = 500


@dataclass(frozen=True)
class Choice:
    """One way to look at a list: its word in the address, its name, and what stands there when it is empty."""

    key: str
    name: Promise | str
    nothing: Promise | str


CHOICES = (
    Choice("", _("All"), ""),
    Choice("unread", _("New for me"), _("You have read all that was discussed.")),
    Choice("unanswered", _("Unanswered"), _("No question waits for an answer.")),
    Choice("questions", _("Questions"), _("Nobody has asked a question here yet.")),
    Choice("announcements", _("Announcements"), _("Moderators have announced nothing here yet.")),
)


@login_required
@require_safe
def index(request: PersonRequest, slug: str) -> HttpResponse:
    """What is discussed in a room, newest activity first, below what is pinned. For who views the room."""
    room = room_or_404(request.user, slug)
    # Before anything is read, so that what comes meanwhile is not marked as read unseen.
    until = clock.now().isoformat()
    standing = standing_in(request.user, room)
    choice = _choice(request)
    if choice.key == "unread":
        parts: list[Any] = _new([lists.of_room(standing, part) for part in (lists.HERE, lists.PASSED_ON)])
    else:
        parts = [lists.asker(standing, part, choice.key) for part in (lists.HERE, lists.PASSED_ON)]
    page = _page(request, parts)
    on_top = []
    if not choice.key and page.begins:
        on_top = lists.pinned(standing)
    _tell(on_top, request)
    context = {
        "room": room,
        "tab": "discussions",
        "page": page,
        "pinned": on_top,
        "choice": choice,
        "choices": CHOICES,
        "until": until,
        "may_start": standing.contributes,
        "locked_away": lacks_second_factor(lists.listed(Thread.objects.in_room(room)), request.user),
    }
    return render(request, "forums/discussions.html", context)


@login_required
@require_safe
def everywhere(request: PersonRequest) -> HttpResponse:
    """The same of all rooms that one may view: to find where one can help. For everybody."""
    there = Thread.objects.filter(parent=None)
    seen = lists.for_list(there, request.user).seen_inside_by(request.user).with_places(request.user)
    choice = _choice(request)
    parts: list[Any] = _new([seen]) if choice.key == "unread" else [lists.chosen(seen, choice.key)]
    context = {
        "page": _page(request, parts),
        "choice": choice,
        "choices": CHOICES,
        "locked_away": lacks_second_factor(lists.listed(there), request.user),
    }
    return render(request, "forums/everywhere.html", context)


@login_required
@require_POST
def read_all(request: PersonRequest, slug: str) -> HttpResponse:
    """Marks what the list showed as read, and all else in the room up to the moment at which it was made."""
    room = room_or_404(request.user, slug)
    marks.read_room(by=request.user, room=room, until=_moment(request.POST.get("until", "")))
    return redirect("forums:discussions", room.slug)


def _choice(request: PersonRequest) -> Choice:
    """The way of looking that the address names; all for anything else."""
    return next((one for one in CHOICES if one.key == request.GET.get("show", "")), CHOICES[0])


def _page(request: PersonRequest, parts: list[Any]) -> Leg:
    page = leg(parts, request.GET, THREADS_A_PAGE)
    _tell(page.object_list, request)
    return page


def _new(parts: list[ThreadQuerySet]) -> list[list[Any]]:
    """Those with something new, of the newest few hundred that are not read to their end. Two queries beside."""
    to_the_end = Concat(Value("1-"), Cast("last_number", CharField()))
    # Said of what there is, since nothing is not unequal to anything.
    unfinished = Q(read_numbers__isnull=True) | ~Q(read_numbers=to_the_end) & ~Q(read_numbers="1", last_number=1)
    strict = Q(tlp__gt=Label.AMBER) | Q(parent__tlp__gt=Label.AMBER)
    after_mark = Q(room_read_at__isnull=True) | Q(active_at__gt=F("room_read_at")) | strict
    after_mark |= Q(marked_from__gt=F("room_read_at"))
    rows: list[Any] = []
    for threads in parts:
        rows += threads.filter(unfinished, after_mark).order_by("-active_at", "-uid")[:LOOKED_THROUGH]
    unread.reckon(rows)
    return [[thread for thread in rows if thread.unread]]


def _tell(threads: Iterable[Any], request: PersonRequest) -> None:
    """What a row says besides: who began it, what is new, what it is about."""
    threads = list(threads)
    named(threads, request.user)
    unread.reckon(threads)
    for thread in threads:
        thread.about_kind = KINDS[thread.parent.kind].name if thread.parent else ""


def _moment(text: str) -> datetime | None:
    """The moment that the list's form carries; None, which is now, for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
