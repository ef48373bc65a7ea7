"""A person moves to another partner: filled in, looked at, done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.actions.moving import move_person, preview_move
from accounts.forms.moving import MoveForm
from accounts.permissions.moving import check_may_move
from network.forms import add_refusal
from network.permissions import people_seen_by
from network.refusals import Refusal
from network.requests import PersonRequest


@login_required
def move(request: PersonRequest, uid: str) -> HttpResponse:
    """Shows first what changes; a second press of the button does it."""
    person = get_object_or_404(people_seen_by(request.user), uid=uid)
    check_may_move(request.user, person)
    form = MoveForm(request.POST or None, by=request.user, person=person)
    context: dict[str, Any] = {"who": person, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            if "sure" in request.POST:
                move_person(by=request.user, person=person, **form.chosen)
                messages.success(
                    request,
                    _("%(name)s moves to %(partner)s. Both partners are told.")
                    % {"name": person.name, "partner": form.cleaned_data["new"].short_name},
                )
                return redirect(person)
            context["preview"] = preview_move(by=request.user, person=person, **form.chosen)
        except Refusal as refusal:
            add_refusal(form, refusal)
    return render(request, "accounts/move.html", context)
