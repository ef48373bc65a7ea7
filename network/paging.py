"""A long list in pages, with as few questions as it takes."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet, Window


def page_of(rows: QuerySet[Any], number: Any, size: int) -> Page:
    """Page `number` (from an address line, so anything; the first where it makes no sense) of `rows`.

    The page and the number of all rows come in one question; only a page beyond the end takes a second.
    """
    wanted = int(number) if str(number).isdecimal() and 0 < int(number) < 10**6 else 1
    found = _slice(rows, wanted, size)
    if not found and wanted > 1:
        wanted, found = 1, _slice(rows, 1, size)
    paginator = Paginator(found, size)
    paginator.count = found[0].of_all if found else 0
    return Page(found, wanted, paginator)


def _slice(rows: QuerySet[Any], number: int, size: int) -> list[Any]:
    counted = rows.annotate(of_all=Window(Count("pk")))
    return list(counted[(number - 1) * size : number * size])
