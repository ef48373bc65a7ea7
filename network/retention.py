"""How long each kind of data is kept: its owner registers it, coordinators set the days, a task keeps to them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.functional import Promise

from network import clock
from network.models.records import Retention, RetentionReport

log = logging.getLogger(__name__)

A_BATCH = 500
MOST_DAYS = 36_500

# Removes at most a batch of what is older than the instant, in a transaction of its own; how many.
Purge = Callable[[datetime], int]


@dataclass(frozen=True)
class Kind:
    """One kind of data: its words, how long it is kept unless somebody says otherwise, and what removes it.

    Without `purge` the days are only kept here, for a task of the owner's that does more than remove.
    """

    key: str
    name: Promise
    hint: Promise
    default_days: int
    least: int
    purge: Purge | None

    @property
    def removes(self) -> bool:
        """Whether the nightly task removes anything of it. For templates, which would call `purge`."""
        return self.purge is not None


KINDS: dict[str, Kind] = {}


def register_retention(
    kind: str, name: Promise, *, default_days: int, purge: Purge | None, hint: Promise, least: int = 1
) -> None:
    """From the AppConfig of the owner. `hint` says from when the days count; nobody can set fewer than `least`."""
    KINDS[kind] = Kind(kind, name, hint, default_days, least, purge)


def days(kind: str) -> int:
    """How many days this kind is kept at present. Raises KeyError for one that nobody registered."""
    known = KINDS[kind]
    row = Retention.objects.filter(kind=kind).first()
    return row.days if row else known.default_days


def all_days() -> dict[str, int]:
    """How many days each kind is kept at present. One query."""
    known = {key: kind.default_days for key, kind in KINDS.items()}
    return known | dict(Retention.objects.filter(kind__in=KINDS).values_list("kind", "days"))


def last_reports() -> dict[str, RetentionReport]:
    """The newest report of each kind. One query."""
    newest = RetentionReport.objects.filter(kind=OuterRef("kind")).order_by("-pk").values("pk")[:1]
    return {row.kind: row for row in RetentionReport.objects.filter(pk=Subquery(newest))}


def remove_some(rows: QuerySet) -> int:
    """Deletes the first batch of `rows`; how many rows that were, without those that went with them."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:A_BATCH])
    if keys:
        rows.model._default_manager.filter(pk__in=keys).delete()
    return len(keys)


def keep_all() -> None:
    """Removes what has been kept long enough, kind by kind, and reports. A kind that fails does not stop the others.

    Raises the last failure at the end, so that the task is tried again and somebody sees why.
    """
    failure: Exception | None = None
    for kind in KINDS.values():
        try:
            keep(kind)
        except Exception as error:
            log.exception("What is kept too long could not be removed: %s", kind.key)
            failure = error
    if failure is not None:
        raise failure


def keep(kind: Kind) -> int:
    """Removes what is due of one kind, batch by batch, and writes how many it was, also where it fails half-way."""
    if kind.purge is None:
        return 0
    before = clock.now() - timedelta(days=days(kind.key))
    removed = 0
    try:
        while batch := _a_batch(kind.purge, before):
            removed += batch
    finally:
        RetentionReport.objects.create(kind=kind.key, removed=removed)
    return removed


@transaction.atomic
def _a_batch(purge: Purge, before: datetime) -> int:
    return purge(before)
