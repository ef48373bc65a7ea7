"""Whole questions that are put into SQL once: nobody may ever get the answer that was somebody else's."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import Q, QuerySet
from pytest_django import DjangoAssertNumQueries

from network import clock
from network.models import Partner, Room, User
from network.permissions import Level
from network.permissions.places import held_in, rooms_where
from network.permissions.whole import whole
from tests.cast import Cast
from tests.factories import RoomFactory, grant


@whole
def people(*keys: int, named: bool = False) -> QuerySet[User]:
    found = User.objects.filter(pk__in=keys).select_related("hat").order_by("pk")
    return found.exclude(name="") if named else found


@whole
def rooms(user_id: int, since: datetime, uid: uuid.UUID, word: str, some: tuple[int, ...]) -> QuerySet[Room]:
    found = Q(opened_at__gt=since, purpose=word) | Q(uid=uid) | Q(pk__in=some)
    return Room.objects.filter(found, pk__in=rooms_where(user_id, Level.VIEW)).order_by("pk")


def test_each_gets_their_own_answer_of_the_same_text(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert people(cast.luc.pk) == [cast.luc]
    with django_assert_num_queries(1):
        assert people(cast.anna.pk) == [cast.anna]
    assert people(cast.anna.pk, cast.luc.pk) == sorted([cast.anna, cast.luc], key=lambda one: one.pk)


def test_rows_are_what_a_query_brings_with_what_belongs_to_them(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    User.objects.filter(pk=cast.luc.pk).update(hat=cast.liege)
    with django_assert_num_queries(1):
        [luc] = people(cast.luc.pk, named=True)
        assert (luc.name, luc.hat) == (cast.luc.name, cast.liege)
    assert not luc._state.adding
    luc.refresh_from_db()


def test_every_kind_of_key_stands_in_its_own_place(cast: Cast) -> None:
    mine = RoomFactory(purpose="ours")
    grant(cast.liege, Level.VIEW, mine)
    long_ago, never = clock.now() - timedelta(days=4000), clock.now() + timedelta(days=4000)
    nothing = uuid.uuid4()
    assert rooms(cast.luc.pk, long_ago, nothing, "ours", ()) == [mine]
    assert rooms(cast.luc.pk, never, nothing, "ours", ()) == []
    assert rooms(cast.luc.pk, long_ago, nothing, "theirs", ()) == []
    assert rooms(cast.luc.pk, never, mine.uid, "", ()) == [mine]
    assert rooms(cast.luc.pk, never, nothing, "", (mine.pk, cast.families.pk)) == [cast.families, mine]
    assert rooms(cast.luc.pk, never, nothing, "", (mine.pk,)) == [mine]
    assert rooms(cast.anna.pk, long_ago, mine.uid, "ours", (mine.pk,)) == []


def test_the_moment_is_that_of_the_question(cast: Cast) -> None:
    assert held_in(cast.anna, cast.families)
    with clock.at(clock.now() - timedelta(days=4000)):
        assert not held_in(cast.anna, cast.families)
    assert held_in(cast.anna, cast.families)


def test_what_cannot_be_answered_asks_nothing(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    @whole
    def nobody(user_id: int, some: tuple[int, ...]) -> QuerySet[User]:
        return User.objects.filter(pk__in=some)

    with django_assert_num_queries(0):
        assert nobody(cast.luc.pk, ()) == []
    assert nobody(cast.luc.pk, (cast.luc.pk,)) == [cast.luc]


def test_a_text_in_which_an_answer_of_today_would_stand_is_not_kept(cast: Cast) -> None:
    @whole
    def careless(user_id: int) -> QuerySet[User]:
        return User.objects.filter(pk__in=[*User.objects.values_list("pk", flat=True)])

    with pytest.raises(RuntimeError, match="asked the database"):
        careless(cast.luc.pk)


@pytest.mark.parametrize("key", [True, None, 1.5, Partner()])
def test_what_has_no_stand_in_is_no_key(cast: Cast, key: Any) -> None:
    with pytest.raises(ValueError, match="is no key"):
        people(key)
