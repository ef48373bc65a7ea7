"""Sub-queries that are compiled once: other people and other moments must never get the first one's answer."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db.models import QuerySet
from pytest_django import Settings

from network import clock
from network.frame import DUTIES, _with_duty
from network.models import Room, User
from network.models.item_requests import _visible, _waiting
from network.notifications import _seen
from network.permissions import Level, sees_one
from network.permissions.places import network_rooms, opened_through, rooms_where
from network.permissions.prepared import SOME_UID, SOMEBODY, SOMETHING, SOMETIME, prepared
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


@pytest.mark.parametrize("mfa", [True, False])
def test_of_a_whole_question_nothing_is_left_either(cast: Cast, settings: Settings, mfa: bool) -> None:
    # As the network is then: what is written here is kept for the tests after this one.
    settings.LIAISE_REQUIRE_MFA = mfa
    shapes = [(), ("item post",), ("", "item ", "item post", "room ", "room join_request")]
    whole = [_seen(cast.luc, assured, mfa, *some) for assured in (True, False) for some in shapes]
    whole += [write(cast.luc, assured, mfa) for write in (_visible, _waiting) for assured in (True, False)]
    whole += [_with_duty(cast.luc, duty) for duty in DUTIES]
    for subquery in whole:
        assert SOMEBODY not in subquery.params
        # Nor of a moment that was reckoned from the stand-in: the year would be its own, or one beside it.
        assert not [value for value in subquery.params if str(value)[:3] == str(SOMETIME.year)[:3]]


@pytest.mark.parametrize("assured", [True, False])
@pytest.mark.parametrize("through_release", [True, False])
def test_of_a_question_about_one_item_nothing_is_left_whichever_key_it_has(
    cast: Cast, assured: bool, through_release: bool
) -> None:
    for key in (7, uuid.uuid4()):
        rule = sees_one(cast.luc, key, assured=assured, through_release=through_release)
        [subquery] = [value for field, value in rule.children if field == "pk__in"]
        assert not {SOMEBODY, SOMETHING, SOME_UID, SOME_UID.hex} & set(subquery.params)
        assert {key, getattr(key, "hex", key)} & set(subquery.params)


def test_a_text_in_which_an_answer_of_today_would_stand_is_not_kept(cast: Cast) -> None:
    @prepared
    def careless(user_id: int) -> QuerySet:
        return User.objects.filter(pk__in=[*User.objects.values_list("pk", flat=True)]).values("pk")

    with pytest.raises(RuntimeError, match="asked the database"):
        careless(cast.luc)


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
