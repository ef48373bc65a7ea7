"""Long lists leg by leg: everything once, in order, whatever comes in meanwhile and whatever the address says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from network import clock
from network.keyset import Leg, cursor, leg, place, written
from network.models import Item
from tests.factories import ItemFactory, RoomFactory

pytestmark = pytest.mark.django_db


def rows(minutes: list[int]) -> None:
    """Items of two rooms, active so many minutes ago; several at the same moment."""
    now = clock.now().replace(microsecond=0)
    rooms = [RoomFactory(), RoomFactory()]
    author = ItemFactory(room=rooms[0]).author
    Item.objects.all().delete()
    Item.objects.bulk_create(
        Item(kind="document", title="x", room=rooms[n % 2], author=author, active_at=now - timedelta(minutes=one))
        for n, one in enumerate(minutes)
    )


def parts() -> list[object]:
    """The two rooms' items: one as a query, the other as rows that were fetched."""
    first, second = sorted({*Item.objects.values_list("room", flat=True)} | {0, -1})[-2:]
    return [Item.objects.filter(room=first), list(Item.objects.filter(room=second))]


def read(**address: str) -> Leg:
    return leg(parts(), address, 3)  # type: ignore[arg-type]


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(minutes=st.lists(st.integers(0, 5), max_size=14))
def test_whoever_goes_on_to_the_end_has_read_everything_once_and_finds_back(minutes: list[int]) -> None:
    with transaction.atomic():
        rows(minutes)
        meant = sorted(Item.objects.all(), key=place, reverse=True)
        page, found, way = read(), [], []
        while True:
            found += page.object_list
            way.append(page)
            if not page.older:
                break
            page = read(before=page.older)
        assert found == meant
        assert way[0].begins
        assert not way[0].newer
        # And back, leg by leg, to where it began.
        back = way[-1]
        seen = list(back.object_list)
        while back.newer:
            back = read(after=back.newer)
            seen = [one for one in back.object_list if one not in seen] + seen
        assert seen == meant
        assert back.begins
        transaction.set_rollback(True)


def test_what_comes_in_meanwhile_moves_nobodys_place() -> None:
    rows([1, 2, 3, 4, 5])
    first = read()
    older = Item.objects.order_by("active_at")[:2]
    newest = Item.objects.order_by("-active_at")[0]
    ItemFactory(room=newest.room, author=newest.author, active_at=clock.now())
    assert read(before=first.older).object_list == list(older)[::-1]


@pytest.mark.parametrize(
    "nonsense",
    ["", "x", "_", "2026-11-27_", "2026-11-27T10:00:00_x", "2026-11-27T10:00:00_" + "0" * 32, "\0", "9" * 500],
)
def test_an_address_without_sense_is_the_beginning(nonsense: str) -> None:
    rows([1, 2, 3, 4])
    assert cursor(nonsense) is None
    for key in ("before", "after"):
        assert read(**{key: nonsense}).object_list == read().object_list


def test_a_place_is_read_as_it_was_written() -> None:
    rows([1])
    row = Item.objects.get()
    assert cursor(written(row)) == place(row)
