"""What can be attached to words, told to the ground floor by the room above that owns it.

Whoever lets people write asks here for what a file becomes, and never learns which app makes it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from network.models.items import Item


class Brought(Protocol):
    """A file whose bytes are stored and of which no row speaks yet. They go again where its `with` fails."""

    @property
    def key(self) -> str:
        """The same for the same bytes."""

    def share(self, **words: Any) -> Item:
        """Makes the item, in the caller's transaction: `by`, `room`, `tlp`, `partner`, `language`, `named_partners`,
        `named_people`, `held` and `uid`. Raises as `network.actions.items.begin`.
        """


@dataclass(frozen=True)
class Attachable:
    """The kind of item that a file becomes."""

    kind: str
    # What a form offers to choose from: endings, with commas between them.
    accept: str
    # The file with a name that does no harm; raises Invalid for what is not taken.
    clean: Callable[[Any], Any]
    # Stores the bytes around the transaction in which they are shared.
    bring: Callable[[Any], AbstractContextManager[Brought]]
    # On Item: where the name and the size of its newest file stand.
    file_name: str
    file_size: str


ATTACHABLE: dict[str, Attachable] = {}


def register_attachable(kind: str, **told: Any) -> None:
    """Called from the AppConfig of the app that owns the kind; `told` is the rest of Attachable."""
    ATTACHABLE[kind] = Attachable(kind, **told)


def of_files() -> Attachable:
    """What a new file becomes."""
    return next(iter(ATTACHABLE.values()))
