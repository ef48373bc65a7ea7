"""Where the coordinators write what strangers read, the phases of the programme, and the themes."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from network.actions import programme as actions
from network.forms import PhaseForm, ProgrammeForm, ThemeForm, add_refusal
from network.models.items import Theme
from network.models.rooms import Phase, Programme
from network.permissions import NETWORK, Level, require
from network.refusals import Refusal
from network.requests import PersonRequest


@login_required
def edit(request: PersonRequest) -> HttpResponse:
    """One form for all of it, and the way to the phases; for coordinators."""
    require(request.user, Level.COORDINATE, NETWORK)
    form = ProgrammeForm(request.POST or None, instance=Programme.objects.first())
    if request.method == "POST" and form.is_valid():
        actions.describe(by=request.user, **form.cleaned_data)
        messages.success(request, _("Strangers read it this way from now on."))
        return redirect("network:programme")
    return render(request, "network/programme.html", {"form": form, "phases": Phase.objects.all()})


@login_required
def phase(request: PersonRequest, slug: str = "") -> HttpResponse:
    """A coordinator adds a phase, or changes one."""
    require(request.user, Level.COORDINATE, NETWORK)
    known = get_object_or_404(Phase, slug=slug) if slug else None
    form = PhaseForm(request.POST or None, instance=known)
    if request.method == "POST" and form.is_valid():
        try:
            actions.write_phase(by=request.user, phase=known, **form.cleaned_data)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The phase is written down."))
            return redirect("network:programme")
    return render(request, "network/phase.html", {"form": form, "phase": known})


@login_required
def themes(request: PersonRequest) -> HttpResponse:
    """All themes; a coordinator adds one here."""
    require(request.user, Level.COORDINATE, NETWORK)
    form = ThemeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.write_theme(by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The theme can be chosen from now on."))
            return redirect("network:themes")
    return render(request, "network/themes.html", {"form": form, "themes": Theme.objects.all()})


@login_required
def theme(request: PersonRequest, slug: str) -> HttpResponse:
    """A coordinator gives a theme another name; what is filed under it stays there."""
    require(request.user, Level.COORDINATE, NETWORK)
    known = get_object_or_404(Theme, slug=slug)
    form = ThemeForm(request.POST or None, initial={"name": known.name})
    if request.method == "POST" and form.is_valid():
        try:
            actions.write_theme(by=request.user, theme=known, **form.cleaned_data)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The theme has its new name."))
            return redirect("network:themes")
    return render(request, "network/theme.html", {"form": form, "theme": known})
