"""That a moderator decided about an item, told to the app that keeps the record of decisions with their reasons."""

from __future__ import annotations

from typing import Protocol

from network.models.items import Item
from network.models.people import User


class Keeper(Protocol):
    """Writes a decision down, and says by which part its author reads it."""

    def __call__(self, *, by: User, item: Item, state: str, reason: str, ground: str) -> tuple[str, int] | None: ...


KEEPERS: list[Keeper] = []


class Waits(Exception):  # noqa: N818 - it is an answer, not an error
    """The decision is not taken yet: it waits for a second person, and the item stays as it is."""


def register_decisions(keep: Keeper) -> None:
    """From the AppConfig of the one that keeps them. Called in the transaction, before the item changes."""
    KEEPERS.append(keep)


def decided(*, by: User, item: Item, state: str, reason: str = "", ground: str = "") -> tuple[str, int] | None:
    """A moderator gave the item this state: published, held or removed. The part to tell its author of, if any.

    Raises Waits where it takes a second person, who is asked by now.
    """
    for keep in KEEPERS:
        return keep(by=by, item=item, state=state, reason=reason, ground=ground)
    return None
