"""The discussions that a room's list shows to somebody: who may see them is the gate's, what is asked for is here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from forums.models.threads import Purpose, Thread
from forums.querysets import ThreadQuerySet
from network.keyset import Cursor, ordered
from network.models.items import State
from network.models.people import User
from network.models.rooms import Room
from network.permissions import Level, Standing
from network.permissions.whole import whole
from network.querysets import is_assured

# The parts of a room's list. Each thread is in one of them.
PINNED, HERE, PASSED_ON = "pinned", "here", "passed on"


def listed(threads: ThreadQuerySet) -> ThreadQuerySet:
    """What stands in lists: talk about an item once somebody has said something that all may read."""
    return threads.exclude(state__in=(State.REMOVED, State.DRAFT)).exclude(parent__isnull=False, reply_count=0)


def for_list(threads: ThreadQuerySet, user: Any) -> ThreadQuerySet:
    """With what a row of a list says; who may see them is asked by the caller."""
    return listed(threads).with_reading(user).select_related("author", "partner", "parent")


def chosen(threads: ThreadQuerySet, choice: str) -> ThreadQuerySet:
    """Of those, what one looks for: "unanswered", "questions", "announcements"; all for anything else."""
    if choice == "unanswered":
        return threads.unanswered()
    if choice == "questions":
        return threads.filter(purpose=Purpose.QUESTION)
    return threads.filter(purpose=Purpose.ANNOUNCEMENT) if choice == "announcements" else threads


def of_room(standing: Standing, part: str) -> ThreadQuerySet:
    """One part of the list of the room in which this person stands."""
    if part == PASSED_ON:
        return for_list(Thread.objects.all(), standing.user).passed_on(standing)
    home = for_list(Thread.objects.filter(room=standing.room, kind=Thread.KIND), standing.user).at_home(standing)
    return home.filter(pinned_at__isnull=False).order_by("-pinned_at") if part == PINNED else home


def asker(standing: Standing, part: str, choice: str = "") -> Callable[..., list[Any]]:
    """The same for `network.keyset.leg`, composed once per process. One query for each leg."""
    shape = {"part": part, "choice": choice, "viewing": standing.level is not None, "moderates": standing.moderates}
    shape |= {"assured": is_assured(standing.user), "mfa": settings.LIAISE_REQUIRE_MFA}

    def rows(where: Cursor | None, count: int, *, newer: bool) -> list[Any]:
        keys = standing.user.pk, standing.room.pk, standing.opened_by
        return _rows(*keys, *(where or ()), count=count, newer=newer, **shape)

    return rows


def pinned(standing: Standing) -> list[Any]:
    """What stands above the list, what was pinned last first. One query."""
    return asker(standing, PINNED)(None, 0, newer=False)


@whole
def _rows(
    user_id: int,
    room: int,
    opened_by: tuple[int, ...],
    at: datetime | None = None,
    uid: UUID | None = None,
    *,
    part: str,
    choice: str,
    viewing: bool,
    moderates: bool,
    assured: bool,
    mfa: bool,
    count: int,
    newer: bool,
) -> ThreadQuerySet:
    user = User(pk=user_id)
    user.assured = assured  # type: ignore[attr-defined]
    level = Level.MODERATE if moderates else Level.VIEW if viewing else None
    threads = of_room(Standing(user, Room(pk=room), level, opened_by), part)
    if part == PINNED:
        return threads
    # What is pinned stands above the whole list; who looks for something finds it among the rest.
    rest = threads if choice or part == PASSED_ON else threads.filter(pinned_at=None)
    return ordered(chosen(rest, choice), (at, uid) if at and uid else None, count, newer=newer)
