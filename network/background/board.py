"""What the host sees of the work: what waits, runs, failed and was done lately, and who works."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, QuerySet
from django.db.models.fields.json import KT
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from network import clock
from network.background.queue import rows
from network.background.recovery import LOST
from network.models.work import Worker

LONGEST_REASON = 200
# What an error may quote of somebody: an address, and anything between marks or brackets.
QUOTED = re.compile(r"""\S+@\S+|"[^"]*"|'[^']*'|“[^”]*”|\([^)]*\)|\[[^]]*\]|\{[^}]*\}|["'“(\[{].*""")


@dataclass(frozen=True)
class Job:
    """One task: its name and keys, how often it was tried, its instant, and as what it failed last ("" if not)."""

    uid: UUID
    task: str
    keys: tuple[int | str, ...]
    tries: int
    at: datetime | None
    reason: str


@dataclass(frozen=True)
class Jobs:
    """How many there are, and the first of them."""

    count: int
    shown: list[Job]

    @property
    def left(self) -> int:
        """How many are not shown."""
        return self.count - len(self.shown)


def waiting(most: int) -> Jobs:
    """What waits, the next first; `at` is when it is due, None where that is now."""
    due = rows.filter(status=TaskResultStatus.READY).order_by("run_after", "enqueued_at")
    return _jobs(due, most, lambda row: None if row.run_after == get_date_max() else row.run_after)


def running(most: int) -> Jobs:
    """What is being done, the longest first; `at` is since when."""
    return _jobs(rows.running().order_by("started_at"), most, lambda row: row.started_at)


def failed(most: int) -> Jobs:
    """What was given up, the latest first; `at` is when."""
    return _jobs(rows.failed().order_by("-finished_at"), most, lambda row: row.finished_at)


def done() -> QuerySet[Any, Any]:
    """Each task that was done in the last day: its `name`, how many `times`, and the `last` time."""
    lately = rows.successful().filter(finished_at__gt=clock.now() - timedelta(days=1)).order_by()
    by_task = lately.annotate(name=KT("args_kwargs__args__0")).values("name")
    return by_task.annotate(times=Count("pk"), last=Max("finished_at")).order_by("name")


def workers() -> QuerySet[Worker]:
    """Who gave a sign of life lately."""
    return Worker.objects.seen_lately(clock.now())


def find(uid: UUID) -> Job | None:
    """The task of this key."""
    row = rows.filter(pk=uid).first()
    return _job(row, row.finished_at) if row else None


def begin_again(uid: UUID) -> bool:
    """Has a task that was given up tried again from the start; False where somebody has done so already."""
    failed = rows.failed().filter(pk=uid)
    return failed.update(status=TaskResultStatus.READY, run_after=clock.now(), worker_ids=[]) == 1


def _jobs(found: QuerySet[DBTaskResult], most: int, instant: Callable[[DBTaskResult], datetime | None]) -> Jobs:
    shown = [_job(row, instant(row)) for row in found[:most]]
    return Jobs(found.count(), shown)


def _job(row: DBTaskResult, at: datetime | None) -> Job:
    task, *keys = row.args_kwargs["args"]
    return Job(row.pk, task, tuple(keys), len(row.worker_ids), at, _reason(row))


def _reason(row: DBTaskResult) -> str:
    """What kind of error it was and the first line of what it said, without what that may quote.

    Masked are addresses and whatever stands in quotation marks or brackets. PostgreSQL names the rows that are there
    already on a further line, a mail server the address that it refused.
    """
    if not row.exception_class_path:
        return LOST if row.traceback == LOST else ""
    kind = row.exception_class_path.rpartition(".")[2]
    said = [line for line in row.traceback.splitlines() if line.partition(": ")[0].rpartition(".")[2] == kind]
    words = said[-1].partition(": ")[2] if said else ""
    return (f"{kind}: {QUOTED.sub('…', words)}" if words else kind)[:LONGEST_REASON]
