"""Stored files, for the host of the network: by number and digest, never by what people call them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from exchange import scanner
from exchange.actions.scanning import scan_again
from exchange.models import Blob
from network.permissions import NETWORK, Level, require
from network.requests import PersonRequest

SHOWN = 50


@login_required
@require_safe
def files(request: PersonRequest) -> HttpResponse:
    """How many stored files there are, what the scanner says of them, and which it objects to."""
    require(request.user, Level.OPERATE, NETWORK)
    found = dict(Blob.objects.order_by().values_list("scan").annotate(Count("pk")))
    context = {
        "configured": scanner.is_configured(),
        "answers": scanner.is_configured() and scanner.answers(),
        "states": [(state.label, found.get(state.value, 0)) for state in Blob.Scan],
        "infected": Blob.objects.filter(scan=Blob.Scan.INFECTED).order_by("-scanned_at", "-pk")[:SHOWN],
        "waiting": Blob.objects.filter(scan=Blob.Scan.WAITING).order_by("at", "pk")[:SHOWN],
    }
    return render(request, "exchange/host_files.html", context)


@login_required
@require_POST
def scan(request: PersonRequest) -> HttpResponse:
    """Has one stored file scanned again, or all of them."""
    scan_again(by=request.user, sha256=request.POST.get("sha256", "")[:64])
    messages.success(request, _("It is scanned again in the background."))
    return redirect("exchange:host-files")
