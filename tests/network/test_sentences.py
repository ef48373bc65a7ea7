"""Roles read as sentences, and their days are those on which they still hold."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from network import clock
from network.forms import end_of_day
from network.models import Membership, Partner, Room, User
from network.sentences import guest_words, membership_words, person_words, until_words

TODAY = datetime(2026, 11, 27, 9, tzinfo=UTC)
MALMO = Partner(short_name="Malmö")
JUNE = end_of_day(date(2027, 6, 30))


def membership(**changes: object) -> Membership:
    values = {"user": User(name="Anna Lindqvist"), "partner": MALMO, "since": datetime(2025, 1, 1, tzinfo=UTC)}
    return Membership(**(values | changes))


@pytest.mark.once
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "takes part for Malmö"),
        ({"until": JUNE}, "takes part for Malmö until 30 June 2027"),
        ({"role": "representative"}, "represents Malmö"),
        ({"role": "representative", "until": JUNE}, "represents Malmö until 30 June 2027"),
        ({"until": datetime(2026, 3, 1, 23, tzinfo=UTC)}, "took part for Malmö until 1 March"),
        ({"role": "representative", "until": TODAY}, "represented Malmö until 27 November"),
        (
            {"role": "representative", "until": JUNE, "deputy_for": User(pk=7, name="Karin Ek")},
            "deputy for Karin Ek at Malmö until 30 June 2027",
        ),
        (
            {"until": JUNE, "since": datetime(2026, 12, 1, 9, tzinfo=UTC), "deputy_for": User(pk=7, name="Karin Ek")},
            "deputy for Karin Ek at Malmö from 1 December until 30 June 2027",
        ),
    ],
)
def test_a_membership_is_a_sentence(changes: dict[str, object], words: str) -> None:
    with clock.at(TODAY):
        assert membership_words(membership(**changes)) == words
        assert person_words(membership(**changes)) == f"Anna Lindqvist {words}"


@pytest.mark.once
def test_a_guest_is_one_of_a_room_until_a_day() -> None:
    with clock.at(TODAY):
        assert guest_words(Room(name="Schools"), JUNE) == "guest of Schools until 30 June 2027"


@pytest.mark.once
@pytest.mark.parametrize("zone", ["Europe/Athens", "Atlantic/Azores", "Europe/Brussels"])
def test_the_last_day_is_the_networks_wherever_one_reads_it(zone: str) -> None:
    with clock.at(TODAY), timezone.override(ZoneInfo(zone)):
        assert until_words(JUNE) == "30 June 2027"


@pytest.mark.once
def test_who_may_not_know_of_the_absent_one_reads_of_a_representative() -> None:
    deputy = membership(role="representative", until=JUNE, deputy_for=User(pk=7, name="Karin Ek"))
    with clock.at(TODAY):
        assert membership_words(deputy, names_absent=False) == "represents Malmö until 30 June 2027"
