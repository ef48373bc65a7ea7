"""Saying that one works on a document, taking that over, and taking it back."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from exchange.actions.working import WorkedOn, stop_working_on, work_on
from exchange.document_forms import WorkForm
from exchange.permissions import demand_add_version
from exchange.views.versions import document_or_unseen
from network.forms import add_refusal
from network.refusals import Refusal
from network.requests import PersonRequest
from network.views.items import standing


@login_required
def work(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Asks until when, names who works on it already, and says so to all. For whoever may share a version."""
    document = document_or_unseen(request, uid)
    demand_add_version(request.user, document)
    posted = request.method == "POST"
    form = WorkForm(request.POST if posted else None)
    holder = document.worker if document.worker != request.user else None
    if posted and form.is_valid():
        known = holder if holder is not None and holder.uid == form.cleaned_data["over"] else None
        try:
            work_on(by=request.user, document=document, until=form.cleaned_data["until"], over=known)
        except WorkedOn as refusal:
            holder = refusal.who
            add_refusal(form, refusal)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The others see until when you work on it."))
            return redirect(document)
    context = {
        **standing(request.user, document),
        "document": document,
        "form": form,
        "holder": holder,
        "tab": "documents",
    }
    return render(request, "exchange/document_work.html", context, status=422 if posted else 200)


@login_required
@require_POST
def stop(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """One does not work on it any more."""
    document = document_or_unseen(request, uid)
    stop_working_on(by=request.user, document=document)
    messages.success(request, _("You no longer work on it."))
    return redirect(document)
