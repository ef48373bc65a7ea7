"""Decisions made ready: those of a room, those of all, and each by itself."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from forums.actions import saved as actions
from forums.forms import add_refusal
from forums.models.saved import SavedDecision
from forums.moderation_forms import SavedDecisionForm
from forums.permissions.rules import check_sets_up
from network.models.rooms import Room
from network.refusals import Refusal, Unseen
from network.requests import PersonRequest
from network.views.places import room_or_404


@login_required
def in_room(request: PersonRequest, slug: str) -> HttpResponse:
    """The saved decisions of a room, and a form for one more. For its moderators."""
    room = room_or_404(request.user, slug)
    check_sets_up(request.user, room)
    return _list(request, room)


@login_required
def everywhere(request: PersonRequest) -> HttpResponse:
    """Those that are offered in every room. For coordinators."""
    check_sets_up(request.user, None)
    return _list(request, None)


@login_required
def one(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """One of them, to be changed. For who may set it up."""
    row = _fetch(request, uid)
    form = SavedDecisionForm(request.POST or None, initial={name: getattr(row, name) for name in FIELDS})
    if request.method == "POST" and _saved(request, form, row.room, row):
        return redirect(_address(row.room))
    context = {"room": row.room, "tab": "discussions", "form": form, "saved": row, "back": _address(row.room)}
    return render(request, "forums/saved_one.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def forget(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Takes one away. For who may set it up."""
    row = _fetch(request, uid)
    actions.forget_decision(by=request.user, saved=row)
    messages.success(request, _("It is not offered any more."))
    return redirect(_address(row.room))


FIELDS = ("title", "action", "ground", "facts")


def _list(request: PersonRequest, room: Room | None) -> HttpResponse:
    form = SavedDecisionForm(request.POST or None)
    if request.method == "POST" and _saved(request, form, room, None):
        return redirect(_address(room))
    context = {"room": room, "tab": "discussions", "form": form, "saved": SavedDecision.objects.filter(room=room)}
    return render(request, "forums/saved.html", context, status=422 if form.errors else 200)


def _saved(request: PersonRequest, form: SavedDecisionForm, room: Room | None, row: SavedDecision | None) -> bool:
    if not form.is_valid():
        return False
    try:
        actions.save_decision(by=request.user, room=room, saved=row, **form.cleaned_data)
    except Refusal as refusal:
        add_refusal(form, refusal)
        return False
    messages.success(request, _("Saved. It is offered wherever such a case is decided."))
    return True


def _fetch(request: PersonRequest, uid: uuid.UUID) -> SavedDecision:
    row = SavedDecision.objects.select_related("room").filter(uid=uid).first()
    if row is None:
        raise Unseen
    check_sets_up(request.user, row.room)
    return row


def _address(room: Room | None) -> str:
    return reverse("forums:saved-decisions") if room is None else reverse("forums:room-saved", args=[room.slug])
