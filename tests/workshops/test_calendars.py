"""Calendars: a month as weeks, and a meeting as a file that two other people's parsers read alike.

Both parsers know the zones of the world by name and would not read ours, so the zones get names that nobody knows.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject  # type: ignore[import-untyped]
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workshops import calendars
from workshops.calendars import Meeting, Span, calendar_file, lay_out, month_bounds, neighbour, weeks_of
from workshops.times import zones

STAMP = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BRUSSELS = ZoneInfo("Europe/Brussels")
number = iter(range(10**6))
Reader = Callable[[str], tuple[datetime, datetime]]


def meeting(
    zone: str = "Europe/Brussels", start: datetime = datetime(2026, 7, 8, 8, tzinfo=UTC), **more: Any
) -> Meeting:
    given: dict[str, Any] = {
        "uid": "9d0f6f0c-7d5e-4b8e-9c8a-4d3c5a6b7c8d@liaise.example",
        "sequence": 0,
        "title": "First hundred days",
        "description": "",
        "place": "",
        "url": "https://liaise.example/workshops/9d0f6f0c-7d5e-4b8e-9c8a-4d3c5a6b7c8d/",
        "starts_at": start,
        "ends_at": start + timedelta(hours=2),
        "zone": zone,
    }
    return Meeting(**given | more)


def in_a_zone_that_nobody_knows(file: bytes, zone: str) -> str:
    """Parsers remember a zone by its name, so each gets a new one."""
    unknown = f"Nowhere/{next(number)}"
    text = re.sub(r"\r\n[ ]", "", file.decode())
    return text.replace(f"TZID:{zone}", f"TZID:{unknown}").replace(f"TZID={zone}", f"TZID={unknown}")


def read_by_icalendar(text: str) -> tuple[datetime, datetime]:
    (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    return utc(event.decoded("dtstart")), utc(event.decoded("dtend"))


def read_by_vobject(text: str) -> tuple[datetime, datetime]:
    event = vobject.readOne(text).vevent
    return utc(event.dtstart.value), utc(event.dtend.value)


def utc(moment: datetime) -> datetime:
    assert moment.tzinfo is not None, "a time without a zone is another one for every reader"
    return moment.astimezone(UTC)


@pytest.mark.parametrize("read", [read_by_icalendar, read_by_vobject])
@pytest.mark.parametrize("month", [1, 3, 4, 7, 10, 11])
@pytest.mark.parametrize(
    "zone",
    ["Europe/Brussels", "Europe/Athens", "Europe/Lisbon", "Europe/Dublin", "Asia/Kolkata", "America/New_York",
     "Australia/Lord_Howe", "Africa/Casablanca", "UTC"],
)  # fmt: skip
def test_two_parsers_find_the_instant_in_summer_and_in_winter(zone: str, month: int, read: Reader) -> None:
    start = datetime(2026, month, 12, 8, 15, tzinfo=UTC)
    text = in_a_zone_that_nobody_knows(calendar_file([meeting(zone, start)], stamp=STAMP), zone)
    assert read(text) == (start, start + timedelta(hours=2))


@pytest.mark.parametrize("read", [read_by_icalendar, read_by_vobject])
@pytest.mark.parametrize("days", range(-2, 3))
@pytest.mark.parametrize("changes", [datetime(2026, 3, 29, 12, tzinfo=UTC), datetime(2026, 10, 25, 12, tzinfo=UTC)])
def test_the_days_around_a_change_of_the_clocks_are_right(changes: datetime, days: int, read: Reader) -> None:
    start = changes + timedelta(days=days)
    text = in_a_zone_that_nobody_knows(calendar_file([meeting(start=start)], stamp=STAMP), "Europe/Brussels")
    assert read(text)[0] == start


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from([name for names in zones().values() for name in names]),
    start=st.integers(0, 44 * 365 * 24 * 4).map(lambda n: datetime(2005, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * n)),
)
@example(zone="Africa/El_Aaiun", start=datetime(2031, 1, 1, tzinfo=UTC))
def test_any_zone_and_time_comes_back_as_it_went(zone: str, start: datetime) -> None:
    wall = start.astimezone(ZoneInfo(zone))
    twice = wall.utcoffset() != wall.replace(fold=1 - wall.fold).utcoffset()
    if twice or any(
        abs(shift.wall - wall.replace(tzinfo=None)) < timedelta(hours=2)
        for shift in calendars.shifts_of(ZoneInfo(zone), wall.year, wall.year)
    ):
        return  # what a wall clock shows twice, no calendar file can tell apart
    text = in_a_zone_that_nobody_knows(calendar_file([meeting(zone, start)], stamp=STAMP), zone)
    assert read_by_vobject(text)[0] == start
    assert read_by_icalendar(text)[0] == start


def test_a_zone_with_a_yearly_rule_says_it_as_one() -> None:
    text = calendar_file([meeting()], stamp=STAMP).decode()
    assert "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3" in text
    assert "RDATE" not in text
    assert text.count("BEGIN:DAYLIGHT") == text.count("BEGIN:STANDARD") == 1


def test_a_zone_whose_clocks_follow_the_moon_says_each_change() -> None:
    text = calendar_file([meeting("Africa/Casablanca")], stamp=STAMP).decode()
    assert "RRULE" not in text
    assert "RDATE" not in text
    changes = calendars.shifts_of(ZoneInfo("Africa/Casablanca"), 2000, 2027)
    assert text.count("BEGIN:DAYLIGHT") == sum(change.after > change.before for change in changes) > 3


def test_a_file_carries_identity_sequence_and_state() -> None:
    text = calendar_file([meeting(sequence=3, cancelled=True)], stamp=STAMP).decode()
    event = icalendar.Calendar.from_ical(text).walk("VEVENT")[0]
    assert event["UID"] == "9d0f6f0c-7d5e-4b8e-9c8a-4d3c5a6b7c8d@liaise.example"
    assert event["SEQUENCE"] == 3
    assert event["STATUS"] == "CANCELLED"
    assert event.decoded("DTSTAMP") == STAMP
    assert "STATUS:CONFIRMED" in calendar_file([meeting()], stamp=STAMP).decode()


def test_awkward_words_are_escaped_and_long_lines_folded_and_both_parsers_get_them_back() -> None:
    title = "Größe; Maß, \\n und «Ende» " + "Jugendhilfeausschusssitzung" * 6
    description = "One\nTwo, three; four\r\nfive\x00\x0b" + "é" * 200
    file = calendar_file([meeting(title=title, description=description, place="Hall 2, left")], stamp=STAMP)
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))
    assert file.count(b"\n") == file.count(b"\r\n")
    words = (title, "One\nTwo, three; four\nfive" + "é" * 200, "Hall 2, left")
    event = icalendar.Calendar.from_ical(file).walk("VEVENT")[0]
    assert (event["SUMMARY"], event["DESCRIPTION"], event["LOCATION"]) == words
    other = vobject.readOne(file.decode()).vevent
    assert (other.summary.value, other.description.value, other.location.value) == words


def test_two_meetings_share_the_zone_they_name() -> None:
    later = meeting(start=datetime(2029, 1, 9, 9, tzinfo=UTC), uid="other@liaise.example")
    text = calendar_file([meeting(), later], stamp=STAMP).decode()
    assert text.count("BEGIN:VTIMEZONE") == 1
    assert text.count("BEGIN:VEVENT") == 2


# --- months ---------------------------------------------------------------------------------------


@given(year=st.integers(2000, 2099), month=st.integers(1, 12))
def test_a_month_is_whole_weeks_from_monday_without_gap(year: int, month: int) -> None:
    weeks = weeks_of(year, month)
    days = [day for week in weeks for day in week]
    assert all(len(week) == 7 and week[0].weekday() == 0 for week in weeks)
    assert all(after - before == timedelta(days=1) for before, after in pairwise(days))
    assert len([day for day in days if (day.year, day.month) == (year, month)]) >= 28


def test_a_month_begins_and_ends_in_the_readers_zone() -> None:
    assert month_bounds(2026, 7, BRUSSELS) == (
        datetime(2026, 6, 30, 22, tzinfo=UTC),
        datetime(2026, 7, 31, 22, tzinfo=UTC),
    )


def test_the_calendar_ends_where_our_years_end() -> None:
    assert neighbour(2026, 12, 1) == (2027, 1)
    assert neighbour(2026, 1, -1) == (2025, 12)
    assert neighbour(2099, 12, 1) is None
    assert neighbour(2000, 1, -1) is None


def laid_out(*meetings: Span) -> dict[int, list[tuple[str, str]]]:
    weeks = lay_out(meetings, 2026, 7, BRUSSELS, date(2026, 7, 8))
    days = [day for week in weeks for day in week if not day.outside]
    return {day.date.day: [(event.at, event.title) for event in day.events] for day in days if day.events}


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 7, day, hour, tzinfo=BRUSSELS)


def test_a_meeting_stands_on_the_day_that_it_has_for_the_reader() -> None:
    athens = datetime(2026, 7, 9, 0, 30, tzinfo=ZoneInfo("Europe/Athens"))
    assert laid_out(Span(athens, athens + timedelta(minutes=30), "Night", "/")) == {8: [("23:30", "Night")]}


def test_a_meeting_of_several_days_stands_on_each() -> None:
    assert laid_out(Span(at(8, 9), at(10, 12), "Seminar", "/")) == {
        8: [("09:00", "Seminar, day 1 of 3")],
        9: [("all day", "Seminar, day 2 of 3")],
        10: [("until 12:00", "Seminar, day 3 of 3")],
    }


def test_an_end_at_midnight_does_not_touch_the_next_day() -> None:
    assert laid_out(Span(at(8, 20), at(9, 0), "Evening", "/")) == {8: [("20:00", "Evening")]}


def test_a_crowded_day_says_how_many_more() -> None:
    crowd = [Span(at(8, 9), at(8, 10), f"{n}", "/") for n in range(9)]
    (day,) = [day for week in lay_out(crowd, 2026, 7, BRUSSELS, date(2026, 7, 8)) for day in week if day.today]
    assert (len(day.events), day.more) == (6, 3)
