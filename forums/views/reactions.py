"""Answering a post with one press, and who did."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from forums import reactions, reading
from forums.actions import reactions as actions
from forums.models.reactions import Reaction
from forums.models.threads import Post
from forums.rows import Page
from network.models.items import State
from network.refusals import Unseen
from network.requests import PersonRequest

REACTIONS_A_PAGE = 50


@login_required
@require_POST
def react(request: PersonRequest, uid: uuid.UUID, post: uuid.UUID) -> HttpResponse:
    """Thanks, agrees, says "we do this too", or takes that back; for who reads the post.

    Leads back to it; a script gets the buttons as they are now, to put them in their place.
    """
    thread, found = _fetch(request, uid, post)
    kind, given = reactions.asked(request.POST.get("kind", ""))
    (actions.react if given else actions.take_back)(by=request.user, post=found, kind=kind)
    if request.headers.get("X-Requested-With") == "fetch":
        row = Page(thread, request.user, moderates=thread.moderates).one(post) or {}
        return HttpResponse(row.get("reactions", ""))
    place = reading.place_of(found, request.user)
    if thread.parent_id and thread.room_id == thread.parent.room_id and "?page=" not in place:
        place = f"{thread.parent.get_absolute_url()}#post-{post}"
    return redirect(place)


@login_required
@require_safe
def index(request: PersonRequest, uid: uuid.UUID, post: uuid.UUID) -> HttpResponse:
    """Who answered to a post, kind by kind; under the Chatham House Rule how many, and nobody."""
    thread, found = _fetch(request, uid, post)
    if found.state != State.PUBLISHED:
        raise Unseen
    given = Reaction.objects.filter(post=found).select_related("user", "partner").order_by("kind", "at", "pk")
    own = list(given.filter(user=request.user).values_list("kind", flat=True)) if thread.chatham else []
    context: dict[str, Any] = {
        "thread": thread,
        "post": found,
        "back": reading.place_of(found, request.user),
        "numbers": [
            (kind.label, getattr(found, field), kind in own)
            for kind, field in reactions.COUNTED.items()
            if getattr(found, field)
        ],
        "room": reading.home_of(thread, request.user),
        "tab": "discussions",
    }
    if not thread.chatham:
        context["page"] = Paginator(given, REACTIONS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "forums/reactions.html", context)


def _fetch(request: PersonRequest, uid: uuid.UUID, post: uuid.UUID) -> tuple[Any, Post]:
    thread = reading.fetch(request.user, uid)
    found = Post.objects.visible_to(request.user).filter(thread=thread, uid=post).first()
    if found is None:
        raise Unseen
    found.thread = thread
    return thread, found
