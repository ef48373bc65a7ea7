"""Making one account of two: which, what will happen, and that it is meant."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.actions.merging import merge_people, preview_merge
from accounts.forms.merging import ConfirmMergeForm, OtherAccountForm
from accounts.permissions.merging import check_may_merge
from network.forms import add_refusal
from network.models.people import User
from network.permissions import people_seen_by
from network.refusals import Refusal
from network.requests import PersonRequest


@login_required
def merge(request: PersonRequest, uid: str) -> HttpResponse:
    """A coordinator names the second account of a person, sees what would happen, and confirms it."""
    kept = get_object_or_404(people_seen_by(request.user), uid=uid)
    check_may_merge(request.user, kept)
    form = OtherAccountForm(request.GET if "address" in request.GET else None)
    context = {"kept": kept, "form": form}
    if not form.is_valid():
        return render(request, "accounts/merge.html", context)
    closed: User = form.cleaned_data["address"]
    confirm = ConfirmMergeForm(request.POST or None, closed=closed)
    try:
        if request.method == "POST" and confirm.is_valid():
            merge_people(by=request.user, kept=kept, closed=closed)
            messages.success(request, _("It is one account now. %(name)s is told.") % {"name": kept.name})
            return redirect(kept)
        preview = preview_merge(by=request.user, kept=kept, closed=closed)
    except Refusal as refusal:
        add_refusal(form, refusal)
        return render(request, "accounts/merge.html", context, status=422)
    return render(request, "accounts/merge.html", context | {"closed": closed, "preview": preview, "confirm": confirm})
