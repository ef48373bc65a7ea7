"""Sub-queries that are compiled once: other people and other moments must never get the first one's answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from network import clock
from network.models import Room
from network.permissions import Level
from network.permissions.places import network_rooms, opened_through, rooms_where
from network.permissions.prepared import SOMEBODY, SOMETIME
from tests.cast import Cast
from tests.factories import grant


def test_the_text_stays_and_the_person_and_the_moment_change(cast: Cast) -> None:
    first = rooms_where(cast.luc, Level.VIEW)
    with clock.at(clock.now() + timedelta(days=1)):
        second = rooms_where(cast.anna, Level.VIEW)
    assert first.sql == second.sql
    assert cast.luc.pk in first.params
    assert cast.anna.pk in second.params
    assert cast.luc.pk not in second.params


@pytest.mark.parametrize("level", [Level.VIEW, Level.CONTRIBUTE, Level.MODERATE, Level.MANAGE])
def test_nothing_is_left_of_the_stand_ins(cast: Cast, level: Level) -> None:
    for subquery in (rooms_where(cast.luc, level), opened_through(cast.luc), network_rooms()):
        assert SOMEBODY not in subquery.params
        assert not [value for value in subquery.params if str(SOMETIME.year) in str(value)]


def test_each_level_has_its_own_text(cast: Cast) -> None:
    assert rooms_where(cast.vera, Level.VIEW).params != rooms_where(cast.vera, Level.MANAGE).params
    assert cast.families in Room.objects.where(cast.vera, Level.VIEW)
    assert cast.families not in Room.objects.where(cast.vera, Level.CONTRIBUTE)


def test_the_second_question_sees_what_changed_since_the_first(cast: Cast) -> None:
    assert cast.schools not in Room.objects.visible_to(cast.anna)
    grant(cast.malmo, Level.VIEW, cast.schools)
    assert cast.schools in Room.objects.visible_to(cast.anna)
    with clock.at(clock.now() - timedelta(days=400)):
        assert cast.schools not in Room.objects.visible_to(cast.anna)
