"""What moderators see and decide: the queue, one post, the lock of a discussion."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from forums import queue as waiting
from forums import reading
from forums.actions import moderation as actions
from forums.forms import ReasonForm, add_refusal
from forums.models.threads import Post
from forums.permissions.threads import check_moderate
from forums.rows import Page
from network.actions import items
from network.models.item_requests import ItemRequest
from network.models.items import Item
from network.models.people import User
from network.models.redactions import RedactionRequest
from network.parts import PARTS
from network.refusals import Invalid, Unseen
from network.requests import PersonRequest

CASES_A_PAGE = 20


@login_required
@require_safe
def queue(request: PersonRequest) -> HttpResponse:
    """What waits in the rooms that one moderates, oldest first. For everybody; empty for most.

    Above it what is asked about things that are shared, and what people who have gone ask to have taken away.
    """
    page = Paginator(waiting.waiting(request.user), CASES_A_PAGE).get_page(request.GET.get("page"))
    cases = waiting.tell(request.user, page.object_list)
    redactions = RedactionRequest.objects.visible_to(request.user).open().select_related("room", "user")
    asked = ItemRequest.objects.waiting_for(request.user).select_related("item", "user")
    context = {"page": page, "cases": cases, "redactions": redactions, "item_requests": asked}
    return render(request, "forums/moderation.html", context)


@login_required
@require_POST
def decide(request: PersonRequest, kind: str, uid: uuid.UUID) -> HttpResponse:
    """Approves or removes one thing of the queue. For the moderators of its room whom its label admits."""
    try:
        case = waiting.find(request.user, kind, uid)
    except Unseen:
        if not waiting.was_decided(request.user, kind, uid):
            raise
        messages.info(request, _("Somebody has already decided about this."))
        return redirect("forums:moderation")
    if not case.words:
        raise Unseen
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            _settle(case, request.POST.get("decision", ""), request.user, form.cleaned_data["reason"])
        except Invalid as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Done. Its author has been told."))
            return redirect("forums:moderation")
    return render(request, "forums/decide.html", {"case": case, "form": form}, status=422)


def _settle(case: waiting.Case, decision: str, by: User, reason: str) -> None:
    if decision not in ("approve", "remove"):
        raise Invalid("", _("Approve it or remove it."))
    if case.kind != "item":
        settle = PARTS[case.kind].decide
        if settle is not None:
            settle(case.pk, decision, by, reason)
        return
    item = Item.objects.select_related("room", "author").get(pk=case.pk)
    if decision == "approve":
        items.approve(by=by, item=item)
    else:
        items.remove(by=by, item=item, reason=actions.clean_reason(reason))


@login_required
@require_safe
def moderate(request: PersonRequest, uid: uuid.UUID, post: uuid.UUID) -> HttpResponse:
    """One post and what may be decided about it. For moderators of the discussion's home room."""
    found = _post(request, uid, post)
    return _moderate_page(request, found, ReasonForm())


@login_required
@require_POST
def hold(request: PersonRequest, uid: uuid.UUID, post: uuid.UUID) -> HttpResponse:
    """Takes a post out of sight until it is decided."""
    return _act(request, uid, post, lambda found, reason: actions.hold_post(by=request.user, post=found, reason=reason))


@login_required
@require_POST
def approve(request: PersonRequest, uid: uuid.UUID, post: uuid.UUID) -> HttpResponse:
    """Lets a held or removed post stand."""
    return _act(request, uid, post, lambda found, _reason: actions.approve_post(by=request.user, post=found))


@login_required
@require_POST
def remove(request: PersonRequest, uid: uuid.UUID, post: uuid.UUID) -> HttpResponse:
    """Takes a post away, with a reason; a trace stays."""
    return _act(
        request, uid, post, lambda found, reason: actions.remove_post(by=request.user, post=found, reason=reason)
    )


@login_required
@require_POST
def lock(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Closes a discussion for replies."""
    thread = reading.fetch(request.user, uid=uid)
    actions.lock_thread(by=request.user, thread=thread, reason=request.POST.get("reason", ""))
    messages.success(request, _("The discussion is locked. Everybody reads it, nobody replies."))
    return redirect(thread)


@login_required
@require_POST
def unlock(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Opens a locked discussion for replies again."""
    thread = reading.fetch(request.user, uid=uid)
    actions.unlock_thread(by=request.user, thread=thread)
    messages.success(request, _("The discussion is open for replies again."))
    return redirect(thread)


def _post(request: PersonRequest, uid: uuid.UUID, post: uuid.UUID) -> Post:
    """A post for a moderator. Raises Unseen, or Forbidden for who reads it but does not moderate."""
    thread = reading.fetch(request.user, uid=uid)
    posts = Post.objects.filter(thread=thread).placed_for(request.user, moderates=thread.moderates)
    found = posts.select_related("author").filter(uid=post).first()
    if found is None:
        raise Unseen
    check_moderate(request.user, thread)
    found.thread = thread
    return found


def _act(request: PersonRequest, uid: uuid.UUID, post: uuid.UUID, action: Callable[[Post, str], None]) -> HttpResponse:
    found = _post(request, uid, post)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            action(found, form.cleaned_data["reason"])
        except Invalid as refusal:
            add_refusal(form, refusal)
        else:
            return redirect(reading.place_of(found, request.user, moderates=True))
    return _moderate_page(request, found, form, status=422)


def _moderate_page(request: PersonRequest, found: Post, form: ReasonForm, *, status: int = 200) -> HttpResponse:
    thread: Any = found.thread
    row = Page(thread, request.user, moderates=True).one(found.uid, removed=True)
    context = {
        "thread": thread,
        "room": reading.home_of(thread, request.user),
        "tab": "discussions",
        "post": found,
        "row": row,
        "state": thread.state if found.is_opening else found.state,
        "form": form,
    }
    return render(request, "forums/moderate.html", context, status=status)
