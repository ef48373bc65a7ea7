"""Whoever's membership ends is out, unless a coordinator wanted them to stay as a guest: proved on random places."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actions import memberships
from network import clock
from network.actions import rooms
from network.permissions import Level, is_guest, present_people
from network.refusals import Refusal
from tests.cast import Cast
from tests.drawing import examples
from tests.factories import grant

pytestmark = pytest.mark.django_db
SETTINGS = settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ROOMS = ("commons", "schools", "steering")
days = st.one_of(st.none(), st.integers(1, 60))


@contextmanager
def undone() -> Iterator[None]:
    """Everything inside is rolled back, so that each example begins with the cast alone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@SETTINGS
@given(
    places=st.dictionaries(st.sampled_from(ROOMS), days),
    later=st.dictionaries(st.sampled_from(ROOMS), st.integers(1, 60)),
    end=days,
    keep=st.sets(st.sampled_from(ROOMS)),
    by=st.sampled_from(("luc", "clara")),
    checked=st.integers(0, 61),
)
def test_an_end_makes_nobody_a_guest_whom_no_coordinator_wanted(
    cast: Cast,
    places: dict[str, int | None],
    later: dict[str, int],
    end: int | None,
    keep: set[str],
    by: str,
    checked: int,
) -> None:
    """Maud has own places, her membership ends now or later, and a room's manager gives her more before it does."""
    with undone():
        now = clock.now()
        grant(cast.luc, Level.MANAGE, cast.schools)
        for name, last in places.items():
            until = now + timedelta(days=last) if last else None
            grant(cast.maud, Level.CONTRIBUTE, getattr(cast, name), until=until)
        about = {
            "by": getattr(cast, by),
            "person": cast.maud,
            "partner": cast.liege,
            "keep": [getattr(cast, name) for name in keep],
        }
        at = now + timedelta(days=end) if end else now
        kept = {name for name in keep if (places.get(name) or 0) > (end or 0)}
        try:
            if end:
                memberships.set_end(until=at, **about)
            else:
                memberships.end_membership(**about)
        except Refusal:
            assert by == "luc" or kept != keep, "Only a place that cannot be kept is a reason to refuse."
            assert keep
            return
        assert not keep or by == "clara"
        for name, last in later.items():
            try:
                until = now + timedelta(days=last)
                rooms.grant(by=cast.luc, room=getattr(cast, name), holder=cast.maud, level=Level.VIEW, until=until)
            except Refusal:
                continue
        ended = at if end else clock.now()
        with clock.at(max(ended, now + timedelta(days=checked))):
            assert not is_guest(cast.maud) or kept
            if not kept:
                assert not present_people().filter(pk=cast.maud.pk).exists()
