"""Votes: asking for them, voting, how it stands, the end."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from forums import polls, reading
from forums.actions import polls as actions
from forums.forms import add_refusal
from forums.models.polls import Poll
from forums.models.threads import Post
from forums.permissions.polls import demand_ask
from forums.poll_forms import PollForm, choices_of, sent_for
from network.actions.openings import opened
from network.refusals import Forbidden, Invalid, Unseen
from network.requests import PersonRequest


@login_required
def new(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """The form for a vote in a discussion. For who started it, and for the moderators of its home room."""
    thread: Any = reading.fetch(request.user, uid)
    demand_ask(request.user, thread, contributes=thread.contributes, moderates=thread.moderates)
    sent = request.method == "POST"
    form = PollForm(request.POST if sent else None, chatham=thread.chatham)
    if sent and form.is_valid():
        try:
            actions.ask(by=request.user, thread=thread, **form.cleaned_data)
        except Invalid as refusal:
            add_refusal(form, refusal)
        else:
            return redirect(f"{thread.get_absolute_url()}#poll")
    context = {"thread": thread, "form": form, "room": reading.home_of(thread, request.user), "tab": "discussions"}
    return render(request, "forums/poll_new.html", context, status=422 if sent else 200)


@login_required
@require_safe
def poll(request: PersonRequest, uid: uuid.UUID, post: uuid.UUID) -> HttpResponse:
    """How a vote stands: its numbers, how a ranked one was counted, and of an open one who voted what."""
    thread, found = _fetch(request, uid, post)
    return _page(request, thread, found)


@login_required
@require_POST
def vote(request: PersonRequest, uid: uuid.UUID, post: uuid.UUID) -> HttpResponse:
    """Casts a vote, or another in its place. For contributors of the home room."""
    thread, found = _fetch(request, uid, post)
    try:
        actions.vote(by=request.user, poll=found, choices=choices_of(found, request.POST))
    except Invalid as refusal:
        return _page(request, thread, found, error=str(refusal.reason), status=422)
    except Forbidden as refusal:
        # Whoever voted at the moment when it was closed sees what came of it, with the reason.
        return _page(request, thread, found, error=str(refusal.reason), status=403)
    # One that came with a discussion that was joined to another stands on a page of its own.
    return redirect(found if found.post.parent_id else f"{thread.get_absolute_url()}#poll")


@login_required
@require_POST
def close(request: PersonRequest, uid: uuid.UUID, post: uuid.UUID) -> HttpResponse:
    """Ends a vote. For who asked for it, who started the discussion, and the moderators of its home room."""
    _thread, found = _fetch(request, uid, post)
    actions.close(by=request.user, poll=found)
    return redirect(found)


def _fetch(request: PersonRequest, uid: uuid.UUID, post: uuid.UUID) -> tuple[Any, Poll]:
    thread = reading.fetch(request.user, uid)
    seen = Post.objects.visible_to(request.user).filter(thread=thread, uid=post)
    found = Poll.objects.select_related("post").filter(post__in=seen.values("pk")).first()
    if found is None:
        raise Unseen
    found.post.thread = thread
    return thread, found


def _page(request: PersonRequest, thread: Any, found: Poll, *, error: str = "", status: int = 200) -> HttpResponse:
    opened(by=request.user, item=thread)
    rights = {"contributes": thread.contributes, "moderates": thread.moderates}
    shown = polls.standing(thread, request.user, **rights, post=found.post_id)
    if shown is not None and error:
        shown.errors.append(error)
        shown.sent = sent_for(found, request.POST)
    context = {
        "thread": thread,
        "poll": shown,
        "voters": polls.voters(found) if shown is not None and shown.tally is not None else [],
        "room": reading.home_of(thread, request.user),
        "tab": "discussions",
    }
    return render(request, "forums/poll.html", context, status=status)
