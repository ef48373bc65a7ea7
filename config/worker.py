"""The worker beside the server of `make run`: it begins with it, is replaced when it dies, and never outlives it."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from typing import Self

from django.conf import settings

log = logging.getLogger(__name__)

REST_SECONDS = 1  # between the death of a worker and the next one
FAREWELL_SECONDS = 15  # a little more than the worker takes for its own


class WorkerBeside:
    """A context: inside it a `manage.py work` runs as a child of this process."""

    def __enter__(self) -> Self:
        self._ending = threading.Event()
        self._start()
        self._watcher = threading.Thread(target=self._watch, name="liaise-worker", daemon=True)
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self.process.terminate()
        self._watcher.join(FAREWELL_SECONDS)
        self.process.kill()

    def _start(self) -> None:
        # The pipe closes when this process ends, however it ends, and takes the worker along.
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "work", "--until-input-ends"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 - our own words

    def _watch(self) -> None:
        while True:
            code = self.process.wait()
            if self._ending.wait(REST_SECONDS):
                return
            log.error("The worker ended (%s); another one begins", code)
            self._start()
