"""Two people, or two fingers, who do something about the same room at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from network.actions import rooms
from network.models import PersonGrant, Room
from network.refusals import Refusal
from tests.cast import Cast, gather
from tests.factories import member_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def everybody(transactional_db: None) -> Cast:
    return gather()


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """What came of each; a refusal where one was raised."""
    line = Barrier(len(actions))

    def one(action: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            line.wait()
            return action()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(actions)) as pool:
        return list(pool.map(one, actions))


def test_of_two_coordinators_who_name_a_manager_the_second_finds_the_first(everybody: Cast) -> None:
    second = member_of(everybody.efus, represents=True)
    for _attempt in range(5):
        everybody.families.person_grants.all().delete()
        everybody.families.partner_grants.filter(group=everybody.efus.group).delete()
        came = at_once(
            lambda: rooms.name_manager(by=everybody.clara, room=everybody.families, person=everybody.luc),
            lambda: rooms.name_manager(by=second, room=everybody.families, person=everybody.anna),
        )
        assert sum(isinstance(one, Refusal) for one in came) == 1
        assert PersonGrant.objects.filter(content_object=everybody.families).count() == 1


def test_two_clicks_and_each_clicking_at_once_open_one_direct_room(everybody: Cast) -> None:
    anna, luc = everybody.anna, everybody.luc
    for _attempt in range(3):
        Room.objects.filter(kind=Room.Kind.DIRECT).delete()
        came = at_once(*[lambda: rooms.talk_with(by=anna, other=luc), lambda: rooms.talk_with(by=luc, other=anna)] * 2)
        assert len({room.pk for room in came}) == 1
        assert Room.objects.filter(kind=Room.Kind.DIRECT).count() == 1
