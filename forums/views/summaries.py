"""Summing up a discussion."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render

from forums import reading
from forums.actions.summaries import summarise
from forums.forms import SummaryForm, add_refusal
from forums.models.summaries import Summary
from forums.permissions.summaries import demand_summary
from network.actions.openings import opened
from network.chatham import named
from network.refusals import Invalid
from network.requests import PersonRequest


@login_required
def summary(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """The form for the summary of a discussion. For who started it, and for the moderators of its home room."""
    thread: Any = reading.fetch(request.user, uid)
    demand_summary(request.user, thread, contributes=thread.contributes, moderates=thread.moderates)
    opened(by=request.user, item=thread)
    there = Summary.objects.filter(thread=thread).first()
    now = {"body": there.body if there else "", "version": there.version if there else 0}
    sent = request.method == "POST"
    typed = request.POST.copy()
    form = SummaryForm(typed if sent else None, initial=now)
    if sent and form.is_valid():
        try:
            summarise(by=request.user, thread=thread, **form.cleaned_data)
        except Invalid as refusal:
            # Sent again, it goes over what is shown now.
            typed["version"] = str(now["version"])
            add_refusal(form, refusal)
        else:
            return redirect(thread)
    named([thread], request.user)
    context = {
        "thread": thread,
        "form": form,
        "theirs": there if sent else None,
        "room": reading.home_of(thread, request.user),
        "tab": "discussions",
    }
    return render(request, "forums/summary.html", context, status=422 if sent else 200)
