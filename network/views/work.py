"""What is done in the background, for the host of the network."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from network.actions import work as actions
from network.background import board
from network.permissions import NETWORK, Level, require
from network.requests import PersonRequest

SHOWN = 50


@login_required
@require_safe
def index(request: PersonRequest) -> HttpResponse:
    """What failed, runs, waits and was done lately; tasks by name and key, never what they speak of."""
    require(request.user, Level.OPERATE, NETWORK)
    context = {
        "workers": board.workers(),
        "failed": board.failed(SHOWN),
        "running": board.running(SHOWN),
        "waiting": board.waiting(SHOWN),
        "done": board.done(),
    }
    return render(request, "network/work.html", context)


@login_required
@require_POST
def try_again(request: PersonRequest, uid: UUID) -> HttpResponse:
    """Has a task that was given up tried again."""
    actions.try_again(by=request.user, uid=uid)
    messages.success(request, _("It is tried again."))
    return redirect("network:work")
