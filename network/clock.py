"""What time it is, for every rule that knows dates.

Grants, memberships and labels end at an instant, so whoever asks a rule must ask the same clock.
`at` lets history be told in its own order: the demo network replays years of meetings through the
same actions that people use, and tests stand one second before and after an end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_told: ContextVar[datetime | None] = ContextVar("liaise_clock", default=None)


def now() -> datetime:
    """The present instant in UTC, aware."""
    return _told.get() or timezone.now()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Everything inside happens at `moment` (aware), in this thread or task alone."""
    token = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(token)
