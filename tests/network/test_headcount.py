"""An audience in numbers: what the database counts is what one finds by looking at everybody."""

from __future__ import annotations

import pytest

from network import headcount
from network.models.people import User
from network.permissions import Level, who_may
from tests.cast import Cast
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("level", [Level.VIEW, Level.CONTRIBUTE, Level.MODERATE])
def test_what_is_counted_is_what_is_found_by_looking(cast: Cast, level: Level) -> None:
    MembershipFactory(user=cast.anna, partner=cast.liege)
    for room in (cast.families, cast.commons, cast.schools, cast.steering):
        found, counted = headcount.of(who_may(level, room)), headcount.numbers(who_may(level, room))
        assert (counted.people, counted.partners) == (found.people, len(found.partners))
        assert (counted.guests, str(counted)) == (found.guests, str(found))


def test_nobody_is_counted_as_nobody() -> None:
    assert str(headcount.numbers(User.objects.none())) == str(headcount.of(User.objects.none())) == "nobody yet"
