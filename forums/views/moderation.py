"""What moderators see and decide: the queue, one post."""

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
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from forums import queue as waiting
from forums import reading, versions
from forums.actions import moderation as actions
from forums.forms import add_refusal
from forums.models.cases import Appeal, Ground
from forums.models.proposals import Proposal
from forums.models.saved import SavedDecision
from forums.models.threads import Post
from forums.moderation_forms import ReasonForm
from forums.permissions.threads import check_moderate, demand_of_others
from forums.precedents import saved_reasons
from forums.rows import Page
from network.actions import items
from network.models.item_requests import ItemRequest
from network.models.items import Item
from network.models.people import User
from network.models.redactions import RedactionRequest
from network.parts import PARTS
from network.permissions import can
from network.refusals import Invalid, Unseen
from network.requests import PersonRequest

CASES_A_PAGE = 20
PROPOSED = gettext_lazy("This takes two moderators. It stays until another confirms it; they have been told.")


@login_required
@require_safe
def queue(request: PersonRequest) -> HttpResponse:
    """What waits in the rooms that one moderates, gravest and oldest first. For everybody; empty for most.

    Above it what is asked about things that are shared, and what people who have gone ask to have taken away.
    """
    page = Paginator(waiting.everything(request.user), CASES_A_PAGE).get_page(request.GET.get("page"))
    cases = waiting.tell(request.user, page.object_list)
    redactions = RedactionRequest.objects.visible_to(request.user).open().select_related("room", "user")
    asked = ItemRequest.objects.waiting_for(request.user).select_related("item", "user")
    appeals = Appeal.objects.visible_to(request.user).open()
    proposed = Proposal.objects.visible_to(request.user).open()
    context = {
        "page": page,
        "cases": cases,
        "appeals": appeals.select_related("decision__case__item__room", "decision__case__room"),
        "proposals": proposed.select_related("case__item__room", "case__room"),
        "redactions": redactions,
        "item_requests": asked,
        "grounds": Ground.choices,
    }
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
    saved = list(saved_reasons(case.room))
    context = {"case": case, "saved": saved}
    if "saved" in request.POST:
        return render(request, "forums/decide.html", context | {"form": _begun_with(request.POST["saved"], saved)})
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            done = _settle(case, request.POST.get("decision", ""), request.user, form)
        except Invalid as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Done. Its author has been told.") if done else PROPOSED)
            return redirect("forums:moderation")
    return render(request, "forums/decide.html", context | {"form": form}, status=422)


def _begun_with(wanted: str, saved: list[SavedDecision]) -> ReasonForm:
    """A form that begins with what was saved, if it is one of these."""
    row = next((one for one in saved if str(one.uid) == wanted), None)
    if row is None:
        return ReasonForm()
    return ReasonForm(initial={"ground": row.ground, "reason": row.facts[: actions.LONGEST_REASON]})


def _settle(case: waiting.Waiting, decision: str, by: User, form: ReasonForm) -> bool:
    """False where a second moderator has to confirm it first."""
    reason, ground = form.cleaned_data["reason"], form.cleaned_data["ground"]
    if decision not in ("approve", "remove"):
        raise Invalid("", _("Approve it or remove it."))
    if case.kind != "item":
        settle = PARTS[case.kind].decide
        if settle is not None:
            settle(case.pk, decision, by, reason, ground)
        return True
    item = Item.objects.select_related("room", "author").get(pk=case.pk)
    if decision == "approve":
        items.approve(by=by, item=item)
        return True
    return items.remove(by=by, item=item, reason=actions.clean_reason(reason), ground=ground)


@login_required
@require_safe
def moderate(request: PersonRequest, uid: uuid.UUID, post: uuid.UUID) -> HttpResponse:
    """One post and what may be decided about it. For moderators of the discussion's home room."""
    found = post_for_moderator(request, uid, post)
    saved = list(saved_reasons(found.thread.room))
    return _moderate_page(request, found, _begun_with(request.GET.get("saved", ""), saved))


@login_required
@require_POST
def hold(request: PersonRequest, uid: uuid.UUID, post: uuid.UUID) -> HttpResponse:
    """Takes a post out of sight until it is decided."""
    return _act(
        request, uid, post, lambda found, said: actions.hold_post(by=request.user, post=found, reason=said["reason"])
    )


@login_required
@require_POST
def approve(request: PersonRequest, uid: uuid.UUID, post: uuid.UUID) -> HttpResponse:
    """Lets a held or removed post stand."""
    return _act(request, uid, post, lambda found, _said: actions.approve_post(by=request.user, post=found))


@login_required
@require_POST
def remove(request: PersonRequest, uid: uuid.UUID, post: uuid.UUID) -> HttpResponse:
    """Takes a post away, with a reason; a trace stays."""

    def act(found: Post, said: dict[str, Any]) -> None:
        if not actions.remove_post(by=request.user, post=found, **said):
            messages.info(request, PROPOSED)

    return _act(request, uid, post, act)


def post_for_moderator(request: PersonRequest, uid: uuid.UUID, post: uuid.UUID) -> Post:
    """A post for a moderator. Raises Unseen, or Forbidden for who reads it but does not moderate."""
    thread = reading.fetch(request.user, uid)
    posts = Post.objects.filter(thread=thread).placed_for(request.user, moderates=thread.moderates)
    found = posts.select_related("author").filter(uid=post).first()
    if found is None:
        raise Unseen
    check_moderate(request.user, thread)
    found.thread = thread
    return found


def _act(
    request: PersonRequest, uid: uuid.UUID, post: uuid.UUID, action: Callable[[Post, dict[str, Any]], None]
) -> HttpResponse:
    found = post_for_moderator(request, uid, post)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            action(found, form.cleaned_data)
        except Invalid as refusal:
            add_refusal(form, refusal)
        else:
            return redirect(reading.place_of(found, request.user))
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
        "withdrawn": found.withdrawn_at is not None,
        "changes": versions.last_change(found),
        "form": form,
        "saved": saved_reasons(thread.room),
        "own": found.author_id == request.user.pk,
        "may_take_away": can(demand_of_others, request.user, found),
    }
    return render(request, "forums/moderate.html", context, status=status)
