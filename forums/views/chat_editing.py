"""What is done with one message, on pages that need no script: other words, taking it back, one press."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from forums import history
from forums.actions import chat_editing as actions
from forums.actions import chat_pinning as pinning
from forums.actions import chat_reactions as reactions
from forums.forms import EditMessageForm, add_refusal
from forums.models.chat import ChatMessage
from forums.permissions.chat import check_edit, check_retract, numbered
from forums.reactions import asked
from network import headcount
from network.live import TooLong
from network.models.rooms import Room
from network.permissions import Level, level_in, who_may
from network.refusals import Invalid
from network.requests import PersonRequest
from network.views.places import room_facts, room_or_404


@login_required
def edit(request: PersonRequest, slug: str, seq: int) -> HttpResponse:
    """Changing what one said. For its author."""
    room, message = _message(request, slug, seq)
    form = EditMessageForm(request.POST or None, initial={"body": message.body})
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_message(by=request.user, message=message, body=form.cleaned_data["body"])
        except (Invalid, TooLong) as refusal:
            add_refusal(form, refusal)
        else:
            return redirect(message.get_absolute_url())
    else:
        check_edit(request.user, message)
    context = _around(request, room, message) | {"form": form}
    return render(request, "forums/chat_edit.html", context, status=422 if form.errors else 200)


@login_required
def retract(request: PersonRequest, slug: str, seq: int) -> HttpResponse:
    """Taking back what one said, after a page that says what stays. For its author."""
    room, message = _message(request, slug, seq)
    if request.method == "POST":
        actions.retract_message(by=request.user, message=message)
        messages.success(request, _("Taken back."))
        return redirect(message.get_absolute_url())
    check_retract(request.user, message)
    return render(request, "forums/chat_retract.html", _around(request, room, message))


@login_required
@require_POST
def react(request: PersonRequest, slug: str, seq: int) -> HttpResponse:
    """Thanks for a message, agrees with it, or takes that back; for who reads it."""
    _room, message = _message(request, slug, seq)
    kind, given = asked(request.POST.get("kind", ""))
    (reactions.react_to_message if given else reactions.take_back_reaction)(by=request.user, message=message, kind=kind)
    return redirect(message.get_absolute_url())


@login_required
@require_POST
def pin(request: PersonRequest, slug: str, seq: int) -> HttpResponse:
    """Puts a message among what is pinned. For moderators."""
    _room, message = _message(request, slug, seq)
    pinning.pin_message(by=request.user, message=message)
    return redirect(message.get_absolute_url())


@login_required
@require_POST
def unpin(request: PersonRequest, slug: str, seq: int) -> HttpResponse:
    """Takes a message from among what is pinned. For moderators."""
    _room, message = _message(request, slug, seq)
    pinning.unpin_message(by=request.user, message=message)
    return redirect(message.get_absolute_url())


def _message(request: PersonRequest, slug: str, seq: int) -> tuple[Room, ChatMessage]:
    room = room_or_404(request.user, slug)
    message = numbered(request.user, room, seq)
    message.room = room
    return room, message


def _around(request: PersonRequest, room: Room, message: ChatMessage) -> dict[str, Any]:
    people = headcount.of(who_may(Level.VIEW, room))
    return {
        "room": room,
        "tab": "chat",
        "room_facts": room_facts(people, level_in(request.user, room)),
        "row": history.row(request.user, message, ()),
        "back": message.get_absolute_url(),
        "audience": people,
    }
