"""Discussions: one of them, and where a post of one stands."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from forums import changes, polls, reactions, reading, unread
from forums.actions import announcements
from forums.actions import reading as marks
from forums.models.threads import Post, Thread
from forums.permissions.kinds import check_answers, demand_purpose, is_starter, may_lock_closed
from forums.permissions.polls import demand_ask
from forums.permissions.summaries import demand_summary
from forums.rows import Page
from forums.views.writing import around, composer
from network.models.items import State
from network.permissions import can
from network.permissions.items import is_source
from network.permissions.sources import demand_asked_about, keeps_openings
from network.refusals import Unseen
from network.requests import PersonRequest
from network.views.fetching import item_or_unseen

ORDERS = ("tree", "time")


@require_safe
def discussion(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One discussion, for who sees it in a room; by its release, its opening alone."""
    try:
        thread = reading.fetch(request.user, uid)
    except Unseen:
        goes_on = reading.forwarded(request.user, uid)
        gone = None if goes_on else reading.removed(request.user, uid)
        if gone is not None:
            return render(request, "forums/removed.html", {"room": gone.room, "tab": "discussions"}, status=404)
        return redirect(goes_on) if goes_on else _released(request, uid)
    return _discussion(cast("PersonRequest", request), thread)


def _discussion(request: PersonRequest, thread: Any) -> HttpResponse:
    """Fifty posts a page, with the form for a reply."""
    announcements.see(by=request.user, thread=thread)
    unread.reckon([thread])
    in_time = _in_time(request)
    paginator = Paginator((), reading.POSTS_A_PAGE)
    paginator.count = thread.last_number if in_time else thread.placed_count
    page = paginator.get_page(request.GET.get("page"))
    shown = Page(thread, request.user, moderates=thread.moderates)
    rows = shown.in_time(page.number, paginator.num_pages) if in_time else shown.as_tree(page.number)
    if thread.polled and any(row["opening"] for row in rows[:1]):
        rows[0]["poll"] = polls.standing(
            thread, request.user, contributes=thread.contributes, moderates=thread.moderates
        )
    kept = keeps_openings(thread)
    context = around(request, thread) | {
        "page": page,
        "rows": rows,
        "in_time": in_time,
        # Who is here for the first time reads from the top.
        "new_count": thread.unread if shown.known else 0,
        "new_here": any(row["new"] for row in rows),
        "taking_part": _taking_part(rows) if page.paginator.num_pages == 1 and not thread.chatham else [],
        "summary": shown.summary(),
        "held_because": reading.held_because(thread),
        "may_ask_votes": not thread.polled
        and can(demand_ask, request.user, thread, contributes=thread.contributes, moderates=thread.moderates),
        "may_summarise": can(
            demand_summary, request.user, thread, contributes=thread.contributes, moderates=thread.moderates
        ),
        "made_of": reading.made_of(thread, request.user),
        "may_make": thread.contributes and thread.state == State.PUBLISHED,
        "doing_too": reactions.doing_too(rows),
        "keeps_openings": kept,
        "reads_openings": kept and is_source(request.user, thread),
        "answer": shown.beginning_of(thread.answer_id) if thread.answered else None,
        "may_mark": bool(can(check_answers, request.user, thread)) if thread.is_question else False,
        "changes": changes.told(thread, request.user),
        "may_close": _may_close(request, thread),
        "may_lock": thread.moderates and may_lock_closed(request.user, thread),
        "may_turn": _own(request, thread) and bool(can(demand_purpose, thread)),
        "may_ask": thread.author_id != request.user.pk and bool(can(demand_asked_about, thread)),
    }
    if context["may_reply"]:
        context |= composer(request, thread) | {"number": (shown.numbers or {}).get(request.user.pk)}
    response = render(request, "forums/discussion.html", context)
    # Only as far as this page has shown it, and only to who looks at it.
    if request.method == "GET":
        marks.see(by=request.user, thread=thread, seen=shown.seen)
    return response


def _in_time(request: PersonRequest) -> bool:
    """Whether posts stand in the order of time: as its reader chose last, here with the address or somewhere else."""
    order = request.GET.get("order")
    if order in ORDERS and request.method == "GET":
        marks.choose_order(by=request.user, in_time=order == "time")
    return order == "time" if order in ORDERS else request.user.reads_in_time


@login_required
@require_safe
def first_new(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Leads to the oldest post that is new for this reader, on its page; else to the discussion."""
    thread = reading.fetch(request.user, uid)
    unread.reckon([thread])
    number = unread.first_new(thread)
    found = Post.objects.filter(thread=thread, number=number).first() if number else None
    if found is None:
        return redirect(thread)
    found.thread = thread
    return redirect(reading.place_of(found, request.user))


def _may_close(request: PersonRequest, thread: Any) -> bool:
    """Whether its reader is offered to close it, or to open it again."""
    if thread.moderates:
        return True
    own = _own(request, thread) and not thread.is_announcement
    return own and (not thread.is_locked or thread.is_closed_by_starter)


def _own(request: PersonRequest, thread: Any) -> bool:
    """Whether its reader moderates it, or began it and still contributes."""
    return thread.moderates or (is_starter(request.user, thread) and thread.contributes)


def _released(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What a coordinator put on the public site: neither room nor people nor what was answered."""
    thread = item_or_unseen(Thread.objects.select_related("release"), request.user, uid)
    opening = Post.objects.filter(thread=thread, parent=None).first()
    return render(request, "forums/released.html", {"thread": thread, "opening": opening})


@login_required
@require_safe
def post(request: HttpRequest, uid: uuid.UUID, post: uuid.UUID) -> HttpResponse:
    """Leads to a post on the page where it stands for this reader; also where it went to another discussion since."""
    where = Post.objects.filter(uid=post).values_list("thread__uid", flat=True).first()
    thread = reading.fetch(request.user, where or uid)
    if thread.uid != uid and not thread.changed_at:
        raise Unseen
    posts = Post.objects.filter(thread=thread).placed_for(request.user, moderates=thread.moderates)
    found = posts.filter(uid=post).first()
    if found is None:
        raise Unseen
    found.thread = thread
    return redirect(reading.place_of(found, request.user))


def _taking_part(rows: list[dict[str, Any]]) -> list[Any]:
    """Whoever has a post on the page, in the order of the tree, each once."""
    return list(dict.fromkeys(row["who"] for row in rows if not row["removed"] and not row["held"]))
