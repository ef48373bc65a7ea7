"""How long each kind of data is kept, on one page."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from network.actions.retention import keep_for
from network.forms import add_refusal
from network.permissions.retention import check_retention
from network.refusals import Invalid
from network.requests import PersonRequest
from network.retention import KINDS, all_days, last_reports
from network.retention_forms import RetentionForm


@login_required
def edit(request: PersonRequest) -> HttpResponse:
    """One form for all kinds; for coordinators and whoever hosts the network."""
    check_retention(request.user)
    form = RetentionForm(request.POST or None, initial=all_days())
    if request.method == "POST" and form.is_valid() and _save(request, form):
        return redirect("network:retention")
    reports = last_reports()
    rows = [(kind, form[key], reports.get(key)) for key, kind in KINDS.items()]
    return render(request, "network/retention.html", {"form": form, "rows": rows})


def _save(request: PersonRequest, form: RetentionForm) -> bool:
    try:
        changed = keep_for(by=request.user, kept=form.cleaned_data)
    except Invalid as refusal:
        add_refusal(form, refusal)
        return False
    if changed:
        messages.success(request, _("This holds from now on. What is due is removed in the coming night."))
    return True
