"""What moderators did in each year, in numbers alone: for the coordinators, who answer for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, F, Sum
from django.db.models.functions import ExtractYear
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from forums.models.cases import SANCTIONS, Action, Appeal, Case, Decision, Ground, Report
from forums.models.figures import PastFigure

AN_HOUR, A_DAY = 3600, 86_400  # seconds


@dataclass
class Line:
    """One thing that is counted, year by year."""

    words: str | Promise
    by_year: dict[int, int] = field(default_factory=dict)

    def over(self, years: list[int]) -> list[int]:
        """The number of each of these years."""
        return [self.by_year.get(year, 0) for year in years]


@dataclass
class Table:
    """Some lines under one heading."""

    title: Promise
    lines: list[Line]


# By table, key within it, and year.
Counts = dict[tuple[str, str, int], int]

REPORTS, DECISIONS, GROUNDS, APPEALS, WAITED, LASTED = "reports", "decisions", "grounds", "appeals", "waited", "lasted"
# Of the cases that were reported and closed: how many, and the seconds that they took together.
CASES, SECONDS = "cases", "seconds"


def all_years() -> tuple[list[int], list[Table]]:
    """Every year in which something was reported or decided, newest first, and the tables. Seven queries.

    With what is not kept any more (`PastFigure`): the numbers of a year stay as they were.
    """
    counts = counted_in(None)
    for table, key, year, number in PastFigure.objects.values_list("table", "key", "year", "number"):
        counts[table, key, year] = counts.get((table, key, year), 0) + number
    upheld = [("True", _("found right")), ("False", _("the decision stayed")), ("None", _("not decided yet"))]
    tables = [
        Table(_("Reports, by what was said to be wrong"), _lines(counts, REPORTS, Ground.choices)),
        Table(_("Decisions"), _lines(counts, DECISIONS, Action.choices)),
        Table(_("Rules that were breached"), _lines(counts, GROUNDS, Ground.choices)),
        Table(_("Appeals"), _lines(counts, APPEALS, upheld)),
        Table(
            _("Days for which people were muted or suspended, on average"),
            [_mean(counts, LASTED, A_DAY, words, action) for action, words in Action.choices if action in SANCTIONS],
        ),
        Table(
            _("Hours from the first report to the decision, on average"),
            [_mean(counts, WAITED, AN_HOUR, _("hours"))],
        ),
    ]
    years = {year for table in tables for line in table.lines for year in line.by_year}
    return sorted(years, reverse=True), tables


def counted_in(cases: list[int] | None) -> Counts:
    """What these cases add to the figures of each year; None for all that are kept. Six queries."""
    reports, decisions, appeals = Report.objects.all(), Decision.objects.all(), Appeal.objects.all()
    closed = Case.objects.filter(closed_at__isnull=False, pk__in=Report.objects.values("case"))
    if cases is not None:
        reports, decisions = reports.filter(case__in=cases), decisions.filter(case__in=cases)
        appeals, closed = appeals.filter(decision__case__in=cases), closed.filter(pk__in=cases)
    counts: Counts = {}
    for table, rows, column in (
        (REPORTS, reports, "ground"),
        (DECISIONS, decisions, "action"),
        (GROUNDS, decisions.exclude(ground=""), "ground"),
        (APPEALS, appeals, "upheld"),
    ):
        counted = rows.order_by().annotate(year=_year("at")).values_list(column, "year").annotate(n=Count("pk"))
        counts |= {(table, str(key), year): number for key, year, number in counted}
    took = closed.order_by().annotate(year=_year("closed_at")).values_list("year")
    for year, number, together in took.annotate(n=Count("pk"), took=Sum(F("closed_at") - F("opened_at"))):
        counts[WAITED, CASES, year] = number
        counts[WAITED, SECONDS, year] = round(together.total_seconds())
    imposed = decisions.filter(action__in=SANCTIONS, sanction__isnull=False).order_by().annotate(year=_year("at"))
    lasting = imposed.values_list("action", "year")
    for action, year, number, together in lasting.annotate(
        n=Count("pk"), took=Sum(F("sanction__until") - F("sanction__since"))
    ):
        counts[LASTED, action + CASES, year] = number
        counts[LASTED, action + SECONDS, year] = round(together.total_seconds())
    return counts


def _lines(counts: Counts, table: str, choices: list[tuple[Any, Any]]) -> list[Line]:
    lines = {str(key): Line(words) for key, words in choices}
    for (of, key, year), number in counts.items():
        if of == table and key in lines and number:
            lines[key].by_year[year] = number
    return list(lines.values())


def _mean(counts: Counts, table: str, unit: int, words: str | Promise, of: str = "") -> Line:
    """What something took on average, year by year, in `unit` seconds: its sum and how often are what is kept."""
    often = {year: n for (name, key, year), n in counts.items() if (name, key) == (table, of + CASES) and n}
    return Line(
        words, {year: round(counts.get((table, of + SECONDS, year), 0) / n / unit) for year, n in often.items()}
    )


def _year(column: str) -> ExtractYear:
    return ExtractYear(column, tzinfo=ZoneInfo(settings.LIAISE_TIME_ZONE))
