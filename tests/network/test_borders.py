"""The land on the map: from the borders that set-up fetched, and nothing where there are none."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from network import borders, europe

pytestmark = pytest.mark.once


Ring = list[tuple[int, int]]


def rings(path: str) -> Iterator[Ring]:
    """The rings of a path, followed from step to step."""
    for begin_x, begin_y, steps in re.findall(r"M(-?\d+) ?(-?\d+)l([^z]*)z", path):
        x, y = int(begin_x), int(begin_y)
        numbers = [int(number) for number in re.findall(r"-?\d+", steps)]
        ring = [(x, y)]
        for step_x, step_y in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + step_x, y + step_y
            ring.append((x, y))
        yield ring


def inside(point: tuple[int, int], ring: Ring) -> bool:
    """The even-odd rule."""
    x, y = point
    crossings = 0
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            crossings += 1
    return crossings % 2 == 1


@pytest.mark.parametrize(
    ("code", "latitude", "longitude"),
    [("FR", 47.0, 2.4), ("DE", 51.0, 10.0), ("ES", 40.0, -3.7), ("PL", 52.0, 19.4), ("RO", 46.0, 25.0)],
)
def test_the_middle_of_a_country_lies_on_its_land_and_on_no_other(code: str, latitude: float, longitude: float) -> None:
    place = europe.project(latitude, longitude)
    around = {land.code: sum(inside(place, ring) for ring in rings(land.path)) for land in borders.outlines()}
    there = {name for name, count in around.items() if count % 2}
    assert there == {code}


def test_the_land_weighs_less_than_a_picture_would() -> None:
    assert 10_000 < sum(len(outline.path) for outline in borders.outlines()) < 40_000


def test_without_borders_a_map_has_places_and_no_land(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(borders, "FILE", tmp_path / "countries.json")
    assert borders.outlines.__wrapped__() == ()


def test_two_partners_of_one_city_are_beside_each_other_and_each_leads_to_its_page() -> None:
    places = [("Brussels", 50.85, 4.35, "/partners/brussels/"), ("Forum", 50.851, 4.351, "/partners/forum/")]
    one, other = europe.spots(places)
    assert (one.url, other.url) == ("/partners/brussels/", "/partners/forum/")
    assert abs(one.x - other.x) + abs(one.y - other.y) >= europe.APART - 1
