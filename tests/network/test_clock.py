"""The one clock that every rule asks."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from threading import Thread

import pytest

from network import clock

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)


def test_now_is_the_present_in_utc() -> None:
    before = datetime.now(UTC)
    now = clock.now()
    assert before <= now <= datetime.now(UTC)
    assert now.utcoffset() == timedelta(0)


def test_inside_at_it_is_then_and_afterwards_it_is_now_again() -> None:
    with clock.at(NOON):
        assert clock.now() == NOON
    assert clock.now() > NOON - timedelta(days=365 * 50)
    assert clock.now() != NOON


def test_at_can_stand_inside_at() -> None:
    with clock.at(NOON):
        with clock.at(NOON + timedelta(hours=1)):
            assert clock.now() == NOON + timedelta(hours=1)
        assert clock.now() == NOON


def test_what_fails_inside_at_does_not_leave_the_clock_there() -> None:
    with pytest.raises(RuntimeError), clock.at(NOON):
        raise RuntimeError
    assert clock.now() != NOON


def test_a_moment_of_another_zone_is_the_same_instant() -> None:
    with clock.at(NOON.astimezone(timezone(timedelta(hours=2)))):
        assert clock.now() == NOON


def test_another_thread_keeps_its_own_time() -> None:
    told: list[datetime] = []
    with clock.at(NOON):
        thread = Thread(target=lambda: told.append(clock.now()))
        thread.start()
        thread.join()
    assert told[0] != NOON


def test_tasks_keep_their_own_times() -> None:
    async def task(moment: datetime) -> datetime:
        with clock.at(moment):
            await asyncio.sleep(0)
            return clock.now()

    async def both() -> list[datetime]:
        return await asyncio.gather(task(NOON), task(NOON + timedelta(hours=1)))

    assert asyncio.run(both()) == [NOON, NOON + timedelta(hours=1)]
