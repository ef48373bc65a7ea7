"""Six hundred frames of a kind in ten seconds pass, and no more."""

import pytest

from network.live import pace
from network.live.pace import Pace
from network.refusals import TooFast

ANNA, LUC = 1, 2


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A watch whose hand the test moves."""
    hand = [1_000.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: hand[0])
    return hand


def test_sixty_a_second_pass_for_ten_seconds_and_then_they_are_too_fast(watch: list[float]) -> None:
    ours = Pace()
    for _each in range(600):
        ours.check(ANNA, "say")
        watch[0] += 1 / 60.1
    with pytest.raises(TooFast) as refused:
        ours.check(ANNA, "say")
    assert refused.value.retry_after == 1
    ours.check(ANNA, "read")
    ours.check(LUC, "say")
    watch[0] += refused.value.retry_after
    ours.check(ANNA, "say")


def test_what_is_refused_does_not_prolong_the_wait(watch: list[float]) -> None:
    ours = Pace()
    for _each in range(600):
        ours.check(ANNA, "say")
    for _each in range(9):
        watch[0] += 1
        with pytest.raises(TooFast):
            ours.check(ANNA, "say")
    watch[0] += 1
    ours.check(ANNA, "say")


def test_who_has_been_silent_for_ten_seconds_is_forgotten(watch: list[float]) -> None:
    ours = Pace()
    ours.check(ANNA, "say")
    watch[0] += 5
    ours.check(LUC, "say")
    watch[0] += 6
    ours.tidy()
    assert [person for person, _kind in ours._came] == [LUC]
