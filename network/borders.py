"""The countries of Europe as outlines on the drawing of `network.europe`.

The borders are Natural Earth's, in TopoJSON (github.com/topojson/topojson-specification): lines that
countries share are stored once, as whole steps from point to point. Set-up fetches them
(tools/borders.py); where they are missing there is no land, and the list beside a map says it all.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from network.europe import HEIGHT, WIDTH, project

log = logging.getLogger(__name__)

FILE = Path(settings.BASE_DIR) / ".venv" / "share" / "world-atlas" / "countries.json"
# Two points of a line that are nearer to each other, in units of the drawing, are one.
NEAR = 3
# Beyond the frame so far that what is bent straight there is never seen.
MARGIN = 90

Point = tuple[int, int]

# Country codes as numbers (ISO 3166-1), as the borders have them, for countries that the drawing shows in part.
ALPHA_2 = {
    "008": "AL", "020": "AD", "040": "AT", "056": "BE", "070": "BA", "100": "BG", "112": "BY", "191": "HR",
    "196": "CY", "203": "CZ", "208": "DK", "233": "EE", "246": "FI", "250": "FR", "276": "DE", "300": "GR",
    "348": "HU", "372": "IE", "380": "IT", "428": "LV", "438": "LI", "440": "LT", "442": "LU", "470": "MT",
    "492": "MC", "498": "MD", "499": "ME", "528": "NL", "578": "NO", "616": "PL", "620": "PT", "642": "RO",
    "643": "RU", "674": "SM", "688": "RS", "703": "SK", "705": "SI", "724": "ES", "752": "SE", "756": "CH",
    "792": "TR", "804": "UA", "807": "MK", "826": "GB", "012": "DZ", "504": "MA", "788": "TN", "434": "LY",
}  # fmt: skip


@dataclass(frozen=True)
class Outline:
    """A country on the drawing: its code, "" for one that has none here, and the path of its land (SVG 2 §9.3)."""

    code: str
    path: str


@lru_cache(maxsize=1)
def outlines() -> tuple[Outline, ...]:
    """All countries of which the drawing shows something; none where the borders have not been fetched."""
    try:
        atlas = json.loads(FILE.read_text("utf-8"))
    except FileNotFoundError:
        log.warning("There are no borders at %s, so maps are drawn without land; `make setup` fetches them", FILE)
        return ()
    lines = [list(_line(steps, atlas["transform"])) for steps in atlas["arcs"]]
    found = []
    for country in atlas["objects"]["countries"]["geometries"]:
        path = "".join(_rings(country, lines))
        if path:
            found.append(Outline(ALPHA_2.get(str(country.get("id")), ""), path))
    return tuple(found)


def _line(steps: Iterable[list[int]], transform: dict[str, Any]) -> Iterator[Point]:
    """One line of the atlas in units of the drawing."""
    (scale_x, scale_y), (west, south) = transform["scale"], transform["translate"]
    x = y = 0
    last: Point | None = None
    steps = list(steps)
    for number, (step_x, step_y) in enumerate(steps, 1):
        x, y = x + step_x, y + step_y
        across, down = project(y * scale_y + south, x * scale_x + west)
        point = min(max(across, -MARGIN), WIDTH + MARGIN), min(max(down, -MARGIN), HEIGHT + MARGIN)
        # The ends stay, since other lines begin there.
        if last is None or number == len(steps) or abs(point[0] - last[0]) + abs(point[1] - last[1]) >= NEAR:
            yield point
            last = point


def _rings(country: dict[str, Any], lines: list[list[Point]]) -> Iterator[str]:
    """The edges of a country's pieces that the drawing shows."""
    pieces = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
    for piece in pieces:
        for ring in piece:
            points: list[Point] = []
            for number in ring:
                # A number below zero is the line ~number, walked from its end.
                for point in lines[number] if number >= 0 else reversed(lines[~number]):
                    if not points or points[-1] != point:
                        points.append(point)
            if len(points) > 3 and any(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points):
                yield _written(points)


def _written(points: list[Point]) -> str:
    """A ring as a path: where it begins, then the steps, which are shorter to say than places."""
    (x, y), *others = points
    steps = []
    for next_x, next_y in others:
        steps.append(f"{next_x - x} {next_y - y}")
        x, y = next_x, next_y
    return f"M{points[0][0]} {points[0][1]}l{' '.join(steps)}z".replace(" -", "-")
