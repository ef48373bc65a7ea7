"""Background work inside a test, in its own transaction: what is due is done at once and by nobody else."""

import os
import time
from collections.abc import Callable
from uuid import UUID

from network import background, clock
from network.background.queue import rows
from network.background.worker import hand
from network.models import Worker


def work_off() -> None:
    """Does what is due by now, as a worker would, and returns."""
    one = hand("the test")
    while row := rows.ready().first():
        row.claim(one.worker_id)
        one.run_task(row)


def set_work_going() -> UUID:
    """One task of each state, and a worker; the key of the one that was given up."""
    for status in ("READY", "RUNNING", "SUCCESSFUL", "FAILED"):
        background.enqueue("tests.network.errands.note", os.devnull, status)
        row = rows.order_by("enqueued_at").last()
        row.worker_ids = ["the test"]
        row.started_at = row.finished_at = clock.now()
        row.status = status
        row.exception_class_path = "builtins.ConnectionError"
        row.traceback = "Traceback …\nConnectionError: the mail server is away"
        row.save()
    Worker.objects.get_or_create(name=f"machine-{rows.count()}-abcdefgh")
    return row.pk


def wait_for(what: Callable[[], bool], seconds: float = 30) -> None:
    """Returns as soon as other processes have brought it about."""
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)
