"""What people may do for the whole network: the page where coordinators allow and withdraw it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from network import clock
from network.actions import mandates as actions
from network.forms import add_refusal
from network.models.people import User
from network.models.standing import Mandate
from network.permissions import NETWORK, Level, require
from network.place_forms import MandateForm
from network.place_sentences import mandate_sentence
from network.refusals import Refusal
from network.requests import PersonRequest


@login_required
def index(request: PersonRequest) -> HttpResponse:
    """Who may open rooms, and who hosts the network, as sentences with their dates. For coordinators."""
    require(request.user, Level.COORDINATE, NETWORK)
    form = MandateForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            mandate = actions.give_mandate(by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, f"{mandate_sentence(mandate)}.")
            return redirect("network:mandates")
    rows = Mandate.objects.unended().select_related("user", "by").order_by("kind", "user__name")
    context = {
        "form": form,
        "rows": [(one, mandate_sentence(one), one.since > clock.now()) for one in rows],
    }
    return render(request, "network/mandates.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def withdraw(request: PersonRequest, person: str, kind: str) -> HttpResponse:
    """A coordinator takes a mandate back."""
    require(request.user, Level.COORDINATE, NETWORK)
    whose = get_object_or_404(User, uid=person)
    actions.withdraw_mandate(by=request.user, person=whose, kind=kind)
    messages.success(request, _("%(name)s may not do this any more.") % {"name": whose.name})
    return redirect("network:mandates")
