"""What stands behind the numbers of a room, as it looks now, for those who may see it.

The apps above say how their events are shown; here they become frames, each encoded once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from network.live.wire import Payload, encode
from network.models.records import RoomEvent
from network.permissions import Level


@dataclass(frozen=True)
class Shown:
    """What one event looks like now: `payload` without room and seq, for whom.

    With `person` or `level`, only that person and whoever has that level in the room get it; others
    get the bare number. Without, everybody who views the room.
    """

    payload: Payload
    person: int | None = None
    level: Level | None = None


Render = Callable[[Sequence[RoomEvent]], Mapping[int, Shown]]
EVENTS: dict[str, Render] = {}


def register_event(kind: str, render: Render) -> None:
    """From an AppConfig. `render(events)` → seq → Shown, in a constant number of queries.

    The events are of one room and of this kind; a number that it leaves out is skipped for all.
    """
    EVENTS[kind] = render


@dataclass(frozen=True)
class Event:
    """One number of a room, encoded: `text` for those who may see it, `skipped` for the others."""

    seq: int
    text: str | None
    skipped: str
    person: int | None
    level: Level | None

    def text_for(self, person: int, holders: Mapping[Level, Iterable[int]]) -> str:
        """The frame for this person; `holders` says who has the levels that events of this batch name."""
        if self.text is None:
            return self.skipped
        open_to_all = self.person is None and self.level is None
        named = self.person == person or (self.level is not None and person in holders.get(self.level, ()))
        return self.text if open_to_all or named else self.skipped


def after(room: int, slug: str, seq: int, *, limit: int, until: int | None = None) -> list[Event]:
    """The events of a room with numbers above `seq`, up to `until`, as they look now. In order."""
    wanted = RoomEvent.objects.filter(room_id=room, seq__gt=seq)
    if until is not None:
        wanted = wanted.filter(seq__lte=until)
    rows = list(wanted.order_by("seq")[:limit])
    shown: dict[int, Shown] = {}
    for kind in {row.kind for row in rows} & EVENTS.keys():
        shown |= EVENTS[kind]([row for row in rows if row.kind == kind])
    return [_encoded(slug, row.seq, shown.get(row.seq)) for row in rows]


def _encoded(slug: str, seq: int, shown: Shown | None) -> Event:
    skipped = encode({"type": "skipped", "room": slug, "seq": seq})
    if shown is None:
        return Event(seq, None, skipped, None, None)
    text = encode(shown.payload | {"room": slug, "seq": seq})
    return Event(seq, text, skipped, shown.person, shown.level)
