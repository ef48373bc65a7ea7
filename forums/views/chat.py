"""The chat of a room as a page: history, and a form that works without the socket."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from forums import history
from forums.actions import chat as actions
from forums.forms import ChatForm, ToDayForm
from forums.models.chat import ChatMessage
from forums.permissions.chat import answered, check_say
from network import clock, headcount
from network.models.items import State
from network.models.people import Partner, User
from network.models.rooms import Room
from network.permissions import Level, by_hat, can, level_in, partners_to_act_for, who_may
from network.refusals import Invalid, Refusal, Unseen
from network.requests import PersonRequest
from network.views.places import room_facts, room_or_404

LARGEST = 2**62  # of numbers in an address; beyond it there is nothing anyway


@login_required
def chat(request: PersonRequest, slug: str) -> HttpResponse:
    """The newest fifty messages, others by `before` and `after`, one and what stands around it by `message`, those of a
    day by `day`; `report` leads on. For who views the room; the form is for contributors.
    """
    room = room_or_404(request.user, slug)
    if (seq := _number(request, "report")) is not None:
        return _to_report(request, room, seq)
    form = None
    if request.method == "POST":
        form = ChatForm(request.POST)
        if form.is_valid() and (message := _say(request, room, form)) is not None:
            if message.state == State.HELD:
                messages.info(
                    request, _("A moderator will look at it first. Until then you and the moderators read it.")
                )
            return redirect(f"{request.path}#message-{message.seq}")
    context = _page(request, room) | _composer(request, room, form)
    return render(request, "forums/chat.html", context, status=422 if form else 200)


def _say(request: PersonRequest, room: Room, form: ChatForm) -> ChatMessage | None:
    said: dict[str, Any] = {
        "by": request.user,
        "room": room,
        "body": form.cleaned_data["body"],
        "reply_to": form.cleaned_data["reply_to"],
    }
    try:
        try:
            return actions.say(client_id=form.cleaned_data["once"] or uuid.uuid4(), **said)
        except Invalid as refusal:
            # A browser's way back brings the form again with its key: other words are another message.
            if refusal.field != "id":
                raise
            return actions.say(client_id=uuid.uuid4(), **said)
    except Refusal as refusal:
        if not isinstance(refusal, Invalid) and refusal.code != "too_long":
            raise
        form.add_error("body", str(refusal.reason))
        return None


def _to_report(request: PersonRequest, room: Room, seq: int) -> HttpResponse:
    """To where a message of this room is reported: it is known to the page by its number alone."""
    message = ChatMessage.objects.visible_to(request.user).filter(room=room, seq=seq).first()
    if message is None:
        raise Unseen
    return redirect("forums:report", "message", message.uid)


def _page(request: PersonRequest, room: Room) -> dict[str, Any]:
    level = level_in(request.user, room)
    moderates = level is not None and level >= Level.MODERATE
    to_day = ToDayForm(request.GET if request.GET.get("day") else None)
    linked = _linked(request, room, moderates=moderates)
    cut = history.around(linked) if linked is not None else _cut(request, room, to_day, moderates=moderates)
    people = headcount.of(who_may(Level.VIEW, room))
    return {
        "room": room,
        "tab": "chat",
        "room_facts": room_facts(people, level),
        "audience": people,
        "moderates": moderates,
        "may_react": not room.is_archived,
        "today": timezone.localdate(clock.now()),
        "to_day": to_day,
        "pinned": history.pinned(request.user, room),
        "history": history.read(request.user, room, moderates=moderates, cut=cut, linked=linked),
    }


def _linked(request: PersonRequest, room: Room, *, moderates: bool) -> int | None:
    """The number of the message that a link leads to; Unseen where it is not there for this person."""
    number = _number(request, "message")
    if number is None:
        return None
    found = history.standing(request.user, room, number, moderates=moderates)
    if found is None:
        raise Unseen
    return found


def _cut(request: PersonRequest, room: Room, to_day: ToDayForm, *, moderates: bool) -> history.Cut:
    if to_day.is_bound and to_day.is_valid():
        first = history.first_on(request.user, room, to_day.cleaned_data["day"], moderates=moderates)
        if first is not None:
            return history.above(first - 1)
        to_day.add_error("day", _("Nothing was said on that day or after it. The newest messages stand here."))
    elif (before := _number(request, "before")) is not None:
        return history.below(before)
    elif (after := _number(request, "after")) is not None:
        return history.above(after)
    return history.Cut()


def _composer(request: PersonRequest, room: Room, form: ChatForm | None) -> dict[str, Any]:
    may_say = can(check_say, request.user, room)
    if not may_say:
        return {"may_say": may_say}
    seq = _number(request, "reply_to") if form is None else form.cleaned_data.get("reply_to")
    try:
        target = answered(request.user, room, seq)
    except Invalid:
        target = None
    return {
        "may_say": may_say,
        "form": form or ChatForm(initial={"reply_to": target.seq if target else None}),
        "answers": history.quote(target),
        "speaks_for": _speaker(request.user, room),
    }


def _speaker(user: User, room: Room) -> Partner | None:
    return partners_to_act_for(user, room).order_by(*by_hat(user)).first()


def _number(request: HttpRequest, name: str) -> int | None:
    value = request.GET.get(name, "")
    return min(int(value), LARGEST) if value.isascii() and value.isdecimal() and len(value) < 20 else None
