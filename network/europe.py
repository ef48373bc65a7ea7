"""Where a place falls on the map of Europe in templates/components/map.html.

The drawing is an equirectangular view true to scale at 48° north: 640 by 518 units from 11.5° west
to 31° east and from 58.5° to about 35.5° north (outline: Natural Earth, public domain).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 518
WEST, NORTH = -11.5, 58.5
ACROSS, DOWN = WIDTH / 42.5, 22.5  # units per degree

# The box that a name takes at eleven units of type, for keeping names apart.
LETTER, LINE, GAP = 6.2, 13.0, 8.0


@dataclass(frozen=True)
class Spot:
    """A place on the drawing; `name` is written beside it where there is room, `side` says where."""

    x: int
    y: int
    name: str
    side: str  # "start", "end" (SVG's text-anchor), or "" where the name finds no room

    @property
    def text_x(self) -> int:
        return self.x + int(GAP) if self.side == "start" else self.x - int(GAP)

    @property
    def text_y(self) -> int:
        return self.y + 4


def project(latitude: float, longitude: float) -> tuple[int, int]:
    """Degrees to units of the drawing, from its upper left corner."""
    return round((longitude - WEST) * ACROSS), round((NORTH - latitude) * DOWN)


def on_map(latitude: float, longitude: float) -> bool:
    """Whether a place lies within the drawing."""
    x, y = project(latitude, longitude)
    return 0 <= x <= WIDTH and 0 <= y <= HEIGHT


def _box(x: int, y: int, name: str, side: str) -> tuple[float, float, float, float]:
    width = LETTER * len(name)
    left = x + GAP if side == "start" else x - GAP - width
    return left, y - LINE / 2, left + width, y + LINE / 2


def _clash(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def spots(places: Iterable[tuple[str, float, float]]) -> list[Spot]:
    """Places (name, latitude, longitude) as spots; earlier ones get their names first.

    A name stands right of its spot, else left of it, else nowhere: in the thick of the map the
    list beside it says the rest. Places outside the drawing, and second ones on a spot, are left out.
    """
    found = [(name, *project(lat, lon)) for name, lat, lon in places if on_map(lat, lon)]
    taken = [(x - 5.0, y - 5.0, x + 5.0, y + 5.0) for _name, x, y in found]
    seen: set[tuple[int, int]] = set()
    result = []
    for name, x, y in found:
        if (x, y) in seen:
            continue
        seen.add((x, y))
        own = (x - 5.0, y - 5.0, x + 5.0, y + 5.0)
        for side in ("start", "end"):
            box = _box(x, y, name, side)
            if 0 <= box[0] and box[2] <= WIDTH and not any(t != own and _clash(box, t) for t in taken):
                taken.append(box)
                break
        else:
            side = ""
        result.append(Spot(x, y, name, side))
    return result
