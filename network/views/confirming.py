"""The step before a change to a room: who gains, who loses, and what of the past that opens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from network.models.rooms import Room
from network.place_forms import SureForm
from network.rehearsals import rehearse
from network.requests import PersonRequest


@dataclass(frozen=True)
class Question:
    """What is about to be done, in words: title, sentences, the button, where one goes to leave it as it is."""

    title: str
    sentences: list[str]
    submit: str
    leave: str


def ask_first(
    request: PersonRequest, *, room: Room, form: forms.Form, act: Callable[[], object], question: Question, tab: str
) -> HttpResponse | None:
    """The page that says what `act` would do; None once its reader has said yes to exactly this.

    What was typed goes along unseen, so that "Go back" brings it back. Raises what `act` raises.
    """
    rehearsal = rehearse(by=request.user, room=room, act=act)
    answered = has_seen(request, rehearsal.mark)
    sure = SureForm(request.POST if answered else None, rehearsal=rehearsal)
    if answered and sure.is_valid():
        return None
    context = {
        "room": room,
        "tab": tab,
        "form": form,
        "rehearsal": rehearsal,
        "sure": sure,
        "question": question,
        "stale": is_stale(request, rehearsal.mark),
    }
    return render(request, "network/room_sure.html", context, status=422 if sure.is_bound else 200)


def has_seen(request: PersonRequest, mark: str) -> bool:
    """Whether its reader says yes to exactly what would be shown now."""
    return request.POST.get("seen") == mark


def is_stale(request: PersonRequest, mark: str) -> bool:
    """Whether they said yes to something else, which has changed meanwhile."""
    return "seen" in request.POST and not has_seen(request, mark)


def is_going_back(request: PersonRequest) -> bool:
    """Whether the reader of that page went back to what they typed."""
    return "back" in request.POST
