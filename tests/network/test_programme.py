"""What the coordinators keep for the whole network: its words, phases and themes."""

from datetime import date

import pytest
from django.test import Client

from network.actions.programme import write_phase, write_theme
from network.models import AuditEntry, Phase, Theme
from network.refusals import Forbidden, Invalid
from tests.cast import Cast
from tests.factories import PhaseFactory, ThemeFactory


def test_a_coordinator_adds_a_phase_on_the_page_and_strangers_read_of_it(client: Client, cast: Cast) -> None:
    client.force_login(cast.clara)
    client.post("/programme/phases/new/", {"name": "LIAISE 3", "since": "2027-01-01", "summary": "Peer reviews."})
    assert Phase.objects.get(slug="liaise-3").since == date(2027, 1, 1)
    client.logout()
    assert "Peer reviews." in client.get("/").content.decode()


def test_a_phase_that_would_end_before_it_begins_stands_at_its_field_with_what_was_typed(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.clara)
    typed = {"name": "LIAISE 3", "since": "2027-01-01", "until": "2026-01-01"}
    page = client.post("/programme/phases/new/", typed).content.decode()
    assert "The phase would end before it begins." in page
    assert 'value="LIAISE 3"' in page
    assert not Phase.objects.exists()


def test_a_phase_that_is_changed_keeps_its_address(cast: Cast) -> None:
    phase = PhaseFactory(slug="liaise-2", name="LIAISE 2")
    write_phase(by=cast.clara, phase=phase, name="LIAISE II", since=phase.since)
    assert Phase.objects.get().slug == "liaise-2"


def test_a_theme_is_added_and_renamed_and_the_trail_says_so(client: Client, cast: Cast) -> None:
    client.force_login(cast.clara)
    client.post("/programme/themes/", {"name": "Gender"})
    client.post("/programme/themes/gender/", {"name": "Gender and families"})
    assert list(Theme.objects.values_list("slug", "name")) == [("gender", "Gender and families")]
    assert AuditEntry.objects.filter(verb="network.theme_written", actor=cast.clara.uid).count() == 2


def test_two_themes_of_one_name_are_refused_whatever_the_capitals(cast: Cast) -> None:
    ThemeFactory(name="Gender")
    with pytest.raises(Invalid, match="of this name"):
        write_theme(by=cast.clara, name="gender")


def test_nobody_but_a_coordinator_writes_phases_and_themes(cast: Cast) -> None:
    for person in (cast.maud, cast.luc, cast.eva):
        with pytest.raises(Forbidden):
            write_phase(by=person, name="LIAISE 3", since=date(2027, 1, 1))
        with pytest.raises(Forbidden):
            write_theme(by=person, name="Gender")
