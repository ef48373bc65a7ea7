"""What becomes of a task that was not done: its worker is gone, or it raised. It is tried again, and in the end shown.

Each step may be taken by any worker at any time and again: it says in its condition what it found.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from network.background.queue import rows
from network.models.work import Worker

log = logging.getLogger(__name__)

TRIES = 8  # with fourfold pauses from ten seconds: the last about fifteen hours after the first
HAND = "#"  # between the name of a process and the number of its hand
LOST = "The worker that had begun it is gone, killed or cut off."
KEPT_DONE = timedelta(days=1)
KEPT_FAILED = timedelta(days=90)


def pause_after(tries: int) -> timedelta:
    """How long a task rests after so many tries in vain."""
    return timedelta(seconds=settings.LIAISE_WORK_FIRST_PAUSE * 4 ** (tries - 1))


def give_up_the_lost(now: datetime) -> None:
    """What a worker had begun that has not been seen for a while counts as tried in vain."""
    # In this order: who has begun one of these has given a sign of life before, so is among the living if alive.
    begun = list(rows.running())
    living = set(Worker.objects.seen_lately(now).names())
    for row in begun:
        if worker_of(row) not in living:
            _give_up(row, now)


def give_up_what_fell_from(hand: str, now: datetime) -> None:
    """A hand that begins holds nothing: what it still seems to do fell when the database left it in the middle."""
    for row in rows.running():
        if row.worker_ids[-1] == hand:
            _give_up(row, now)


def worker_of(row: DBTaskResult) -> str:
    """The name of the process that had the last try."""
    return row.worker_ids[-1].partition(HAND)[0]


def _give_up(row: DBTaskResult, now: datetime) -> None:
    log.warning("Not brought to its end: %s", row.args_kwargs["args"])
    rows.filter(pk=row.pk, status=TaskResultStatus.RUNNING, started_at=row.started_at).update(
        status=TaskResultStatus.FAILED, finished_at=now, exception_class_path="", traceback=LOST
    )


def put_back_the_failed() -> None:
    """What was tried in vain waits for its next try, unless that was the last."""
    for row in rows.failed().filter(**{f"worker_ids__{TRIES - 1}__isnull": True}):
        rows.filter(pk=row.pk, status=TaskResultStatus.FAILED, finished_at=row.finished_at).update(
            status=TaskResultStatus.READY, run_after=row.finished_at + pause_after(len(row.worker_ids))
        )


def forget_the_old(now: datetime) -> None:
    """Drops the rows of what was done, or failed for good, long ago, and of workers that are long gone."""
    rows.successful().filter(finished_at__lt=now - KEPT_DONE).delete()
    rows.failed().filter(finished_at__lt=now - KEPT_FAILED).delete()
    Worker.objects.filter(seen_at__lt=now - KEPT_DONE).delete()
