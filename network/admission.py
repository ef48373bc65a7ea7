"""What a person who has signed in does before anything else opens: accept a text, set up a second factor.

The apps above say what it is, in the order in which it is asked; pages send people there, and sockets do
not open before. Who is signed in and who is let in are two questions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.contrib.sessions.backends.base import SessionBase

from network.models.people import User


@dataclass(frozen=True)
class Step:
    """One thing to do first: whether this person still has to, on which page, and what stays open meanwhile."""

    waits: Callable[[User, SessionBase], bool]
    page: str
    doors: frozenset[str]


STEPS: list[Step] = []


def register_step(waits: Callable[[User, SessionBase], bool], *, page: str, doors: Iterable[str] = ()) -> None:
    """From an AppConfig. `waits(user, session)` is asked at every page: at most one query where it says no.

    `page` and `doors` are names of addresses; only those open until the step is done.
    """
    STEPS.append(Step(waits, page, frozenset({page, *doors})))


def next_step(user: User, session: SessionBase) -> Step | None:
    """What this person has to do first; None where they are let in."""
    return next((step for step in STEPS if step.waits(user, session)), None)
