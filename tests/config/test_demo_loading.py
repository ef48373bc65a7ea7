"""Loading the demo network: where it refuses, what a failure leaves, and the files and moments that it makes."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from config.demo import papers
from config.demo.content import Content, text_of
from config.demo.moments import OFFICE, Moments
from network.models.people import Partner, User
from network.models.records import AuditEntry
from network.refusals import Unseen
from tests.factories import PartnerFactory, UserFactory

NIGHT = datetime(2027, 3, 1, 2, 30, tzinfo=UTC)  # a Monday


@pytest.mark.django_db
def test_production_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "PRODUCTION", True)
    with pytest.raises(CommandError, match="production"):
        call_command("demo")
    assert not User.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("somebody", [PartnerFactory, UserFactory], ids=["a partner", "a person"])
def test_a_database_that_holds_anybody_else_is_left_alone(somebody: type) -> None:
    somebody()
    with pytest.raises(CommandError, match="another network"):
        call_command("demo")
    assert not User.objects.filter(email__endswith="@demo.example").exists()
    assert not Partner.objects.filter(slug="efus").exists()


@pytest.mark.django_db
def test_a_failure_leaves_neither_rows_nor_files(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Content.read()
    commons = next(row for row in whole.rooms if row["key"] == "commons")
    shared = [row for row in whole.documents if row["room"] == "commons"][:2]
    wrong = shared[1] | {"author": "expert@demo.example", "on": None, "days_ago": 1}
    told = {"practices": [], "workshops": [], "discussions": [], "chat": []}
    broken = replace(
        whole, rooms=[commons], documents=[shared[0], wrong], opinions={key: [] for key in whole.opinions}, **told
    )
    monkeypatch.setattr(Content, "read", lambda: broken)
    before = set(files())
    with pytest.raises(Unseen):
        call_command("demo")
    assert set(files()) == before
    assert not User.objects.exists()
    assert not AuditEntry.objects.exists()


def files() -> list[Path]:
    return [path for path in (settings.LIAISE_DATA_DIR / "files").rglob("*") if path.is_file()]


# --- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["pdf", "docx", "md", "txt"])
def test_the_same_text_gives_the_same_bytes(kind: str) -> None:
    text = text_of("agreement-augsburg")
    one, other = (papers.make(kind, text, title="T", author="A", language="de") for _ in range(2))
    assert one == other
    assert len(one) > 500


def test_what_is_written_is_in_the_word_file() -> None:
    made = papers.make("docx", "# Über *uns*\n\nEins & zwei.\n\n- drei", title="T", author="A", language="de")
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        body = package.read("word/document.xml").decode()
    for words in ("Über ", "uns", "Eins &amp; zwei.", "•", "drei"):
        assert words in body


def test_a_text_is_read_as_headings_paragraphs_and_lists() -> None:
    found = list(papers.blocks("# One\n\nTwo **three**\nfour.\n\n1. five\n2. six\n\n- seven"))
    assert [(block.level, block.mark, block.text) for block in found] == [
        (1, "", "One"),
        (0, "", "Two three four."),
        (0, "1.", "five"),
        (0, "2.", "six"),
        (0, "•", "seven"),
    ]
    assert [run.text for run in found[1].runs if run.bold] == ["three"]


def test_the_first_words_end_with_a_sentence() -> None:
    text = "# Title\n\nOne sentence here. Another one there. A third.\n\nMore."
    assert papers.first_words(text, 100) == "One sentence here. Another one there. A third."
    assert papers.first_words(text, 40) == "One sentence here. Another one there."
    assert papers.first_words("# T\n\nwithout any end of a sentence at all", 20) == "without any end of…"


# --- moments --------------------------------------------------------------------------------------


def test_things_are_shared_on_working_days_and_never_later_than_written() -> None:
    moments = Moments(NIGHT)
    for days in range(40):
        for key in ("one", "two", "three"):
            moment = moments.shared({"days_ago": days, "key": key})
            assert NIGHT - timedelta(days=days + 4) < moment <= NIGHT - timedelta(days=days)
            local = moment.astimezone(OFFICE)
            assert local.weekday() < 5
            assert 8 <= local.hour < 17


@pytest.mark.parametrize("hour", [2, 7, 9, 15, 23])
def test_people_write_while_they_are_awake_in_the_order_of_the_files_and_never_later_than_now(hour: int) -> None:
    moments = Moments(NIGHT.replace(hour=hour))
    told = [moments.ago(minutes=minutes) for minutes in range(1, 60 * 24 * 4, 3)]
    assert all(later > earlier for later, earlier in pairwise(told))
    assert max(told) < moments.now
    today = moments.now.astimezone(OFFICE).date()
    before_today = [one for one in (moment.astimezone(OFFICE) for moment in told) if one.date() < today]
    assert {one.hour for one in before_today} == set(range(7, 23))


def test_the_hour_that_comes_twice_keeps_its_order() -> None:
    moments = Moments(datetime(2027, 10, 31, 12, tzinfo=UTC))
    told = [moments.ago(minutes=minutes) for minutes in range(1, 60 * 14)]
    assert all(later > earlier for later, earlier in pairwise(told))
    assert max(told) < moments.now


def test_nobody_invites_around_the_turn_of_the_year() -> None:
    row = {"weeks_ahead": 1, "weekday": "wed", "days": 2, "start": "09:00", "end": "15:00", "zone": "Europe/Prague"}
    start, end = Moments(datetime(2026, 12, 14, 9, tzinfo=UTC)).meeting(row)
    assert (start.date(), end.date()) == (date(2027, 1, 13), date(2027, 1, 14))


def test_a_clock_behind_the_files_moves_their_last_days_back() -> None:
    moments = Moments(NIGHT)
    assert moments.day("2016-05-26") == datetime(2016, 5, 26, 12, tzinfo=UTC)
    assert moments.day("2027-02-28") == NIGHT - timedelta(days=60)


def test_a_meeting_lies_on_its_weekday_at_the_hosts_time() -> None:
    row = {"weeks_ahead": 5, "weekday": "tue", "days": 2, "start": "09:00", "end": "15:00", "zone": "Europe/Stockholm"}
    # In five weeks it is summer there.
    assert Moments(NIGHT).meeting(row) == (
        datetime(2027, 4, 6, 7, tzinfo=UTC),
        datetime(2027, 4, 7, 13, tzinfo=UTC),
    )
