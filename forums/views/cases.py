"""A case as its moderator sees it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from forums import precedents, targets
from forums.actions import cases as actions
from forums.forms import add_refusal
from forums.models.cases import RELIEF, Action, Case, Ground
from forums.models.proposals import Proposal
from forums.models.saved import SavedDecision
from forums.models.threads import Thread
from forums.moderation_forms import DecisionForm, ProposalForm
from forums.permissions.cases import actions_for, check_decide_case, discloses
from forums.permissions.moving import rooms_to
from forums.permissions.proposals import check_second
from forums.permissions.undoing import check_undo
from forums.precedents import saved_for
from forums.targets import Target
from forums.views.moving import Question, ask_before_moving
from network.permissions import can
from network.refusals import Forbidden, Invalid, Unseen
from network.requests import PersonRequest
from network.views.confirming import is_going_back


@login_required
def case(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """One case: what was reported, what was decided before, and the decision. For whom it waits."""
    found = _case(request, uid)
    if request.method != "POST":
        return case_page(request, found)
    check_decide_case(request.user, found)
    form = _form(request, found, targets.of_case(found))
    if form is None:
        return _decided_already(request, found)
    if is_going_back(request):
        return case_page(request, found, form=form)
    if form.is_valid():
        asked = _ask_first(request, found, form)
        if asked is not None:
            return asked
        if not form.errors and _decided(request, found, form):
            return redirect("forums:moderation")
    return case_page(request, found, form=form, status=422)


def _ask_first(request: PersonRequest, found: Case, form: DecisionForm) -> HttpResponse | None:
    """Who gains and who loses by it, where a discussion is to be moved; None where that was seen, or is not asked."""
    said = form.cleaned_data
    # What else is missing is said first, by the action itself.
    if said["action"] != Action.MOVED or not said["room"] or not said["ground"]:
        return None
    question = Question(
        _("Move it to another room"),
        _("All that was said goes with it, and its address stays the same. Those who can still read it are told."),
        _("Move it and decide the case"),
        [_("The case is decided with it: its author is sent the rule, the facts and how to appeal.")],
    )
    thread = Thread.objects.select_related("room").get(pk=found.item_id or 0)
    try:
        return ask_before_moving(request, thread, said["room"], question, leave=found.get_absolute_url())
    except (Forbidden, Invalid) as refusal:
        form.add_error("room", str(refusal.reason))
        return None


def case_page(
    request: PersonRequest,
    found: Case,
    *,
    form: DecisionForm | None = None,
    proposal_form: ProposalForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, with forms that were refused where there are any."""
    target = targets.of_case(found)
    reads = discloses(request.user, found, target)
    proposals = list(found.proposals.select_related("by"))
    proposal = next((one for one in proposals if one.settled_at is None), None)
    may = can(check_decide_case, request.user, found)
    saved = list(saved_for(found)) if may and reads and found.closed_at is None else []
    context = _context(request, found, target if reads else None) | {
        "may": may,
        "form": form or _form(request, found, target, saved),
        "saved": saved,
        "proposal": proposal,
        "declined": [one for one in proposals if one.confirmed is False and one.answer],
        "may_settle": proposal is not None and can(check_second, request.user, proposal),
        "proposal_form": proposal_form or ProposalForm(),
    }
    return render(request, "forums/case.html", context, status=status)


def _form(
    request: PersonRequest, found: Case, target: Target, saved: Collection[SavedDecision] = ()
) -> DecisionForm | None:
    """What may be decided, where this person may, and reads what it is about; begun with what is `saved`, if asked."""
    if found.closed_at is not None or not can(check_decide_case, request.user, found):
        return None
    if not discloses(request.user, found, target):
        return None
    options = actions_for(request.user, found, target)
    label = target.item.label if target.item else None
    begun = _begun_with(request.GET.get("saved", ""), saved, options)
    rooms = None
    if Action.MOVED in options:
        rooms = rooms_to(request.user, Thread.objects.get(pk=found.item_id or 0))
    return DecisionForm(
        request.POST or None,
        actions=options,
        label=label,
        under_rule=target.is_under_rule,
        holds=Action.HELD in options,
        rooms=rooms,
        initial=begun,
    )


@login_required
@require_POST
def take(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Takes a case on, and so reads what was reported. It is recorded."""
    found = _case(request, uid)
    try:
        actions.take_case(by=request.user, case=found)
    except actions.AlreadyDecided:
        return _decided_already(request, found)
    return redirect(found)


def _case(request: PersonRequest, uid: uuid.UUID) -> Case:
    rows = Case.objects.visible_to(request.user).select_related("item__room", "item__parent", "room", "handler")
    found = rows.select_related("person").filter(uid=uid).first()
    if found is None:
        raise Unseen
    return found


def _begun_with(wanted: str, saved: Collection[SavedDecision], options: list[str]) -> dict[str, str]:
    """What the form begins with where a saved decision was chosen; what cannot be done here is left to choose."""
    row = next((one for one in saved if str(one.uid) == wanted), None)
    if row is None:
        return {}
    begun = {"ground": row.ground, "facts": row.facts}
    return begun | {"action": row.action} if row.action in options else begun


def _decided(request: PersonRequest, found: Case, form: DecisionForm) -> bool:
    try:
        done = actions.decide_case(by=request.user, case=found, **form.cleaned_data)
    except Invalid as refusal:
        add_refusal(form, refusal)
        return False
    except actions.AlreadyDecided as refusal:
        messages.info(request, str(refusal.reason))
        return True
    if isinstance(done, Proposal):
        messages.success(request, _("Proposed. It is decided once another moderator confirms it; they have been told."))
    elif done.action == Action.HELD:
        messages.success(request, _("Hidden. It waits here until it is decided."))
    else:
        messages.success(request, _("Decided. Everybody whom it concerns has been told."))
    return True


def _decided_already(request: PersonRequest, found: Case) -> HttpResponse:
    if found.closed_at is None:
        messages.info(request, _("Take the case on first, so that you have read what it is about."))
        return redirect(found)
    messages.info(request, _("Somebody else has decided this in the meantime."))
    return redirect("forums:moderation")


def _context(request: PersonRequest, found: Case, target: Target | None) -> dict[str, Any]:
    """What stands on the page of a case; of the thing itself only where this person reads it (`target`)."""
    said = list(found.reports.all())
    decided = list(
        found.decisions.exclude(action=Action.HELD).select_related("by", "sanction", "appeal")
        if found.closed_at
        else []
    )
    newest = next((one for one in decided if one.action not in RELIEF), None)
    context: dict[str, Any] = {
        "case": found,
        "reports": said,
        "grave": any(one.ground == Ground.THREAT for one in said),
        "decisions": decided,
        "undoable": newest if newest is not None and can(check_undo, request.user, newest) else None,
        "target": target,
    }
    if target is None:
        return context
    return context | {
        "words": target.own_words(),
        "byline": target.byline(request.user),
        "attached": target.attached(request.user),
        "stands_at": target.row.get_absolute_url() if target.is_seen_by(request.user) else "",
        "before": precedents.about_same_person(request.user, found),
    }
