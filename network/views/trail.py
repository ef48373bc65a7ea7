"""The audit trail, as far as its reader may read it; and a copy of it to take away."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from network import clock
from network.actions.trail import take_copy
from network.cells import harmless
from network.filters import TrailFilter
from network.models.records import AuditEntry
from network.permissions import NETWORK, Level, allowed, where_allowed
from network.refusals import Invalid
from network.requests import PersonRequest
from network.sending import sent_in_turn
from network.trail import Told, tell

A_PAGE = 50
A_BATCH = 500
COLUMNS = ("at", "what", "by", "for", "room", "about", "detail", "verb")
TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@dataclass(frozen=True)
class Place:
    """Where in the trail a page begins: an instant, and how many entries of that very instant come before.

    No number of an entry: it would tell how much happens in the network.
    """

    before: datetime
    skip: int = 0

    @classmethod
    def asked(cls, query: QueryDict) -> Place | None:
        """The place in an address; None for the newest, and for what is no place."""
        try:
            before, skip = parse_datetime(query.get("before", "")), int(query.get("skip") or 0)
        except ValueError:
            return None
        if before is None or timezone.is_naive(before) or not 0 <= skip <= 100_000:
            return None
        return cls(before, skip)

    @property
    def address(self) -> str:
        """The part of an address that leads here."""
        moment = self.before.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        return urlencode({"before": moment, "skip": self.skip})

    def after(self, rows: list[AuditEntry]) -> Place:
        """The place behind these rows, which begin here."""
        last = rows[-1].at
        same = sum(row.at == last for row in rows)
        return Place(last, same + (self.skip if last == self.before else 0))


def read(found: QuerySet, place: Place | None, most: int) -> tuple[list[AuditEntry], Place | None]:
    """At most so many entries, the newest first, and the place of the next ones, if there are any."""
    here = place or Place(datetime.max.replace(tzinfo=UTC))
    rows = found.order_by("-at", "-pk")
    if place is not None:
        rows = rows.filter(at__lte=place.before)
    page = list(rows[here.skip : here.skip + most + 1])
    return page[:most], here.after(page[:most]) if len(page) > most else None


@login_required
@require_safe
def index(request: PersonRequest) -> HttpResponse:
    """Coordinators read all, representatives their partner's, everybody their own."""
    found = _found(request)
    place = Place.asked(request.GET)
    rows, older = read(found.qs, place, A_PAGE)
    context = {
        "filter": found,
        "entries": tell(request.user, rows),
        "newest": place is None,
        "chosen": _chosen(request.GET),
        "older": older.address if older else "",
        "coordinates": allowed(request.user, Level.COORDINATE, NETWORK),
        "represented": where_allowed(request.user, Level.REPRESENT).order_by("short_name"),
    }
    return render(request, "network/trail.html", context)


@login_required
@require_POST
def copy(request: PersonRequest) -> HttpResponseBase:
    """What the filter of the address finds, as a file. It is made while it is sent, however long it is."""
    form = request.POST.get("format", "")
    if form not in TYPES:
        raise Invalid("format", _("Choose CSV or JSON."))
    found = _found(request)
    take_copy(by=request.user, format=form, filters={key: str(value) for key, value in request.GET.items() if value})
    chunks = _table(request, found.qs) if form == "csv" else _list(request, found.qs)
    name = f"trail-{clock.now():%Y-%m-%d}.{form}"
    return sent_in_turn(request, chunks, name=name, content_type=TYPES[form])


def _found(request: HttpRequest) -> TrailFilter:
    return TrailFilter(request.GET, queryset=AuditEntry.objects.visible_to(request.user), request=request)


def _chosen(query: QueryDict) -> str:
    """The filters of an address, without the place."""
    kept = query.copy()
    for name in ("before", "skip"):
        kept.pop(name, None)
    return kept.urlencode()


# --- the copy ---------------------------------------------------------------------------------------


def _batches(request: PersonRequest, found: QuerySet) -> Iterator[list[Told]]:
    """The entries, in the reader's words and zone; a constant number of queries each."""
    language, place = translation.get_language(), None
    while True:
        # Not around the `yield`: whoever else runs in this thread meanwhile has words and times of their own.
        with translation.override(language), timezone.override(request.user.zone):
            rows, place = read(found, place, A_BATCH)
            told = tell(request.user, rows)
        yield told
        if place is None:
            return


def _facts(told: Told) -> dict[str, Any]:
    return {
        "at": told.row.at.astimezone(UTC).isoformat(),
        "what": told.text,
        "by": str(told.by),
        "for": str(told.partner or ""),
        "room": str(told.room or ""),
        "about": str(told.target or ""),
        "detail": dict(told.details),
        "verb": told.row.verb,
    }


def _table(request: PersonRequest, found: QuerySet) -> Iterator[str]:
    # The mark by which spreadsheets know UTF-8.
    yield "\ufeff" + ",".join(COLUMNS) + "\r\n"
    for batch in _batches(request, found):
        out = StringIO()
        lines = csv.writer(out)
        for told in batch:
            facts = _facts(told)
            facts["detail"] = "; ".join(f"{name}: {words}" for name, words in facts["detail"].items())
            lines.writerow(harmless(facts[column]) for column in COLUMNS)
        yield out.getvalue()


def _list(request: PersonRequest, found: QuerySet) -> Iterator[str]:
    before = "[\n"
    for batch in _batches(request, found):
        for told in batch:
            yield before + json.dumps(_facts(told), ensure_ascii=False)
            before = ",\n"
    yield "\n]\n" if before != "[\n" else "[]\n"
