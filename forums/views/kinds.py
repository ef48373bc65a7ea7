"""What is done with a discussion as a whole: its answer, what it is, pinning, closing, replies to an announcement."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from forums import polls, reading
from forums.actions import answers, closing, pinning
from forums.forms import CloseForm, add_refusal
from forums.models.threads import Cause, Post, Purpose, Thread
from forums.permissions.kinds import causes_for, is_starter
from network.refusals import Invalid, Unseen
from network.requests import PersonRequest


@login_required
@require_POST
def mark(request: PersonRequest, uid: uuid.UUID, post: uuid.UUID) -> HttpResponse:
    """Marks a reply as the answer. For whoever asked, and moderators."""
    thread = reading.fetch(request.user, uid)
    found = Post.objects.filter(thread=thread).placed_for(request.user, moderates=thread.moderates)
    row = found.select_related("author").filter(uid=post).first()
    if row is None:
        raise Unseen
    row.thread = thread
    answers.mark_answer(by=request.user, post=row)
    messages.success(request, _("This is the answer now. The question stands in the list of unanswered ones no more."))
    return redirect(reading.place_of(row, request.user))


@login_required
@require_POST
def unmark(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Takes the mark off again."""
    thread = reading.fetch(request.user, uid)
    answers.unmark_answer(by=request.user, thread=thread)
    messages.success(request, _("The question waits for an answer again."))
    return redirect(thread)


@login_required
@require_POST
def pin(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Puts a discussion on top of the room's list. For moderators."""
    thread = reading.fetch(request.user, uid)
    pinning.pin_thread(by=request.user, thread=thread)
    messages.success(request, _("It stands on top of the room’s discussions."))
    return redirect(thread)


@login_required
@require_POST
def unpin(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Takes it off the top again."""
    thread = reading.fetch(request.user, uid)
    pinning.unpin_thread(by=request.user, thread=thread)
    messages.success(request, _("It takes its place among the other discussions."))
    return redirect(thread)


@login_required
def close(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Closing a discussion with a reason. For whoever began it, and moderators."""
    thread = reading.fetch(request.user, uid)
    form = CloseForm(request.POST if request.method == "POST" else None, causes=causes_for(request.user, thread))
    if form.is_valid():
        try:
            said = _shut(request, thread, form.cleaned_data)
        except Invalid as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, said)
            return redirect(thread)
    context = {
        "thread": thread,
        "room": reading.home_of(thread, request.user),
        "tab": "discussions",
        "form": form,
        "may_lock": thread.moderates and not is_starter(request.user, thread),
        "poll": polls.open_in(thread),
    }
    return render(request, "forums/close.html", context, status=422 if form.is_bound else 200)


def _shut(request: PersonRequest, thread: Thread, said: dict[str, Any]) -> str:
    """Locks it or closes it, as was chosen. What has been done, in a sentence."""
    if said["cause"] == Cause.LOCKED:
        closing.lock_thread(by=request.user, thread=thread, reason=said["reason"])
        return _("The discussion is locked. Everybody reads it, nobody replies.")
    closing.close_thread(by=request.user, thread=thread, **said)
    return _("The discussion is closed. Everybody reads it, nobody replies.")


@login_required
@require_POST
def reopen(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Opens a closed discussion for replies again."""
    thread = reading.fetch(request.user, uid)
    closing.reopen_thread(by=request.user, thread=thread)
    messages.success(request, _("The discussion is open for replies again."))
    return redirect(thread)


@login_required
@require_POST
def purpose(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Makes a question of a discussion, or the other way round. For whoever began it, and moderators."""
    thread = reading.fetch(request.user, uid)
    answers.change_purpose(by=request.user, thread=thread, purpose=request.POST.get("purpose", ""))
    if request.POST.get("purpose") == Purpose.QUESTION:
        messages.success(request, _("It is a question now, and waits in the list of unanswered ones."))
    else:
        messages.success(request, _("It is a discussion now, and waits for no answer."))
    return redirect(thread)


@login_required
@require_POST
def replies(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Says whether an announcement is answered. For moderators."""
    thread = reading.fetch(request.user, uid)
    welcome = request.POST.get("welcome") == "1"
    closing.welcome_replies(by=request.user, thread=thread, welcome=welcome)
    said = _("Replies are welcome from now on.") if welcome else _("Nobody replies to it any more.")
    messages.success(request, said)
    return redirect(thread)
