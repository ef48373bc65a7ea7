"""What a person who has signed in does before anything else opens: accept a text, set up a second factor.

The apps above say what it is, in the order in which it is asked; pages send people there, and sockets do
not open before. Who is signed in and who is let in are two questions.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

from django.contrib.sessions.backends.base import SessionBase

from network.models.people import User


class Entrant(Protocol):
    """Somebody who was let in, and stays: a socket that is open."""

    @property
    def session(self) -> str:
        """The key of the session."""

    @property
    def person(self) -> int:
        """Whose it is."""

    @property
    def assured(self) -> bool:
        """Whether the session had a second factor when they were let in; it keeps it."""


@dataclass(frozen=True)
class Step:
    """One thing to do first: whether this person still has to, on which page, and what stays open meanwhile."""

    waits: Callable[[User, SessionBase], bool]
    among: Callable[[Collection[Entrant]], set[str]]
    page: str
    doors: frozenset[str]


STEPS: list[Step] = []


def register_step(
    waits: Callable[[User, SessionBase], bool],
    *,
    among: Callable[[Collection[Entrant]], set[str]],
    page: str,
    doors: Iterable[str] = (),
) -> None:
    """From an AppConfig. `waits(user, session)` is asked at every page: at most one query where it says no.

    `among(entrants)` is the same question about all open sockets of a process, asked once a second: the sessions of
    those who have to, in a number of queries that does not grow with them.
    `page` and `doors` are names of addresses; only those open until the step is done.
    """
    STEPS.append(Step(waits, among, page, frozenset({page, *doors})))


def next_step(user: User, session: SessionBase) -> Step | None:
    """What this person has to do first; None where they are let in."""
    return next((step for step in STEPS if step.waits(user, session)), None)


def waiting_among(entrants: Collection[Entrant]) -> set[str]:
    """The sessions of those who were let in and have something to do first by now."""
    return {session for step in STEPS for session in step.among(entrants)}
