"""Saying that something is wrong with a thing, and what became of it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from forums import targets
from forums.actions import cases as actions
from forums.forms import add_refusal
from forums.models.cases import RELIEF, Action, Decision, Ground, Report
from forums.moderation_forms import ReportForm
from forums.permissions.cases import check_report
from network.models.people import User
from network.permissions import NETWORK, Level, who_may
from network.refusals import Invalid
from network.requests import PersonRequest

REPORTS_A_PAGE = 20


@login_required
def report(request: PersonRequest, kind: str, uid: uuid.UUID) -> HttpResponse:
    """What is wrong with it? For everybody who sees it, but for whose it is. A threat leads to what to do now."""
    target = targets.seen_by(request.user, kind, uid)
    check_report(request.user, target)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            said = actions.report(by=request.user, target=target, **form.cleaned_data)
        except Invalid as refusal:
            add_refusal(form, refusal)
        else:
            number = {"number": said.case.number}
            messages.success(request, _("Thank you. Your report has the case number %(number)s.") % number)
            return redirect("forums:threat" if form.cleaned_data["ground"] == Ground.THREAT else said)
    context = {
        "target": target,
        "words": target.own_words(),
        "byline": target.byline(request.user),
        "form": form,
        "back": target.row.get_absolute_url(),
    }
    return render(request, "forums/report.html", context, status=422 if form.is_bound else 200)


@login_required
@require_safe
def reports(request: PersonRequest) -> HttpResponse:
    """What one reported oneself, newest first, whether it is decided, and whether anything was done about it."""
    decided = Decision.objects.filter(case=OuterRef("case")).exclude(action=Action.HELD).exclude(action__in=RELIEF)
    mine = Report.objects.filter(by=request.user).select_related("case__item").order_by("-at", "-pk")
    mine = mine.annotate(came_of_it=Subquery(decided.order_by("-at", "-pk").values("action")[:1]))
    page: Any = Paginator(mine, REPORTS_A_PAGE).get_page(request.GET.get("page"))
    for row in page.object_list:
        row.what = targets.word_for(row.case)
    return render(request, "forums/reports.html", {"page": page})


@login_required
@require_safe
def threat(request: PersonRequest) -> HttpResponse:
    """What to do where somebody's life or safety is in danger. Nothing here is passed on by itself."""
    coordinators: list[User] = list(who_may(Level.COORDINATE, NETWORK).order_by("name", "pk"))
    return render(request, "forums/threat.html", {"coordinators": coordinators})
