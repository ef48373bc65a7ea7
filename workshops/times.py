"""From the clock on a wall to the instant that it means, where the wall's clock jumps twice a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

# Calendars and zones beyond these are a slip of the keyboard, and some of their instants do not exist in UTC.
FIRST_YEAR, LAST_YEAR = 2000, 2099

AREAS = ("Europe", "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Indian", "Pacific")


class SkippedTimeError(ValueError):
    """The clocks there were put forward past this time. `instead` is what they showed at that instant."""

    def __init__(self, instead: datetime) -> None:
        super().__init__(instead)
        self.instead = instead


@dataclass(frozen=True)
class Instant:
    """An instant in UTC, and whether the clock on the wall shows that time twice (then the first is meant)."""

    utc: datetime
    twice: bool


def instant(wall: datetime, zone: ZoneInfo) -> Instant:
    """The instant of a naive local time. Raises SkippedTimeError where daylight saving leaves it out (PEP 495)."""
    first = wall.replace(tzinfo=zone, fold=0)
    utc = first.astimezone(UTC)
    back = utc.astimezone(zone).replace(tzinfo=None, fold=0)
    if back != wall:
        raise SkippedTimeError(back)
    return Instant(utc, twice=wall.replace(tzinfo=zone, fold=1).utcoffset() != first.utcoffset())


@cache
def zones() -> dict[str, list[str]]:
    """The IANA zones known by a city, by area, Europe first; and UTC."""
    known = available_timezones()
    areas = {area: sorted(name for name in known if name.startswith(f"{area}/")) for area in AREAS}
    return {area: names for area, names in areas.items() if names} | {"UTC": ["UTC"]}


def is_zone(name: str) -> bool:
    """Whether it is one of `zones()`."""
    return any(name in names for names in zones().values())
