"""Lists of partners and people, taken out as CSV or XLSX. What is read in again from them changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.actions.directory import take_list
from accounts.columns import PARTNERS, PARTNERS_EXPORTED, PEOPLE_EXPORTED
from accounts.models import Import
from accounts.permissions.imports import partners_with_lists
from accounts.views.imports import sheet_response
from network import clock, sheets
from network.models.people import Membership, Partner
from network.requests import PersonRequest

A_BATCH = 500


@login_required
@require_safe
def partners(request: PersonRequest, ending: str) -> HttpResponseBase:
    """All partners, for coordinators."""
    rows = Partner.objects.order_by("name", "pk")
    return _list(request, Import.Kind.PARTNERS, ending, PARTNERS_EXPORTED, _batches(rows, _partner))


@login_required
@require_safe
def people(request: PersonRequest, ending: str) -> HttpResponseBase:
    """Who takes part now: for coordinators everybody, for a representative the people of their partners."""
    rows = (
        Membership.objects.current()
        .filter(partner__in=partners_with_lists(request.user), user__is_active=True)
        .select_related("user", "partner")
        .order_by("partner__name", "user__name", "pk")
    )
    return _list(request, Import.Kind.PEOPLE, ending, PEOPLE_EXPORTED, _batches(rows, _person))


def _list(request: PersonRequest, kind: str, ending: str, columns: Iterable[str], batches: Any) -> HttpResponseBase:
    if ending not in sheets.TYPES:
        raise Http404
    take_list(by=request.user, kind=kind, ending=ending)
    return sheet_response(request, f"{kind}-{clock.now():%Y-%m-%d}", ending, list(columns), batches)


def _batches(rows: QuerySet[Any], cells: Any) -> Iterator[list[list[object]]]:
    """Some hundred rows at a time, from one query that stays open, so that no memory holds them all."""
    batch: list[list[object]] = []
    for row in rows.iterator(chunk_size=A_BATCH):
        batch.append(cells(row))
        if len(batch) == A_BATCH:
            yield batch
            batch = []
    yield batch


def _partner(partner: Partner) -> list[object]:
    own = [_cell(getattr(partner, field)) for field in PARTNERS.values()]
    own[list(PARTNERS).index("kind")] = partner.kind.replace("_", " ")
    return [*own, partner.status, _day(partner.status_since), _last_day(partner.status_until)]


def _person(one: Membership) -> list[object]:
    return [
        one.user.name,
        one.user.email,
        one.partner.slug,
        one.role,
        _day(one.since),
        _last_day(one.until),
        _day(one.confirmed_at),
        _day(one.user.last_login),
    ]


def _cell(value: Any) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, list) else value


def _day(moment: datetime | None) -> str:
    """The day in the network's time zone, as forms take it."""
    return moment.astimezone(ZoneInfo(settings.LIAISE_TIME_ZONE)).date().isoformat() if moment else ""


def _last_day(end: datetime | None) -> str:
    """The last day before an end: what somebody typed who gave it."""
    return _day(end - timedelta(microseconds=1)) if end else ""
