"""Moments in words, in the zone that is active: what a person would write, not what a machine stores."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from network import clock


def clock_words(moment: datetime) -> str:
    """The time of day, "08:52"; `moment` is already in the zone in which it is to be read."""
    return f"{moment:%H:%M}"


def day_words(day: date, today: date | None = None, *, weekday: bool = False) -> str:
    """A day as "20 November", with its weekday if asked, with its year where that is not this one."""
    today = today or timezone.localdate(clock.now())
    this_year = day.year == today.year
    pattern = pgettext("date without year", "j F") if this_year else pgettext("date with year", "j F Y")
    if weekday:
        pattern = pgettext("weekday before a date", "l {date}").replace("{date}", pattern)
    return date_format(day, pattern)


def moment_words(moment: datetime, *, full: bool = False) -> str:
    """An instant as "today, 08:52", "Friday, 17:55" or "Friday 20 November, 17:55".

    The last six days go by their weekday's name alone; with `full`, and ahead of now, the date
    stands beside it, since people put it into their diaries.
    """
    local = timezone.localtime(moment)
    today = timezone.localdate(clock.now())
    day = _day_seen_from(today, local.date(), full, get_language())
    return _("{day}, {time}").format(day=day, time=clock_words(local))


@lru_cache(maxsize=1024)
def _day_seen_from(today: date, day: date, full: bool, _language: str | None) -> str:
    """The words for a day, remembered: on a page the same few days stand again and again."""
    days = (day - today).days
    if not full:
        if days == 0:
            return _("today")
        if days == -1:
            return _("yesterday")
        if days == 1:
            return _("tomorrow")
        if -7 < days < 0:
            return date_format(day, "l")
    return day_words(day, today, weekday=full or 0 < days < 60)


def span_words(start: datetime, end: datetime, zone: tzinfo | None = None) -> str:
    """From when until when, in `zone` or in the reader's.

    "Tuesday 8 December, 09:00–15:30", or for several days "Tuesday 8 December, 09:00 to
    Wednesday 9 December, 12:00". An end at midnight belongs to the day before it.
    """
    first, last = timezone.localtime(start, zone), timezone.localtime(end, zone)
    today = timezone.localdate(clock.now())
    words = day_words(first.date(), today, weekday=True)
    if (last - timedelta(microseconds=1)).date() == first.date():
        return _("{day}, {start}–{end}").format(day=words, start=clock_words(first), end=clock_words(last))
    return _("{first}, {start} to {last}, {end}").format(
        first=words,
        start=clock_words(first),
        last=day_words(last.date(), today, weekday=True),
        end=clock_words(last),
    )


def zone_words(zone: str) -> str:
    """The city by which an IANA zone is known: "Europe/Athens" is "Athens"."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")
