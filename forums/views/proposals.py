"""What a second moderator says to what another proposed."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from forums.actions import proposals as actions
from forums.actions.records import AlreadyDecided
from forums.forms import add_refusal
from forums.models.proposals import Proposal
from forums.moderation_forms import ProposalForm
from forums.permissions.proposals import check_second
from forums.views.cases import case_page
from network.refusals import Invalid, Unseen
from network.requests import PersonRequest


@login_required
@require_POST
def settle(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Confirms or declines. For the moderators of the room, or the coordinators, but not for who proposed it."""
    rows = Proposal.objects.select_related("case__item__room", "case__item__parent", "case__room", "case__person", "by")
    found = rows.filter(uid=uid).first()
    if found is None:
        raise Unseen
    check_second(request.user, found)
    form = ProposalForm(request.POST)
    try:
        if not form.is_valid():
            raise Invalid("answer", "")
        if request.POST.get("decision") == "confirm":
            actions.confirm(by=request.user, proposal=found)
            messages.success(request, _("Decided. Everybody whom it concerns has been told."))
        else:
            actions.decline(by=request.user, proposal=found, answer=form.cleaned_data["answer"])
            messages.success(request, _("Declined. Who proposed it has been told."))
    except AlreadyDecided as refusal:
        messages.info(request, str(refusal.reason))
    except Invalid as refusal:
        if refusal.reason:
            add_refusal(form, refusal)
        return case_page(request, found.case, proposal_form=form, status=422)
    return redirect("forums:moderation")
