"""Where a place falls on the map of Europe in templates/components/map.html.

The drawing is an equirectangular view true to scale at 48° north: 640 by 518 units from 11.5° west
to 31° east and from 58.5° to about 35.5° north. The land below is `network.borders`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, pi, sin

WIDTH, HEIGHT = 640, 518
WEST, NORTH = -11.5, 58.5
ACROSS, DOWN = WIDTH / 42.5, 22.5  # units per degree

# The box that a name takes at eleven units of type, for keeping names apart.
LETTER, LINE, GAP = 6.6, 13.0, 8.0
# Places nearer to each other than this are drawn beside each other, so that each can be pointed at.
APART = 12
LARGER = 19 / 11  # the type on narrow pages (static/css/meeting.css)


@dataclass(frozen=True)
class Spot:
    """A place on the drawing; `name` is written beside it where there is room, `side` says where."""

    x: int
    y: int
    name: str
    side: str  # "start", "end" (SVG's text-anchor), or "" where the name finds no room
    roomy: bool  # whether the name still finds room on a narrow page, in larger type
    url: str = ""  # where the place leads to, if anywhere

    @property
    def text_x(self) -> int:
        return self.x + int(GAP) if self.side == "start" else self.x - int(GAP)

    @property
    def here_side(self) -> str:
        """Where the name of any spot finds room in the larger type, while somebody points at it."""
        return "start" if self.x < WIDTH // 2 else "end"

    @property
    def here_x(self) -> int:
        return self.x + (1 if self.here_side == "start" else -1) * int(GAP * 1.5)

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


def _box(x: int, y: int, name: str, side: str, scale: float = 1) -> tuple[float, ...]:
    """Left, upper, right and lower edge of a name."""
    width, half = LETTER * scale * len(name), LINE * scale / 2
    left = x + GAP if side == "start" else x - GAP - width
    return left, y - half, left + width, y + half


def _dot(x: int, y: int, scale: float = 1) -> tuple[float, ...]:
    return x - 5 * scale, y - 5 * scale, x + 5 * scale, y + 5 * scale


def _fits(box: tuple[float, ...], taken: list[tuple[float, ...]], own: tuple[float, ...]) -> bool:
    inside = box[0] >= 0 and box[2] <= WIDTH
    return inside and not any(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
        for other in taken
        if other != own
    )


Place = tuple[str, float, float] | tuple[str, float, float, str]


def spots(places: Iterable[Place]) -> list[Spot]:
    """Places (name, latitude, longitude and perhaps an address) as spots; earlier ones get their names first.

    A name stands right of its spot, else left of it, else nowhere: in the thick of the map the
    list beside it says the rest. Places outside the drawing are left out; of several on one spot
    the later ones move aside.
    """
    found: dict[tuple[int, int], tuple[str, str]] = {}
    for name, latitude, longitude, *url in places:
        if on_map(latitude, longitude):
            found[_aside(project(latitude, longitude), found)] = (name, url[0] if url else "")
    taken = [_dot(x, y) for x, y in found]
    taken_large = [_dot(x, y, LARGER) for x, y in found]
    result = []
    for (x, y), (name, address) in found.items():
        side = next((s for s in ("start", "end") if _fits(_box(x, y, name, s), taken, _dot(x, y))), "")
        large = _box(x, y, name, side, LARGER)
        roomy = bool(side) and _fits(large, taken_large, _dot(x, y, LARGER))
        if side:
            taken.append(_box(x, y, name, side))
        if roomy:
            taken_large.append(large)
        result.append(Spot(x, y, name, side, roomy, address))
    return result


def _aside(spot: tuple[int, int], taken: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """The free spot that is nearest: the one itself, else on rings around it, below first.

    Beside it stands its name.
    """
    others = list(taken)
    for ring in range(len(others) + 1):
        for turn in range(max(1, 6 * ring)):
            angle = pi / 2 + 2 * pi * turn / max(1, 6 * ring)
            x, y = round(spot[0] + APART * ring * cos(angle)), round(spot[1] + APART * ring * sin(angle))
            if all(abs(x - a) + abs(y - b) >= APART - 1 for a, b in others):
                return x, y
    return spot
