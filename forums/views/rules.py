"""What holds a text for a moderator, in one room and in all of them."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from forums.actions import rules as actions
from forums.forms import add_refusal
from forums.models.rules import Rule
from forums.moderation_forms import RuleForm
from forums.permissions.rules import check_sets_up
from network.models.rooms import Room
from network.refusals import Refusal, Unseen
from network.requests import PersonRequest
from network.views.places import room_or_404


@login_required
def room_rules(request: PersonRequest, slug: str) -> HttpResponse:
    """The rules of a room, those of all rooms, and a form for one more. For its moderators."""
    room = room_or_404(request.user, slug)
    check_sets_up(request.user, room)
    return _rules(request, room)


@login_required
def rules(request: PersonRequest) -> HttpResponse:
    """The rules of all rooms. For coordinators."""
    check_sets_up(request.user, None)
    return _rules(request, None)


def _rules(request: PersonRequest, room: Room | None) -> HttpResponse:
    form = RuleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_rule(by=request.user, room=room, **form.cleaned_data)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The rule holds what is written from now on."))
            return redirect(_address(room))
    found = list(Rule.objects.filter(room=room).select_related("by"))
    everywhere = list(Rule.objects.filter(room=None)) if room is not None else []
    context = {"room": room, "tab": "discussions", "form": form, "rules": found, "everywhere": everywhere}
    return render(request, "forums/rules.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def remove(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Takes a rule away. For moderators of its room; of all rooms, for coordinators."""
    rule = Rule.objects.select_related("room").filter(uid=uid).first()
    if rule is None:
        raise Unseen
    actions.remove_rule(by=request.user, rule=rule)
    messages.success(request, _("The rule is gone. What it held still waits for a moderator."))
    return redirect(_address(rule.room))


def _address(room: Room | None) -> str:
    return reverse("forums:rules") if room is None else reverse("forums:room-rules", args=[room.slug])
