"""Who is kept from writing in a room, or from it: deciding it beside a post, and the list for the room's moderators."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from forums import reading, targets
from forums.actions import sanctions as actions
from forums.forms import add_refusal
from forums.models.cases import SANCTIONS, Decision
from forums.models.threads import Thread
from forums.moderation_forms import SanctionForm
from forums.permissions.sanctions import check_sanction
from forums.rows import Page
from forums.views.moderation import post_for_moderator
from network import chatham
from network.models.items import Participant
from network.models.rooms import Room
from network.models.sanctions import Sanction
from network.permissions import Level, can, require
from network.refusals import Forbidden, Invalid
from network.requests import PersonRequest
from network.views.places import room_or_404


@login_required
def sanction(request: PersonRequest, uid: uuid.UUID, post: uuid.UUID) -> HttpResponse:
    """Mutes or suspends whoever wrote a post. For moderators of its home room, and not for their own."""
    found = post_for_moderator(request, uid, post)
    if found.author_id == request.user.pk:
        raise Forbidden(_("Nobody decides about their own."))
    target = targets.of_post(found)
    answers = {one: can(check_sanction, request.user, target, one) for one in SANCTIONS}
    open_to = [one for one, answer in answers.items() if answer]
    if not open_to:
        raise Forbidden(next(iter(answers.values())).reason)
    form = SanctionForm(request.POST or None, actions=open_to)
    if request.method == "POST" and form.is_valid():
        try:
            actions.sanction(by=request.user, target=target, **form.cleaned_data)
        except Invalid as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Decided. Its author has been told, and how to appeal."))
            return redirect(reading.place_of(found, request.user))
    thread: Any = found.thread
    context = {
        "thread": thread,
        "room": reading.home_of(thread, request.user),
        "tab": "discussions",
        "row": Page(thread, request.user, moderates=True).one(found.uid, removed=True),
        "form": form,
    }
    return render(request, "forums/sanction.html", context, status=422 if form.is_bound else 200)


@login_required
@require_safe
def room_sanctions(request: PersonRequest, slug: str) -> HttpResponse:
    """Who is muted or suspended in a room now, and until when. For its moderators; a number under the rule."""
    room = room_or_404(request.user, slug)
    require(request.user, Level.MODERATE, room)
    context = {"room": room, "tab": "discussions", "told": _told(request, room)}
    return render(request, "forums/sanctions.html", context)


def _told(request: PersonRequest, room: Room) -> list[dict[str, Any]]:
    """Each with who it is for this reader. Three queries at most."""
    rows = list(
        Sanction.objects.current()
        .filter(room=room)
        .select_related("user", "item", "decision", "origin__decision")
        .order_by("until", "pk")
    )
    threads = {row.item_id for row in rows if row.item_id}
    seen = {}
    numbers: dict[tuple[int, int], int] = {}
    if threads:
        seen = {
            one.pk: one for one in Thread.objects.filter(pk__in=threads, merged_into=None).seen_inside_by(request.user)
        }
        for item, user, number in Participant.objects.filter(item__in=seen).values_list("item", "user", "number"):
            numbers[item, user] = number
    told: list[dict[str, Any]] = []
    for row in rows:
        if row.item_id is None:
            told.append({"row": row, "person": row.user, "thread": None, "decision": _decision(row)})
        elif row.item_id in seen:
            number = numbers.get((row.item_id, row.user_id), 0)
            byline = chatham.byline(row.user, None, reader=request.user, number=number)
            told.append({"row": row, "person": byline.name, "thread": seen[row.item_id], "decision": _decision(row)})
    return told


def _decision(row: Sanction) -> Decision | None:
    """By which it was imposed: of a mute that went along with posts, where it began."""
    return getattr(row.origin or row, "decision", None)
