"""Where the coordinators write what strangers read."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from network.actions.programme import describe
from network.forms import ProgrammeForm
from network.models.rooms import Programme
from network.permissions import NETWORK, Level, require
from network.requests import PersonRequest


@login_required
def edit(request: PersonRequest) -> HttpResponse:
    """One form for all of it; for coordinators."""
    require(request.user, Level.COORDINATE, NETWORK)
    form = ProgrammeForm(request.POST or None, instance=Programme.objects.first())
    if request.method == "POST" and form.is_valid():
        describe(by=request.user, **form.cleaned_data)
        messages.success(request, _("Strangers read it this way from now on."))
        return redirect("network:programme")
    return render(request, "network/programme.html", {"form": form})
