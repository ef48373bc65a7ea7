"""Moving a discussion, taking it apart, joining it to another: first who gains and loses, then it is done."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from forums import reach, reading
from forums.actions import moving, splitting, undoing
from forums.forms import add_refusal
from forums.models.changes import Change
from forums.models.threads import Post, Purpose, Thread
from forums.moving_forms import MergeForm, MoveForm, SplitForm
from forums.permissions.moving import check_merge, check_move, check_rearrange, check_split, rooms_to
from forums.rows import Page
from network.headcount import Change as Readers
from network.labels import Label
from network.models.items import State
from network.models.rooms import Room
from network.refusals import Forbidden, Invalid, Refusal, Unseen
from network.rehearsals import mark_of
from network.requests import PersonRequest
from network.views.confirming import has_seen, is_going_back, is_stale

MOST_OFFERED = 200
DONE = gettext_lazy("It is done. For a day a moderator can undo it, under “More with this discussion”.")


@dataclass(frozen=True)
class Question:
    """What is asked before it is done."""

    title: str | Promise
    lead: str | Promise
    submit: str | Promise
    sentences: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Preview:
    """Who gains and who loses, and how many people come to moderate it."""

    change: Readers
    moderators: int = 0


@login_required
def move(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """To another room. For moderators who contribute there."""
    thread = reading.fetch(request.user, uid)
    check_rearrange(request.user, thread)
    rooms, label = rooms_to(request.user, thread), Label(thread.tlp)
    form = MoveForm(request.POST or None, rooms=rooms, label=label)
    question = Question(
        _("Move it to another room"),
        _("All that was said goes with it, and its address stays the same. Those who can still read it are told."),
        _("Move the discussion"),
    )

    def preview() -> Preview:
        return _look_at_move(request, thread, form.cleaned_data["room"], question)

    def act() -> Thread:
        moving.move_thread(by=request.user, thread=thread, **form.cleaned_data)
        return thread

    return _step(request, thread, form, question, preview, act, refused_at="room")


@login_required
def split(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """A part of it becomes a discussion of its own. For moderators."""
    thread = reading.fetch(request.user, uid)
    check_split(request.user, thread)
    rows = Page(thread, request.user, moderates=thread.moderates).beginnings()
    form = SplitForm(request.POST or None, posts=[row["uid"] for row in rows])
    ticked = request.POST.getlist("posts") or request.GET.getlist("post")
    for row in rows:
        row["ticked"] = str(row["uid"]) in ticked
    question = Question(
        _("Make a discussion of its own of a part"),
        _("Replies and all that answers them become a discussion of this room, with the same label."),
        _("Make it a discussion of its own"),
    )

    def act() -> Thread:
        return splitting.split_thread(by=request.user, thread=thread, **form.cleaned_data)

    def preview() -> Preview:
        with transaction.atomic():
            new = act()
            change = reach.change_between(thread, new)
            count = Post.objects.filter(thread=new).count()
            transaction.set_rollback(True)
        words = ngettext("%(n)d post goes to “%(title)s”.", "%(n)d posts go to “%(title)s”.", count)
        question.sentences.append(words % {"n": count, "title": form.cleaned_data["title"]})
        return Preview(change)

    return _step(request, thread, form, question, preview, act, refused_at="posts", rows=rows)


@login_required
def merge(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """It is joined to another discussion of its room. For moderators."""
    thread = reading.fetch(request.user, uid)
    check_rearrange(request.user, thread)
    others = Thread.objects.seen_inside_by(request.user).filter(room=thread.room, parent=None, chatham=False)
    others = others.filter(state__in=(State.PUBLISHED, State.ARCHIVED), tlp__gte=thread.tlp).exclude(pk=thread.pk)
    others = others.exclude(purpose=Purpose.ANNOUNCEMENT).order_by("-active_at", "-pk")
    offered = Thread.objects.filter(pk__in=list(others.values_list("pk", flat=True)[:MOST_OFFERED]))
    form = MergeForm(request.POST or None, threads=offered.order_by("-active_at", "-pk"))
    question = Question(
        _("Join it to another discussion"),
        _("Its posts go below the opening post of the other, and its address leads there."),
        _("Join the two"),
    )

    def preview() -> Preview:
        into = form.cleaned_data["into"]
        check_merge(request.user, thread, into)
        question.sentences.append(_("All its posts go to “%(title)s”.") % {"title": into.title})
        return Preview(reach.change_between(thread, into))

    def act() -> Thread:
        return splitting.merge_threads(by=request.user, thread=thread, **form.cleaned_data)

    return _step(request, thread, form, question, preview, act, refused_at="into")


@login_required
@require_POST
def undo(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Undoes what was done with a discussion. For moderators, for a day."""
    change = Change.objects.select_related("thread", "other", "room", "to_room").filter(uid=uid).first()
    if change is None:
        raise Unseen
    thread = undoing.undo_change(by=request.user, change=change)
    messages.success(request, _("It is as it was before."))
    return redirect(thread)


def _step(
    request: PersonRequest,
    thread: Thread,
    form: forms.Form,
    question: Question,
    preview: Callable[[], Preview],
    act: Callable[[], Thread],
    *,
    refused_at: str,
    rows: list[dict[str, Any]] | None = None,
) -> HttpResponse:
    """The form; then who gains and loses; then, once that was seen, it is done."""
    context: dict[str, Any] = {
        "thread": thread,
        "room": reading.home_of(thread, request.user),
        "tab": "discussions",
        "question": question,
        "form": form,
        "rows": rows,
    }
    status = 200
    if form.is_bound and not is_going_back(request):
        status = 422
        if form.is_valid():
            try:
                asked = _sure(request, context, preview(), thread.get_absolute_url())
                if asked is not None:
                    return asked
                where = act()
                messages.success(request, str(DONE))
                return redirect(where)
            except (Invalid, Forbidden) as refusal:
                status = 403 if isinstance(refusal, Forbidden) else 422
                _refuse(form, refusal, refused_at)
    return render(request, "forums/move.html", context, status=status)


def _look_at_move(request: PersonRequest, thread: Thread, room: Room, question: Question) -> Preview:
    """Who gains and loses by it. Raises what moving it would raise."""
    check_move(request.user, thread, room)
    question.sentences.append(_("It goes to the room “%(room)s”.") % {"room": room.name})
    return Preview(reach.change_by_move(thread, room), reach.moderators_gained(thread, room).count())


def ask_before_moving(
    request: PersonRequest, thread: Thread, room: Room, question: Question, *, leave: str
) -> HttpResponse | None:
    """The page that says who gains and loses; None once its reader has said yes to exactly that.

    What was typed goes along unseen. Raises what moving it would raise.
    """
    found = _look_at_move(request, thread, room, question)
    return _sure(request, {"thread": thread, "question": question}, found, leave)


def _sure(request: PersonRequest, context: dict[str, Any], found: Preview, leave: str) -> HttpResponse | None:
    mark = mark_of([found.change.keys, found.moderators, context["question"].sentences])
    if has_seen(request, mark):
        return None
    shown = {"preview": found, "mark": mark, "sent": _sent(request), "stale": is_stale(request, mark), "leave": leave}
    return render(request, "forums/sure.html", context | shown)


def _refuse(form: forms.Form, refusal: Refusal, field: str) -> None:
    """The reason stands at what was chosen, where the refusal names no field of its own."""
    if getattr(refusal, "field", ""):
        add_refusal(form, refusal)
    else:
        form.add_error(field, str(refusal.reason))


def _sent(request: PersonRequest) -> list[tuple[str, str]]:
    """What was typed, to go along unseen."""
    kept = {name: request.POST.getlist(name) for name in request.POST if name not in ("csrfmiddlewaretoken", "seen")}
    return [(name, value) for name, values in kept.items() for value in values]
