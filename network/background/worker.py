"""One process at work: hands that take tasks one by one, and a foreman who keeps the clock and mends what failed."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
import time
from datetime import datetime, timedelta
from types import FrameType

from django.conf import settings
from django.db import close_old_connections
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker as Hand

from network import clock
from network.background import recovery, schedule
from network.background.queue import perform, rows
from network.models.work import Worker

log = logging.getLogger(__name__)

FAREWELL_SECONDS = 10  # for what is being done when the worker is told to stop
REST_SECONDS = 5  # after the database did not answer


def hand(name: str) -> Hand:
    """One who takes tasks, by this name."""
    return Hand(
        queue_names=["*"],
        excluded_queue_names=[],
        backend_name=perform.backend,
        interval=settings.LIAISE_WORK_LOOKS_EVERY,
        startup_delay=False,
        batch=False,
        max_tasks=None,
        worker_id=name,
    )


class Foreman:
    """Runs the hands of this process until it is told to stop."""

    def __init__(self) -> None:
        self.name = f"{socket.gethostname()[:30]}-{os.getpid()}-{get_random_string(8)}"
        self.stopping = threading.Event()
        self.begun: dict[str, datetime] = {}
        self.hands = [hand(f"{self.name}{recovery.HAND}{number}") for number in range(settings.LIAISE_WORK_HANDS)]

    def stop(self, signum: int = 0, frame: FrameType | None = None) -> None:
        """No further task is begun; fit for a signal."""
        self.stopping.set()
        for hand in self.hands:
            hand.running = False

    def run(self) -> None:
        """Work until told to stop; what is not done by then is left to the next worker."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.stop)
        self.look()
        threads = [threading.Thread(target=self.work, args=[hand], daemon=True) for hand in self.hands]
        for thread in threads:
            thread.start()
        due = 0.0
        while not self.stopping.wait(settings.LIAISE_WORK_LOOKS_EVERY):
            if time.monotonic() >= due:
                due = time.monotonic() + settings.LIAISE_WORK_BEATS_EVERY
                self.look()
        last = time.monotonic() + FAREWELL_SECONDS
        for thread in threads:
            thread.join(max(0, last - time.monotonic()))
        Worker.objects.filter(name=self.name).delete()

    def work(self, hand: Hand) -> None:
        """Takes tasks for as long as the process lives; a database that is away for a while does not end it."""
        while not self.stopping.is_set():
            try:
                recovery.give_up_what_fell_from(hand.worker_id, clock.now())
                hand.run()
            except Exception:
                log.exception("A hand could not go on; it tries again in %s seconds", REST_SECONDS)
                self.stopping.wait(REST_SECONDS)
            finally:
                close_old_connections()

    def look(self) -> None:
        """A sign of life, what is due by the clock, and what others or we ourselves left undone."""
        try:
            close_old_connections()
            now = clock.now()
            Worker.objects.update_or_create(name=self.name, defaults={"seen_at": now})
            schedule.begin_due(now, self.begun)
            recovery.give_up_the_lost(now)
            recovery.put_back_the_failed()
            self.end_if_stuck()
        except Exception:
            log.exception("Looking after the work failed; trying again at the next look")
        finally:
            close_old_connections()

    def end_if_stuck(self) -> None:
        """A task that takes this long will never be done: end this process, hands and all, for another to begin."""
        long_ago = clock.now() - timedelta(seconds=settings.LIAISE_WORK_LONGEST)
        for row in rows.running().filter(started_at__lt=long_ago):
            if recovery.worker_of(row) == self.name:
                log.critical("Given up after %s seconds: %s", settings.LIAISE_WORK_LONGEST, row.args_kwargs["args"])
                sys.stderr.flush()
                os._exit(1)
