"""What templates say of people, labels, times and counts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from network import clock, europe
from network.labels import Label
from network.moments import moment_words, span_words, zone_words
from network.templatetags import look

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def a_monday_in_malmo():
    with clock.at(MONDAY), timezone.override("Europe/Stockholm"):
        yield


def show(source: str, **context: object) -> str:
    return Template("{% load look %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Anna Lindqvist", "AL"),
        ("Participant 3", "P3"),
        ("Participant 12", "P12"),
        ("Marie de la Tour", "MT"),
        ("Élodie", "É"),
        ("(Ruth) Ann Stone", "AS"),
        ("", "?"),
    ],
)
def test_a_monogram_takes_the_first_and_the_last_word(name: str, letters: str) -> None:
    assert look.monogram(name) == letters


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 11, 23, 7, 52, tzinfo=UTC), "today, 08:52"),
        (datetime(2026, 11, 22, 23, 30, tzinfo=UTC), "today, 00:30"),
        (datetime(2026, 11, 22, 20, 14, tzinfo=UTC), "yesterday, 21:14"),
        (datetime(2026, 11, 20, 16, 55, tzinfo=UTC), "Friday, 17:55"),
        (datetime(2026, 11, 16, 16, 55, tzinfo=UTC), "16 November, 17:55"),
        (datetime(2025, 12, 31, 16, 55, tzinfo=UTC), "31 December 2025, 17:55"),
        (datetime(2026, 11, 24, 13, 0, tzinfo=UTC), "tomorrow, 14:00"),
        (datetime(2026, 11, 25, 13, 0, tzinfo=UTC), "Wednesday 25 November, 14:00"),
    ],
)
def test_an_instant_is_told_as_a_person_would_write_it(moment: datetime, words: str) -> None:
    assert moment_words(moment) == words


def test_an_instant_in_full_has_weekday_and_date() -> None:
    moment = datetime(2026, 11, 23, 7, 52, tzinfo=UTC)
    assert moment_words(moment, full=True) == "Monday 23 November, 08:52"


def test_the_same_instant_is_another_hour_for_a_reader_elsewhere() -> None:
    moment = datetime(2026, 11, 23, 7, 52, tzinfo=UTC)
    with timezone.override("Europe/Athens"):
        assert show("{{ moment|when }}", moment=moment) == (
            '<time datetime="2026-11-23T07:52:00+00:00">today, 09:52</time>'
        )


def test_no_instant_is_shown_as_nothing() -> None:
    assert show("{{ moment|when }}", moment=None) == ""


def test_a_meeting_is_shown_in_the_readers_zone_and_in_the_hosts() -> None:
    start = datetime(2026, 12, 8, 8, 0, tzinfo=UTC)
    end = datetime(2026, 12, 8, 14, 30, tzinfo=UTC)
    assert show("{% span a b %}", a=start, b=end) == "Tuesday 8 December, 09:00–15:30"
    assert show("{% span a b zone %}", a=start, b=end, zone="Europe/Athens") == "Tuesday 8 December, 10:00–16:30"


def test_a_meeting_of_two_days_names_both() -> None:
    start = datetime(2026, 12, 8, 8, 0, tzinfo=UTC)
    end = datetime(2026, 12, 9, 11, 0, tzinfo=UTC)
    assert span_words(start, end) == "Tuesday 8 December, 09:00 to Wednesday 9 December, 12:00"


def test_a_meeting_until_midnight_stays_on_its_day() -> None:
    start = datetime(2026, 12, 8, 17, 0, tzinfo=UTC)
    end = datetime(2026, 12, 8, 23, 0, tzinfo=UTC)
    assert span_words(start, end) == "Tuesday 8 December, 18:00–00:00"


def test_an_agenda_names_the_month_only_where_it_is_another() -> None:
    assert show("{% agenda_date m %}", m=datetime(2026, 11, 25, 9, 0, tzinfo=UTC)) == (
        '<time class="agenda-date" datetime="2026-11-25"><b>25</b>Wed</time>'
    )
    assert "Tue Dec" in show("{% agenda_date m %}", m=datetime(2026, 12, 8, 9, 0, tzinfo=UTC))


def test_a_date_is_shown_without_an_hour() -> None:
    assert show("{{ d|day }}", d=date(2026, 11, 20)) == ('<time datetime="2026-11-20">20 November</time>')


def test_a_zone_goes_by_its_city() -> None:
    assert zone_words("America/Argentina/Buenos_Aires") == "Buenos Aires"


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (84_200, "84 kB"),
        (1_800_000, "1.8 MB"),
        (999_600, "1.0 MB"),
        (412_000_000, "412 MB"),
        (3_000_000_000_000, "3.0 TB"),
        (None, ""),
    ],
)
def test_a_size_is_told_in_decimal_units(size: int | None, words: str) -> None:
    assert look.filesize(size) == words


def test_every_label_has_its_flag_and_its_words() -> None:
    for label in Label:
        flag = look.tlp(label.value)
        assert f"TLP:{label.word}</span>" in flag
        assert str(label.reach) in flag
    assert 'class="tlp tlp-amber-strict"' in look.tlp(Label.AMBER_STRICT)
    assert look.tlp(Label.RED, words="you and 5 people").endswith(" you and 5 people</span>")


def test_a_person_is_shown_with_the_partner_they_speak_for() -> None:
    assert look.person("Henrike Vogel", "guest") == (
        '<span class="person"><span class="person-name">Henrike Vogel</span>, '
        '<span class="person-partner">guest</span></span>'
    )


def test_a_participant_is_shown_without_link_and_partner() -> None:
    shown = look.person("Participant 3")
    assert shown == '<span class="person"><span class="person-name">Participant 3</span></span>'


def test_names_are_escaped() -> None:
    shown = look.person("<b>x</b>", "<i>y</i>")
    assert "<b>" not in shown
    assert "<i>" not in shown


def test_nothing_new_shows_nothing_but_the_bell_keeps_its_place() -> None:
    assert look.unread(0) == ""
    assert "hidden" in look.unread(0, bell=True)
    assert ">3</span>" in look.unread(3)


def test_a_way_is_current_on_its_page_and_below_it() -> None:
    def navlink(path: str, **options: bool) -> str:
        request = RequestFactory().get(path)
        return look.navlink(Context({"request": request}), "network:rooms", "Rooms", **options)

    assert 'aria-current="page"' in navlink("/rooms/")
    assert 'aria-current="true"' in navlink("/rooms/families/")
    assert "aria-current" not in navlink("/rooms/families/", exact=True)
    assert "aria-current" not in navlink("/")


@pytest.mark.parametrize(
    ("latitude", "longitude", "x", "y"),
    [
        (55.605, 13.0038, 369, 65),
        (48.8566, 2.3522, 209, 217),
        (41.3874, 2.1686, 206, 385),
        (38.5244, -8.8882, 39, 450),
        (40.849, 25.874, 563, 397),
    ],
    ids=["Malmö", "Paris", "Barcelona", "Setúbal", "Alexandroupoli"],
)
def test_cities_fall_where_the_drawing_has_them(latitude: float, longitude: float, x: int, y: int) -> None:
    assert europe.project(latitude, longitude) == pytest.approx((x, y), abs=1)


def test_names_on_the_map_do_not_cover_each_other() -> None:
    places = [
        ("Paris", 48.8566, 2.3522),
        ("Sarcelles", 48.9956, 2.3808),
        ("Montreuil", 48.8638, 2.4485),
        ("Bagneux", 48.7983, 2.3137),
        ("Reykjavík", 64.1466, -21.9426),
    ]
    spots = europe.spots(places)
    assert [spot.name for spot in spots if spot.side] == ["Paris", "Sarcelles", "Bagneux"]
    assert "Reykjavík" not in [spot.name for spot in spots]


def test_no_style_sheet_is_longer_than_a_page_of_code_may_be() -> None:
    for sheet in (Path(settings.BASE_DIR) / "static" / "css").glob("*.css"):
        assert len(sheet.read_text().splitlines()) <= 400, sheet.name


def test_a_name_of_the_code_folds_after_its_dots_and_underscores() -> None:
    assert look.breakable("network.tasks.seal_trail") == "network.<wbr>tasks.<wbr>seal_<wbr>trail<wbr>"
    assert look.breakable("_<b>") == "_<wbr>&lt;b&gt;<wbr>"
