"""A decision as its author reads it, the appeal against it, and who looks at it again."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from forums import targets
from forums.actions import appeals as actions
from forums.actions.cases import AlreadyDecided
from forums.forms import add_refusal
from forums.models.cases import RELIEF, Appeal, Decision
from forums.moderation_forms import AppealAnswerForm, AppealForm
from forums.permissions.cases import appeal_discloses, check_decide_appeal
from network.models.items import Item
from network.permissions import can
from network.refusals import Invalid, Unseen
from network.requests import PersonRequest


@login_required
@require_safe
def decision(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """The statement of reasons, for whose thing it was."""
    return _statement(request, _decision(request, uid), AppealForm())


@login_required
@require_POST
def send(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """The author appeals."""
    found = _decision(request, uid)
    form = AppealForm(request.POST)
    if form.is_valid():
        try:
            actions.appeal(by=request.user, decision=found, text=form.cleaned_data["text"])
        except Invalid as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Your appeal is on its way to somebody else than who decided."))
            return redirect(found)
    return _statement(request, found, form, status=422)


@login_required
def appeal(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """An appeal: the decision, what its author says against it, and the answer. For whom it waits."""
    found = _appeal(request, uid)
    target = targets.of_case(found.decision.case)
    may = can(check_decide_appeal, request.user, found)
    reads = appeal_discloses(request.user, found, target)
    form = AppealAnswerForm(request.POST or None) if may and reads and found.decided_at is None else None
    if request.method == "POST":
        check_decide_appeal(request.user, found)
        if form is None:
            return _not_now(request, found)
        if form.is_valid() and _decided(request, found, form):
            return redirect("forums:moderation")
    context: dict[str, Any] = {"appeal": found, "decision": found.decision, "case": found.decision.case, "form": form}
    context |= {"may": may, "target": target if reads else None}
    if reads:
        context |= {
            "words": target.own_words(),
            "byline": target.byline(request.user),
            "attached": target.attached(request.user),
        }
    return render(request, "forums/appeal.html", context, status=422 if form is not None and form.is_bound else 200)


@login_required
@require_POST
def take(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Takes an appeal on, and so reads what it is about. It is recorded."""
    found = _appeal(request, uid)
    try:
        actions.take_appeal(by=request.user, appeal=found)
    except AlreadyDecided:
        return _not_now(request, found)
    return redirect(found)


def _decision(request: PersonRequest, uid: uuid.UUID) -> Decision:
    rows = Decision.objects.visible_to(request.user).select_related(
        "case__item__room", "case__item__parent", "appeal", "sanction"
    )
    found = rows.select_related("case__room", "case__person", "case__author").filter(uid=uid).first()
    if found is None:
        raise Unseen
    return found


def _statement(request: PersonRequest, found: Decision, form: AppealForm, *, status: int = 200) -> HttpResponse:
    target = targets.of_case(found.case)
    words = target.own_words()
    if target.item is not None and not Item.objects.one_seen_by(request.user, target.item.pk, inside=True).exists():
        # One's own words come back from a room that one lost; what others called the discussion does not.
        words["title"] = target.item.title if target.kind == "item" and target.item.parent_id is None else ""
    context = {
        "decision": found,
        "target": target,
        "words": words,
        "appeal": getattr(found, "appeal", None),
        "undone": Decision.objects.filter(undoes=found).first(),
        "is_relief": found.action in RELIEF,
        "form": form,
    }
    return render(request, "forums/decision.html", context, status=status)


def _appeal(request: PersonRequest, uid: uuid.UUID) -> Appeal:
    rows = Appeal.objects.visible_to(request.user).select_related(
        "handler", "decision__by", "decision__sanction", "decision__case__item__room", "decision__case__item__parent"
    )
    found = rows.select_related("decision__case__room", "decision__case__person").filter(uid=uid).first()
    if found is None:
        raise Unseen
    return found


def _decided(request: PersonRequest, found: Appeal, form: AppealAnswerForm) -> bool:
    upheld = form.cleaned_data["outcome"] == "upheld"
    try:
        actions.decide_appeal(by=request.user, appeal=found, upheld=upheld, answer=form.cleaned_data["answer"])
    except Invalid as refusal:
        add_refusal(form, refusal)
        return False
    except AlreadyDecided as refusal:
        messages.info(request, str(refusal.reason))
        return True
    messages.success(request, _("Decided. Its author and who decided first have been told."))
    return True


def _not_now(request: PersonRequest, found: Appeal) -> HttpResponse:
    if found.decided_at is None:
        messages.info(request, _("Take the appeal on first, so that you have read what it is about."))
        return redirect(found)
    messages.info(request, _("Somebody else has decided this in the meantime."))
    return redirect("forums:moderation")
