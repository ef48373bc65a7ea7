"""What somebody who has gone asks the moderators of a room to take away: they look, remove, and answer."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from network.actions import redactions as actions
from network.forms import add_refusal
from network.models.redactions import RedactionRequest
from network.permissions import Level, require
from network.redaction_forms import SettleForm
from network.redactions import left_for, tell
from network.refusals import Invalid
from network.requests import PersonRequest
from network.views.places import room_or_404

A_PAGE = 50


@login_required
@require_safe
def look(request: PersonRequest, slug: str, person: uuid.UUID) -> HttpResponse:
    """All that stays of them in this room and that this moderator sees, oldest first. For its moderators."""
    asked = _asked(request, slug, person)
    return _page(request, asked, SettleForm(is_answered=bool(asked.answer_to)))


@login_required
@require_POST
def remove(request: PersonRequest, slug: str, person: uuid.UUID) -> HttpResponse:
    """Removes what is ticked."""
    asked = _asked(request, slug, person)
    try:
        count = actions.redact(by=request.user, request=asked, chosen=request.POST.getlist("left"))
    except Invalid as refusal:
        messages.error(request, str(refusal.reason))
    else:
        said = ngettext("%(count)d thing is removed.", "%(count)d things are removed.", count)
        messages.success(request, said % {"count": count})
    return redirect(asked)


@login_required
@require_POST
def settle(request: PersonRequest, slug: str, person: uuid.UUID) -> HttpResponse:
    """Says that it is done, or that it stays and why."""
    asked = _asked(request, slug, person)
    form = SettleForm(request.POST, is_answered=bool(asked.answer_to))
    if form.is_valid():
        decision, reason = request.POST.get("decision"), form.cleaned_data["reason"]
        try:
            if decision not in ("done", "declined"):
                raise Invalid("", _("Say whether it is gone or stays."))
            actions.settle_redaction(by=request.user, request=asked, done=decision == "done", reason=reason)
        except Invalid as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The request is answered."))
            return redirect(asked)
    return _page(request, asked, form)


def _asked(request: PersonRequest, slug: str, person: uuid.UUID) -> RedactionRequest:
    place = room_or_404(request.user, slug)
    require(request.user, Level.MODERATE, place)
    rows = RedactionRequest.objects.visible_to(request.user).select_related("room", "user", "settled_by")
    return get_object_or_404(rows, room=place, user__uid=person)


def _page(request: PersonRequest, asked: RedactionRequest, form: SettleForm) -> HttpResponse:
    page = Paginator(left_for(request.user, asked), A_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "room": asked.room,
        "asked": asked,
        "page": page,
        "left": tell(request.user, page.object_list),
        "tick_all": "all" in request.GET,
        "form": form,
    }
    return render(request, "network/redaction.html", context, status=422 if form.is_bound else 200)
