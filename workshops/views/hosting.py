"""Announcing a workshop, changing it, cancelling it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from network.forms import add_refusal
from network.models import Release, State
from network.permissions import Level, require
from network.refusals import Refusal
from network.requests import PersonRequest
from network.views.places import room_or_404
from workshops.actions import meetings as actions
from workshops.forms import AnnounceForm, CancelForm, ChangeForm
from workshops.permissions import check_cancel, check_change
from workshops.views.meetings import workshop_or_unseen
from workshops.views.places import room_context


@login_required
def announce(request: PersonRequest, slug: str) -> HttpResponse:
    """The form to announce a workshop, and its announcing. For whoever contributes to the room."""
    room = room_or_404(request.user, slug)
    require(request.user, Level.CONTRIBUTE, room)
    form = AnnounceForm(request.POST if request.method == "POST" else None, by=request.user, room=room)
    if form.is_bound and form.is_valid():
        workshop = _done(form, actions.announce, by=request.user, room=room, **form.cleaned_data)
        if workshop:
            _say(request, form.notes)
            if workshop.state == State.HELD:
                said = _("The workshop waits for a moderator; until then only you and they see it.")
            else:
                said = _("The workshop is announced.")
            messages.success(request, said)
            return redirect(workshop)
    context = {**room_context(request.user, room), "form": form}
    return render(request, "workshops/announce.html", context, status=422 if form.is_bound else 200)


@login_required
def edit(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """The form to change a workshop, and its change. For its source and the moderators of its room."""
    workshop = workshop_or_unseen(request, uid, inside=True)
    check_change(request.user, workshop)
    form = ChangeForm(request.POST if request.method == "POST" else None, workshop=workshop)
    valid = form.is_bound and form.is_valid()
    if valid and _done(form, actions.change, by=request.user, workshop=workshop, **form.changes()):
        _say(request, form.notes)
        messages.success(request, _("The changes are kept."))
        return redirect(workshop)
    released = Release.objects.filter(item=workshop).exists()
    context = {"workshop": workshop, "form": form, "released": released, "room": workshop.home, "tab": "workshops"}
    return render(request, "workshops/edit.html", context, status=422 if form.is_bound else 200)


@login_required
def cancel(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Asks once more, then cancels. For its source and the moderators of its room."""
    workshop = workshop_or_unseen(request, uid, inside=True)
    check_cancel(request.user, workshop)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        actions.cancel(by=request.user, workshop=workshop, **form.cleaned_data)
        messages.success(request, _("The workshop is cancelled, and those who would have come are told."))
        return redirect(workshop)
    context = {"workshop": workshop, "form": form, "room": workshop.home, "tab": "workshops"}
    return render(request, "workshops/cancel.html", context, status=422 if form.is_bound else 200)


def _done(form: Any, action: Any, **given: Any) -> Any:
    """What the action made; None where it refused, and then its reason stands in the form."""
    try:
        return action(**given)
    except Refusal as refusal:
        add_refusal(form, refusal)
        return None


def _say(request: HttpRequest, notes: list[str]) -> None:
    for note in notes:
        messages.info(request, note)
