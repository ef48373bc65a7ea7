"""What is being told: who and what there is by now, and what is still to happen, in order of time."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from config.demo.content import Content
from config.demo.moments import Moments
from network import clock
from network.models.items import Item, Theme
from network.models.people import Partner, User
from network.models.rooms import Phase, Room


class Timeline:
    """Things that will happen, each at its moment; what happens may add others that come later."""

    def __init__(self) -> None:
        self._waiting: list[tuple[datetime, int, Callable[[], object]]] = []
        self._places = count()

    def add(self, moment: datetime, happens: Callable[[], object]) -> None:
        """Something happens at a moment; of several at the same, the one that was added first comes first."""
        heapq.heappush(self._waiting, (moment, next(self._places), happens))

    def play(self) -> None:
        """Let everything happen, each under the clock of its moment."""
        while self._waiting:
            moment, _place, happens = heapq.heappop(self._waiting)
            with clock.at(moment):
                happens()


@dataclass
class Story:
    """The network while it is told. Rooms are found by key, items as "document:KEY" and so on."""

    content: Content
    moments: Moments
    phases: dict[str, Phase]
    themes: dict[str, Theme]
    partners: dict[str, Partner]
    people: dict[str, User]
    rooms: dict[str, Room] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)  # where stored files lie, to be dropped if all fails
    timeline: Timeline = field(default_factory=Timeline)

    def __post_init__(self) -> None:
        # What they tell each other under RED was told where a second factor was at hand, required or not.
        for person in self.people.values():
            person.assured = True

    @property
    def coordinator(self) -> User:
        """Who opens rooms, gives places in them and releases."""
        return self.people[self.content.coordinator]

    def moderator(self, room: str, author: str) -> User:
        """Somebody else than the author who moderates there."""
        row = next(row for row in self.content.rooms if row["key"] == room)
        trusted = [place["person"] for place in row["people"] if place["level"] in ("moderate", "manage")]
        return self.people[next((email for email in trusted if email != author), self.content.coordinator)]
