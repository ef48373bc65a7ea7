"""Lists of partners and people: sent, looked through row by row, carried out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actions import imports as actions
from accounts.columns import COLUMNS, EXAMPLES, REQUIRED
from accounts.forms.imports import ListForm
from accounts.models import Import
from accounts.outcomes import Outcome, Verdict, judge, seal
from accounts.permissions.imports import check_lists, imports_of, partners_with_lists
from network import retention, sheets
from network.permissions import NETWORK, Level, allowed
from network.refusals import Invalid, Refusal
from network.requests import PersonRequest
from network.sending import sent_in_turn

A_PAGE = 50
A_FEW = 20  # lines that are named for each reason, when a list is done
MOST_REASONS = 100


@login_required
def read_in(request: PersonRequest, kind: str) -> HttpResponse:
    """The form for a file; what it holds is shown before anything is done."""
    check_lists(request.user, kind)
    form = ListForm(request.POST or None, request.FILES or None, kind=kind, by=request.user)
    if request.method == "POST" and form.is_valid():
        once = form.cleaned_data["once"]
        listing = actions.read_in(
            by=request.user, kind=kind, rows=form.rows, encoding=form.encoding, ignored=form.ignored, once=once
        )
        return redirect("accounts:import", listing.uid)
    context = {
        "form": form,
        "kind": kind,
        "columns": COLUMNS[kind],
        "required": REQUIRED[kind],
        "partners": [] if kind == Import.Kind.PARTNERS else _own_partners(request),
    }
    return render(request, "accounts/import_new.html", context)


def _own_partners(request: PersonRequest) -> list[Any]:
    """The partners whose people a representative may invite; nothing to name where that is all of them."""
    if allowed(request.user, Level.COORDINATE, NETWORK):
        return []
    return list(partners_with_lists(request.user).order_by("short_name"))


@login_required
@require_safe
def template(request: PersonRequest, kind: str, ending: str) -> HttpResponseBase:
    """A file with the columns and one row as an example."""
    check_lists(request.user, kind)
    return sheet_response(request, f"{kind}-template", ending, list(COLUMNS[kind]), [[EXAMPLES[kind]]])


def sheet_response(
    request: HttpRequest, name: str, ending: str, columns: Sequence[str], batches: Any
) -> HttpResponseBase:
    """A table as a file of that kind, sent while it is made. Raises Http404 for a kind that is not written."""
    if ending not in sheets.TYPES:
        raise Http404
    chunks: Any = (sheets.csv_chunks if ending == "csv" else sheets.xlsx_chunks)(columns, batches)
    return sent_in_turn(request, chunks, name=f"{name}.{ending}", content_type=sheets.TYPES[ending])


@login_required
@require_safe
def look(request: PersonRequest, uid: str) -> HttpResponse:
    """What would become of each row; once it is being carried out, how far that is, and then what became of them."""
    listing = get_object_or_404(imports_of(request.user), uid=uid)
    if listing.begun_at is not None:
        return render(request, "accounts/import_result.html", _result(listing))
    check_lists(request.user, listing.kind)
    verdicts = judge(request.user, listing.kind, listing.rows)
    counts = Counter(verdict.outcome for verdict in verdicts)
    only = request.GET.get("only", "")
    shown = [one for one in verdicts if one.outcome == Outcome.REFUSED] if only == Outcome.REFUSED else verdicts
    page: Paginator[Verdict] = Paginator(shown, A_PAGE)
    context = {
        "listing": listing,
        "page": page.get_page(request.GET.get("page")),
        "counts": [(outcome.label, counts[outcome]) for outcome in Outcome if counts[outcome]],
        "only": only,
        "refused": counts[Outcome.REFUSED],
        "doing": sum(verdict.does for verdict in verdicts),
        "sure": seal(verdicts),
        "all": len(verdicts),
        "days": retention.days("imports"),
    }
    return render(request, "accounts/import_look.html", context)


def _result(listing: Import) -> dict[str, Any]:
    running = listing.applied_at is None
    lines: dict[str, list[int]] = {}
    for line, reason in [] if running else listing.refused:
        lines.setdefault(reason, []).append(line)
    return {
        "listing": listing,
        "counts": [
            (outcome.label, listing.outcomes[outcome]) for outcome in Outcome if listing.outcomes.get(outcome.value)
        ],
        "refused": [
            (why, where[:A_FEW], max(len(where) - A_FEW, 0)) for why, where in list(lines.items())[:MOST_REASONS]
        ],
        "more": len(lines) - MOST_REASONS,
        "running": running,
        "days": retention.days("imports"),
    }


@login_required
@require_POST
def carry_out(request: PersonRequest, uid: str) -> HttpResponse:
    """Has the rows carried out of which the page said so."""
    listing = get_object_or_404(imports_of(request.user), uid=uid)
    try:
        actions.begin_import(by=request.user, listing=listing, sure=request.POST.get("sure", ""))
    except Invalid as refusal:
        messages.error(request, str(refusal.reason))
    return redirect("accounts:import", listing.uid)


@login_required
@require_POST
def discard(request: PersonRequest, uid: str) -> HttpResponse:
    """Throws the list away."""
    listing = get_object_or_404(imports_of(request.user), uid=uid)
    try:
        actions.discard(by=request.user, listing=listing)
    except Refusal as refusal:
        messages.error(request, str(refusal.reason))
        return redirect("accounts:import", listing.uid)
    messages.success(request, _("The list is thrown away. Nothing of it was carried out."))
    return redirect(f"accounts:{listing.kind}")
