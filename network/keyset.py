"""A long list leg by leg: from where one is, the next ones older or newer (keyset paging).

Nothing is counted and nothing passed over: the hundred-thousandth row is found by the index as the first one is
(PostgreSQL 18 documentation, 7.6, on what an OFFSET costs). A leg begins at a moment and a uid, not at a page
number, so that what comes in at the top meanwhile moves nobody's place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

Cursor = tuple[datetime, UUID]


@dataclass(frozen=True)
class Leg:
    """Some rows of a list, newest first, and where it goes on; "" where it does not."""

    object_list: list[Any]
    newer: str = ""
    older: str = ""
    begins: bool = True


# Finds so many rows of a list beyond a place, newest first or, going back, oldest first.
Asker = Callable[..., Sequence[Any]]
Part = QuerySet[Any] | Sequence[Any] | Asker


def leg(parts: Sequence[Part], address: Mapping[str, str], size: int) -> Leg:
    """The rows that an address line asks for by `before` or `after`, of lists that have no row in common.

    Each part is items with what is shown of them, as a query, as rows that were fetched, or as what asks for them
    (`part(where, count, newer=…)`); of each is asked once.
    Whatever the address says that makes no sense is the beginning.
    """
    before, after = cursor(address.get("before", "")), cursor(address.get("after", ""))
    if after is not None and before is None:
        found = sorted(_beyond(parts, after, size + 1, newer=True), key=place)[: size + 1]
        if len(found) > size:
            rows = found[:size][::-1]
            return Leg(rows, newer=written(rows[0]), older=written(rows[-1]), begins=False)
        # The top is nearer than a whole leg: from there on it is shown.
    found = sorted(_beyond(parts, before, size + 1, newer=False), key=place, reverse=True)[: size + 1]
    rows = found[:size]
    return Leg(
        rows,
        newer=written(rows[0]) if before and rows else "",
        older=written(rows[-1]) if len(found) > size else "",
        begins=before is None,
    )


def place(row: Any) -> Cursor:
    """Where an item stands among the others: by its last activity, at the same moment by its uid."""
    return row.active_at, row.uid


def written(row: Any) -> str:
    """The place of a row, for an address."""
    return f"{row.active_at.isoformat()}_{row.uid}"


def cursor(text: str) -> Cursor | None:
    """The place that an address names; None for anything else."""
    moment, _dash, uid = text.partition("_")
    try:
        at = datetime.fromisoformat(moment)
        return (at, UUID(uid)) if at.tzinfo else None
    except ValueError:
        return None


def ordered(part: QuerySet[Any, Any], where: Cursor | None, count: int, *, newer: bool) -> Any:
    """So many rows of a query beyond a place."""
    order = ("active_at", "uid") if newer else ("-active_at", "-uid")
    if where is not None:
        at, uid = where
        # The first condition alone says it to the index; the second sorts out what stands at the same moment.
        if newer:
            part = part.filter(Q(active_at__gt=at) | Q(uid__gt=uid), active_at__gte=at)
        else:
            part = part.filter(Q(active_at__lt=at) | Q(uid__lt=uid), active_at__lte=at)
    return part.order_by(*order)[:count]


def _beyond(parts: Sequence[Part], where: Cursor | None, count: int, *, newer: bool) -> list[Any]:
    rows: list[Any] = []
    for part in parts:
        if isinstance(part, QuerySet):
            rows += ordered(part, where, count, newer=newer)
        elif callable(part):
            rows += part(where, count, newer=newer)
        elif where is None:
            rows += part
        else:
            rows += [row for row in part if (place(row) > where if newer else place(row) < where)]
    return rows
