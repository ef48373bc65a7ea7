"""Letting somebody in again who was long away."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actions import absence
from network.permissions import people_seen_by
from network.requests import PersonRequest


@login_required
@require_POST
def reactivate(request: PersonRequest, uid: str) -> HttpResponse:
    """The person may sign in again; somebody has to tell them, since they did not read the letter either."""
    person = get_object_or_404(people_seen_by(request.user), uid=uid)
    absence.reactivate(by=request.user, person=person)
    messages.success(request, _("%(name)s may sign in again. Let them know.") % {"name": person.name})
    return redirect(person)
