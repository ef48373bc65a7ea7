"""What is to be done again and again: each app says so in its AppConfig, and whichever worker looks first begins it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django_tasks.base import TaskResultStatus

from network.background.queue import perform, rows, runs_of

DAY = timedelta(days=1)
RUNS = uuid.UUID("5a2c7f0e-7b53-4c19-9d5e-3f0f6f1b8a10")  # the name space of the keys of scheduled runs


@dataclass(frozen=True)
class Regular:
    """A task that runs at regular instants: every `period` from midnight UTC on, or daily `at` an hour of ours."""

    task: str
    period: timedelta
    at: int | None = None

    def latest(self, now: datetime) -> datetime:
        """The last instant up to `now` at which it was to run."""
        if self.at is None:
            begin = datetime(1970, 1, 1, tzinfo=UTC)
            return now - (now - begin) % self.period
        here = now.astimezone(ZoneInfo(settings.LIAISE_TIME_ZONE))
        today = datetime.combine(here, time(self.at), here.tzinfo)
        # Yesterday by the calendar, not 24 hours ago: a day of the zone may have 23 or 25.
        return (today if today <= here else today - DAY).astimezone(UTC)


SCHEDULE: dict[str, Regular] = {}


def every(task: str, *, minutes: int = 0, hours: int = 0, at: int | None = None) -> None:
    """From an AppConfig: calls `task()` every so many minutes or hours, or daily `at` an hour of the network's zone.

    A run that was missed is made up for once, also the first before there was a worker; a run that still waits, or
    failed, when the next is due is replaced by it.
    """
    period = timedelta(minutes=minutes, hours=hours)
    if not period or (minutes and hours) or DAY % period or (at is not None and period != DAY):
        raise ValueError(f"{task}: every so many minutes or hours that divide a day; an hour only for hours=24.")
    SCHEDULE[task] = Regular(task, period, at)


def begin_due(now: datetime, begun: dict[str, datetime]) -> None:
    """Enqueues what is due; `begun` remembers what this worker has seen to, so that looking again costs nothing."""
    for regular in SCHEDULE.values():
        instant = regular.latest(now)
        if begun.get(regular.task) != instant:
            _begin(regular.task, instant)
            begun[regular.task] = instant


@transaction.atomic
def _begin(task: str, instant: datetime) -> None:
    """One row for this instant, whoever else looks: its key says task and instant, and keys are unique."""
    key = uuid.uuid5(RUNS, f"{task} {instant.isoformat()}")
    _row, new = rows.get_or_create(
        pk=key,
        defaults={
            "task_path": perform.module_path,
            "args_kwargs": {"args": [task], "kwargs": {}},
            "backend_name": perform.backend,
            "queue_name": perform.queue_name,
            "run_after": instant,
        },
    )
    if new:
        older = runs_of(task).filter(status__in=[TaskResultStatus.READY, TaskResultStatus.FAILED])
        older.exclude(pk=key).delete()
