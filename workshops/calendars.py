"""Calendars as pure functions: a month as weeks of days, and a meeting as an iCalendar file (RFC 5545)."""

from __future__ import annotations

import calendar
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import icalendar
from django.utils.translation import gettext as _

from workshops.times import FIRST_YEAR, LAST_YEAR

# --- a month --------------------------------------------------------------------------------------

MOST_A_DAY = 6


@dataclass(frozen=True)
class Span:
    """A meeting as a calendar needs it: aware instants, words, a way."""

    starts_at: datetime
    ends_at: datetime
    title: str
    href: str
    mine: bool = False


@dataclass(frozen=True)
class Entry:
    """A meeting on one day: `at` is its time there, "14:00", or what stands in its place."""

    href: str
    title: str
    at: str
    mine: bool


@dataclass
class Day:
    """One square of the month; `more` counts the meetings that found no room in it."""

    date: date
    outside: bool
    today: bool
    events: list[Entry] = field(default_factory=list)
    more: int = 0


def weeks_of(year: int, month: int) -> list[list[date]]:
    """The weeks from Monday that hold the month, each of seven dates."""
    return calendar.Calendar(calendar.MONDAY).monthdatescalendar(year, month)


def bounds(first: date, last: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """From the first instant of `first` to the first one after `last`, in `zone` (half-open)."""
    after = last + timedelta(days=1)
    return datetime(*first.timetuple()[:3], tzinfo=zone), datetime(*after.timetuple()[:3], tzinfo=zone)


def month_bounds(year: int, month: int, zone: tzinfo) -> tuple[datetime, datetime]:
    """The instants between which the month lies in `zone` (half-open)."""
    return bounds(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]), zone)


def neighbour(year: int, month: int, step: int) -> tuple[int, int] | None:
    """The month `step` months on, or None where our calendar ends."""
    years, index = divmod(year * 12 + month - 1 + step, 12)
    return (years, index + 1) if FIRST_YEAR <= years <= LAST_YEAR else None


def lay_out(meetings: Iterable[Span], year: int, month: int, zone: tzinfo, today: date) -> list[list[Day]]:
    """The month's weeks with each meeting on every day that it touches in `zone`.

    An end at midnight does not touch the day that it begins.
    """
    weeks = [[Day(day, day.month != month, day == today) for day in week] for week in weeks_of(year, month)]
    days = {day.date: day for week in weeks for day in week}
    for meeting in sorted(meetings, key=lambda meeting: meeting.starts_at):
        start, end = meeting.starts_at.astimezone(zone), meeting.ends_at.astimezone(zone)
        first, last = start.date(), (end - timedelta(microseconds=1)).date()
        length = (last - first).days + 1
        for number in range(length):
            day = days.get(first + timedelta(days=number))
            if day is None:
                continue
            if len(day.events) == MOST_A_DAY:
                day.more += 1
                continue
            day.events.append(Entry(meeting.href, *_on_day(meeting.title, start, end, number, length), meeting.mine))
    return weeks


def _on_day(title: str, start: datetime, end: datetime, number: int, length: int) -> tuple[str, str]:
    if length == 1:
        return title, f"{start:%H:%M}"
    words = _("{title}, day {number} of {length}").format(title=title, number=number + 1, length=length)
    if number == 0:
        return words, f"{start:%H:%M}"
    return words, _("until {time}").format(time=f"{end:%H:%M}") if number == length - 1 else _("all day")


# --- a calendar file ------------------------------------------------------------------------------

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True)
class Meeting:
    """What a calendar file says of one meeting. Instants are aware; `uid` and `zone` never change its identity."""

    uid: str
    sequence: int
    title: str
    description: str
    place: str
    url: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    cancelled: bool = False
    busy: bool = True


def calendar_file(
    meetings: Sequence[Meeting], *, stamp: datetime, name: str = "", again: timedelta | None = None
) -> bytes:
    """An iCalendar file in UTF-8, folded at 75 octets, with the zones that it names.

    Times stand in the host's zone, so that a calendar shows both. `stamp` is the instant at which the file was made.
    Of a file that is fetched again and again, `name` is what programs call it, and `again` after how long they ask
    (RFC 7986 §5.1 and §5.7, and what programs understood before it).
    """
    file = icalendar.Calendar()
    file.add("prodid", "-//Liaise//Workshops//EN")
    file.add("version", "2.0")
    file.add("calscale", "GREGORIAN")
    file.add("method", "PUBLISH")
    if name:
        file.add("name", _plain(name))
        file.add("x-wr-calname", _plain(name))
    if again:
        file.add("refresh-interval", again, parameters={"VALUE": "DURATION"})
        file.add("x-published-ttl", again)
    zones: dict[str, tzinfo] = {}
    for name in dict.fromkeys(meeting.zone for meeting in meetings):
        years = [year for meeting in meetings if meeting.zone == name for year in _years(meeting)]
        component = zone_component(name, min(years) - 1, max(years) + 1)
        zones[name] = ZoneInfo(name) if component else UTC
        if component:
            file.add_component(component)
    for meeting in meetings:
        file.add_component(_event(meeting, zones[meeting.zone], stamp))
    return file.to_ical()


def _years(meeting: Meeting) -> tuple[int, int]:
    zone = ZoneInfo(meeting.zone)
    return meeting.starts_at.astimezone(zone).year, meeting.ends_at.astimezone(zone).year


def _event(meeting: Meeting, zone: tzinfo, stamp: datetime) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", meeting.uid)
    event.add("dtstamp", stamp.astimezone(UTC).replace(microsecond=0))
    event.add("sequence", meeting.sequence)
    event.add("status", "CANCELLED" if meeting.cancelled else "CONFIRMED")
    event.add("dtstart", meeting.starts_at.astimezone(zone).replace(microsecond=0))
    event.add("dtend", meeting.ends_at.astimezone(zone).replace(microsecond=0))
    event.add("summary", _plain(meeting.title))
    if meeting.description:
        event.add("description", _plain(meeting.description))
    if meeting.place:
        event.add("location", _plain(meeting.place))
    if meeting.url:
        event.add("url", meeting.url)
    # Whether it makes its reader busy (RFC 5545 §3.8.2.7).
    event.add("transp", "OPAQUE" if meeting.busy else "TRANSPARENT")
    return event


def _plain(text: str) -> str:
    """Without the control characters that RFC 5545, 3.1 (CONTROL) keeps out of text."""
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


# --- a time zone ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shift:
    """The clocks of a zone are changed: at this wall time (as shown before), from one offset to another."""

    wall: datetime
    before: timedelta
    after: timedelta
    name: str

    @property
    def pattern(self) -> tuple[object, ...]:
        """What stays the same each year, but for the week of the month."""
        return self.wall.month, self.wall.weekday(), self.wall.time(), self.before, self.after

    @property
    def week(self) -> int:
        return (self.wall.day - 1) // 7 + 1

    @property
    def is_last(self) -> bool:
        return (self.wall + timedelta(days=7)).month != self.wall.month


def zone_component(name: str, first: int, last: int) -> icalendar.Timezone | None:
    """A VTIMEZONE that is true from the second of the years `first` to `last`; None for a zone that keeps UTC.

    Where the clocks change by the same rule in all these years, as RRULE; else with one observance per change.
    Never as a list of several dates on one RDATE line, of which ical.js and vobject read the first alone.
    """
    zone = ZoneInfo(name)
    shifts = shifts_of(zone, first, last)
    start = datetime(first, 1, 1, tzinfo=zone)
    offset = start.utcoffset() or timedelta()
    if not shifts and not offset:
        return None
    component = icalendar.Timezone()
    component.add("tzid", name)
    weeks = _yearly(shifts, last - first + 1)
    if weeks:
        for shift in shifts[: len(weeks)]:
            component.add_component(_observance(shift, weeks[shift.pattern]))
        return component
    # From 2000 on here, too, for vobject, which would take a zone without changes before 2020 for UTC.
    start = datetime(min(first, 2000), 1, 1, tzinfo=zone)
    offset = start.utcoffset() or timedelta()
    component.add_component(_observance(Shift(start.replace(tzinfo=None), offset, offset, start.tzname() or name)))
    for shift in shifts_of(zone, start.year, last):
        component.add_component(_observance(shift))
    return component


def shifts_of(zone: ZoneInfo, first: int, last: int) -> list[Shift]:
    """Every change of the zone's offset in the years `first` to `last`, in order."""
    found = []
    moment, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    while moment < end:
        following = moment + timedelta(days=1)
        if _offset(moment, zone) != _offset(following, zone):
            found.append(_shift_between(moment, following, zone))
        moment = following
    return found


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _shift_between(low: datetime, high: datetime, zone: ZoneInfo) -> Shift:
    before = _offset(low, zone)
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
    wall = (high + before).replace(tzinfo=None)
    return Shift(wall, before, _offset(high, zone), high.astimezone(zone).tzname() or "")


def _yearly(shifts: list[Shift], years: int) -> dict[tuple[object, ...], int]:
    """Pattern → week of the month (-1 the last), where every pattern comes once in each year by one rule."""
    counts = Counter(shift.pattern for shift in shifts)
    weeks: dict[tuple[object, ...], int] = {}
    for pattern, count in counts.items():
        same = [shift for shift in shifts if shift.pattern == pattern]
        if count != years or len({shift.wall.year for shift in same}) != years:
            return {}
        if all(shift.is_last for shift in same):
            weeks[pattern] = -1
        elif len({shift.week for shift in same}) == 1:
            weeks[pattern] = same[0].week
        else:
            return {}
    return weeks


def _observance(shift: Shift, week: int = 0) -> icalendar.TimezoneStandard | icalendar.TimezoneDaylight:
    summer = shift.after > shift.before
    observance = icalendar.TimezoneDaylight() if summer else icalendar.TimezoneStandard()
    # A yearly rule begins long ago, as in everybody's files: vobject looks at the years from 2000 on to tell a zone
    # from UTC, and would take Lisbon for it.
    observance.add("dtstart", _by_rule(shift, week, 1970) if week else shift.wall)
    observance.add("tzoffsetfrom", shift.before)
    observance.add("tzoffsetto", shift.after)
    observance.add("tzname", shift.name)
    if week:
        day = f"{week}{WEEKDAYS[shift.wall.weekday()]}"
        observance.add("rrule", {"freq": "yearly", "bymonth": shift.wall.month, "byday": day})
    return observance


def _by_rule(shift: Shift, week: int, year: int) -> datetime:
    """When the shift falls in another year, on the same weekday of the same week (-1 the last) of its month."""
    days = [
        day
        for day in range(1, calendar.monthrange(year, shift.wall.month)[1] + 1)
        if date(year, shift.wall.month, day).weekday() == shift.wall.weekday()
    ]
    return shift.wall.replace(year=year, day=days[week if week < 0 else week - 1])
