"""How much one person may send through all their sockets of a process: far more than anybody types."""

from __future__ import annotations

import time
from collections import deque
from math import ceil

from django.utils.translation import gettext_lazy as _

from network.refusals import TooFast

MOST = 600
WITHIN = 10.0  # seconds


class Pace:
    """When each person's last frames of each kind came."""

    def __init__(self) -> None:
        self._came: dict[tuple[int, str], deque[float]] = {}

    def check(self, person: int, kind: str) -> None:
        """Counts one frame, or raises TooFast where so many came within ten seconds; then it does not count."""
        now = time.monotonic()
        came = self._came.setdefault((person, kind), deque())
        while came and came[0] <= now - WITHIN:
            came.popleft()
        if len(came) >= MOST:
            raise TooFast(_("This is too much at once. Wait a moment."), retry_after=ceil(came[0] + WITHIN - now))
        came.append(now)

    def tidy(self) -> None:
        """Forgets those of whom nothing has come for ten seconds."""
        long_ago = time.monotonic() - WITHIN
        for key in [key for key, came in self._came.items() if not came or came[-1] <= long_ago]:
            del self._came[key]
