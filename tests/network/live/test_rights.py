"""What the hub asks about many sockets at once agrees with the gate, which is asked about one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from network.live import rights
from network.models import Room, User
from network.permissions import Level, allowed
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_the_viewers_of_each_room_are_those_whom_the_gate_lets_view_it(cast: Cast) -> None:
    people, rooms = list(User.objects.all()), list(Room.objects.all())
    asked = {room.pk: {person.pk for person in people} for room in rooms}
    expected = {room.pk: {person.pk for person in people if allowed(person, Level.VIEW, room)} for room in rooms}
    assert rights.viewers_of_each(asked) == expected
    assert any(expected.values())
    for room in rooms:
        assert rights.viewers(room.pk, asked[room.pk]) == expected[room.pk]
    assert rights.viewers_of_each({}) == {}


@pytest.mark.parametrize("rooms", [1, 4])
def test_four_rooms_are_asked_about_as_often_as_one(cast: Cast, rooms: int) -> None:
    asked = {room.pk: {cast.anna.pk, cast.luc.pk} for room in Room.objects.all()[:rooms]}
    with CaptureQueriesContext(connection) as queries:
        rights.viewers_of_each(asked)
    assert len(queries) == 2


def test_people_are_named_with_a_partner_that_is_in_the_room(cast: Cast) -> None:
    names = rights.present(cast.families.pk, {cast.anna.pk, cast.carlo.pk, cast.gus.pk})
    assert [(one["name"], one["partner"]) for one in names] == [
        ("Anna Lindqvist", "Malmö"),
        ("Carlo Brandl", "Augsburg"),
        ("Gus Peeters", None),
    ]
