"""Taking back a decision that was a mistake, and letting somebody back before the time."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from forums.actions import restoring
from forums.actions.records import AlreadyDecided
from forums.forms import add_refusal
from forums.models.cases import Case, Decision
from forums.moderation_forms import UndoForm
from forums.permissions.undoing import check_undo
from network.refusals import Invalid, Unseen
from network.requests import PersonRequest


@login_required
def undo(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Takes a decision back. For who decided it or could have, within a day; a sanction as long as it runs."""
    seen = Case.objects.visible_to(request.user).order_by().values("pk")
    rows = Decision.objects.filter(case__in=seen).select_related("case__item__room", "case__room", "sanction", "appeal")
    found = rows.filter(uid=uid).first()
    if found is None:
        raise Unseen
    check_undo(request.user, found)
    form = UndoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            restoring.undo(by=request.user, decision=found, facts=form.cleaned_data["facts"])
        except Invalid as refusal:
            add_refusal(form, refusal)
        except AlreadyDecided as refusal:
            messages.info(request, str(refusal.reason))
            return redirect(found.case)
        else:
            messages.success(request, _("Undone. Its author has been told."))
            return redirect(found.case)
    context = {"decision": found, "case": found.case, "form": form}
    return render(request, "forums/undo.html", context, status=422 if form.is_bound else 200)
