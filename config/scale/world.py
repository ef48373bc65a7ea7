"""What the parts of the bulk data know of each other while it is made."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from config.scale.numbers import Numbers
from config.scale.words import Title, Words
from network.labels import Label
from network.models.items import State, Theme
from network.models.people import Partner, User
from network.models.records import SearchEntry
from network.models.rooms import Room
from network.permissions import Level

HISTORY = timedelta(days=3 * 365)


@dataclass(frozen=True)
class Voice:
    """Somebody who speaks in a room, and for whom."""

    person: User
    partner: Partner


@dataclass
class Place:
    """A room, and who speaks in it."""

    room: Room
    voices: list[Voice]


@dataclass
class World:
    """Everything that is there already, and the one source of chance."""

    numbers: Numbers
    now: datetime
    coordinator: User
    lead: Partner
    # The key of each level in the store of grants.
    levels: dict[Level, int]
    random: Random
    words: Words
    themes: list[Theme] = field(default_factory=list)
    partners: list[Partner] = field(default_factory=list)
    members: dict[int, list[User]] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    written: int = 0

    def uid(self) -> uuid.UUID:
        """An identifier that the seed decides."""
        return uuid.UUID(int=self.random.getrandbits(128), version=4)

    def past(self) -> datetime:
        """An instant of the last three years; the nearer, the likelier."""
        return self.now - HISTORY * self.random.random() ** 2 - timedelta(hours=2)

    def label(self) -> Label:
        """As partners choose them: most things are for their room."""
        return self.random.choices(list(Label), weights=(5, 30, 50, 10, 5))[0]

    def state(self) -> str:
        """Nearly everything can be read."""
        states = (State.PUBLISHED, State.ARCHIVED, State.HELD, State.REMOVED)
        return self.random.choices(states, weights=(960, 30, 4, 6))[0]

    def entry(self, item: int, title: Title, stems: str, at: datetime) -> SearchEntry:
        """What the search keeps of an item."""
        return SearchEntry(item_id=item, title_words=title.stems, words=f"{title.stems} {stems}", at=at)

    def count(self, rows: Sequence[object]) -> None:
        """Notes how many rows were written."""
        self.written += len(rows)
