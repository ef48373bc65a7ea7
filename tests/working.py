"""Background work inside a test, in its own transaction: what is due is done at once and by nobody else."""

import time
from collections.abc import Callable

from network.background.queue import rows
from network.background.worker import hand


def work_off() -> None:
    """Does what is due by now, as a worker would, and returns."""
    one = hand("the test")
    while row := rows.ready().first():
        row.claim(one.worker_id)
        one.run_task(row)


def wait_for(what: Callable[[], bool], seconds: float = 30) -> None:
    """Returns as soon as other processes have brought it about."""
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)
