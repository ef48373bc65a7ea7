"""Parts of items and rooms (posts, messages), told to the ground floor by the apps that own them.

So notices, search, replay and moderation speak of any part in a constant number of queries without
knowing whose it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from network.models.people import User


@dataclass(frozen=True)
class Part:
    """What the owner of a kind of part answers about it."""

    kind: str
    visible: Callable[[Any], QuerySet]
    show: Callable[[Any, Iterable[int]], dict[int, dict[str, Any]]]
    decide: Callable[..., None] | None = None
    queue: Callable[[User], QuerySet] | None = None
    item: str = ""
    written: Callable[[User], QuerySet] | None = None
    room: str = "room"


PARTS: dict[str, Part] = {}


def register_part(
    kind: str,
    *,
    visible: Callable[[Any], QuerySet],
    show: Callable[[Any, Iterable[int]], dict[int, dict[str, Any]]],
    decide: Callable[..., None] | None = None,
    queue: Callable[[User], QuerySet] | None = None,
    item: str = "",
    written: Callable[[User], QuerySet] | None = None,
    room: str = "room",
) -> None:
    """From the AppConfig of the owner.

    `visible(user)`: a queryset whose `pk`s are the parts that user sees now.
    `show(user, ids)`: id → what that user may read of it: at least `excerpt` (plain text, at most
    200 characters), `url`, `author` (a name, "Participant 3" under the Chatham House Rule), `at`.
    `decide(id, decision, by, reason, ground)`: "approve" or "remove" (which needs a reason; the rule breached may be
    left out), as the action of a moderator.
    `queue(user)`: the held parts in the rooms this person moderates, oldest first, each with `uid` and `at`; what a
    label keeps from them is left out by `show` alone.
    `item`: the field by which the part knows its item, where it is a part of one; `room`: the same of its room.
    `written(person)`: what that person wrote of it that `decide` can remove by itself, each with `uid`, `at`, `state`.
    """
    PARTS[kind] = Part(kind, visible, show, decide, queue, item, written, room)
