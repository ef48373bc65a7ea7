"""The host sees to the personal data of somebody: finds, has exported, erases."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actions.exports import ask_for_export
from accounts.actions.leaving import erase_person
from accounts.actions.personal_data import find_data
from accounts.forms.leaving import EraseForm
from accounts.permissions.leaving import check_host, check_leave
from network.models.people import User
from network.permissions import can
from network.personal import NOWHERE
from network.refusals import Refusal
from network.requests import PersonRequest

MOST_FOUND = 50


@login_required
def people(request: PersonRequest) -> HttpResponse:
    """Finds somebody by address or name, whether or not they still take part."""
    check_host(request.user)
    words = request.GET.get("q", "").replace("\x00", "").strip()[:254]
    found = User.objects.exclude(email__endswith=NOWHERE).filter(Q(email__icontains=words) | Q(name__icontains=words))
    rows = list(found.order_by("name", "pk")[: MOST_FOUND + 1]) if words else []
    context = {"q": words, "people": rows[:MOST_FOUND], "more": len(rows) > MOST_FOUND}
    return render(request, "accounts/host_people.html", context)


@login_required
def person(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """What there is of somebody, kind by kind. That the host looked is recorded."""
    check_host(request.user)
    who = get_object_or_404(User, uid=uid)
    context = {
        "who": who,
        "gone": who.email.endswith(NOWHERE),
        "kinds": [(kind.name, count, kind.erase is not None) for kind, count in find_data(by=request.user, person=who)],
    }
    return render(request, "accounts/host_person.html", context)


@login_required
@require_POST
def export(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Has an export made for somebody, who gets the link."""
    check_host(request.user)
    who = get_object_or_404(User, uid=uid)
    try:
        ask_for_export(by=request.user, person=who)
    except Refusal as refusal:
        messages.error(request, str(refusal.reason))
    else:
        messages.success(request, _("The export is being made. The person gets a letter with a link for them alone."))
    return redirect("accounts:host-person", who.uid)


@login_required
def erase(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Erases somebody, after their address was typed."""
    check_host(request.user)
    who = get_object_or_404(User.objects.exclude(email__endswith=NOWHERE), uid=uid)
    form = EraseForm(request.POST or None, person=who)
    refusal = can(check_leave, who).reason
    if request.method == "POST" and form.is_valid():
        try:
            erase_person(by=request.user, person=who)
        except Refusal as refused:
            refusal = refused.reason
        else:
            messages.success(request, _("The account is closed and the personal data are erased."))
            return redirect("accounts:host-people")
    context = {"who": who, "form": form, "refusal": refusal}
    return render(request, "accounts/host_erase.html", context, status=422 if request.method == "POST" else 200)
