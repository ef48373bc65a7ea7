"""Lists of partners and people, taken out: by whom, and with nothing in them that could be run."""

from __future__ import annotations

import csv
import re
from io import BytesIO, StringIO

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from accounts.actions.partners import add_partner
from accounts.forms.partners import PartnerForm
from accounts.outcomes import judge
from network.cells import FORMULA, harmless, typed
from network.models import AuditEntry, Partner
from network.sharing import plain_line
from tests.accounts.sending_lists import (
    body,
    listing_of,
    outcomes,
    send,
    signed_in,
)
from tests.cast import Cast
from tests.drawing import examples

pytestmark = pytest.mark.django_db


def test_a_representative_takes_out_their_own_people_and_the_trail_says_so(cast: Cast) -> None:
    raw = body(signed_in(cast.luc).get("/people/export.csv"))
    rows = list(csv.DictReader(StringIO(raw.decode("utf-8-sig"))))
    assert {row["e-mail"] for row in rows} == {"luc@liege.example", "maud@liege.example"}
    entry = AuditEntry.objects.get(verb="accounts.list_taken")
    assert entry.actor == cast.luc.uid
    everybody = body(signed_in(cast.clara).get("/people/export.xlsx"))
    sheet = load_workbook(BytesIO(everybody), read_only=True).worksheets[0]
    assert {row[1] for row in sheet.values} >= {"anna@malmo.example", "luc@liege.example"}
    assert signed_in(cast.clara).get("/people/export.exe").status_code == 404


def test_no_cell_of_an_export_can_be_run(cast: Cast) -> None:
    add_partner(
        by=cast.clara,
        name='=HYPERLINK("https://evil.example";"Ghent")',
        short_name="@SUM(1)",
        kind="ngo",
        country="BE",
        profile="+1\n-2",
        longitude=-1,
        latitude=1,
    )
    raw = body(signed_in(cast.clara).get("/partners/export.csv")).decode("utf-8-sig")
    cells = [cell for row in csv.reader(StringIO(raw)) for cell in row]
    assert '\'=HYPERLINK("https://evil.example";"Ghent")' in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    sheet = load_workbook(BytesIO(body(signed_in(cast.clara).get("/partners/export.xlsx")))).worksheets[0]
    assert not [cell for row in sheet for cell in row if cell.data_type == "f"]


def test_people_who_are_taken_out_and_read_in_again_are_members_already(cast: Cast) -> None:
    for ending in ("csv", "xlsx"):
        raw = body(signed_in(cast.clara).get(f"/people/export.{ending}"))
        assert set(outcomes(send(cast.clara, "people", raw, f"people.{ending}")).values()) == {"is a member already"}


NASTY = st.builds(
    "".join,
    st.tuples(
        st.text("=+-@'\t＝;", max_size=3),
        st.text(
            st.one_of(
                st.sampled_from("\r\n\"\\,; _x000D='"),
                st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
            ),
            min_size=1,
            max_size=9,
        ),
    ),
)


@pytest.mark.once
@given(NASTY)
@settings(max_examples=examples(300), deadline=None)
def test_a_cell_made_harmless_cannot_be_run_and_comes_back_as_it_was(text: str) -> None:
    cell = harmless(text)
    assert not cell.startswith(FORMULA)
    assert typed(cell) == text


@given(called=st.lists(st.tuples(NASTY, NASTY, NASTY, NASTY), min_size=8, max_size=8))
@settings(max_examples=examples(6), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_partners_are_called_taking_them_out_and_reading_them_in_changes_nothing(
    cast: Cast, called: list[tuple[str, str, str, str]]
) -> None:
    with transaction.atomic():
        for name, short_name, profile, city in called:
            data = {"name": name, "short_name": short_name, "profile": profile, "city": city, "kind": "ngo"}
            form = PartnerForm(data | {"country": "BE", "latitude": "-1.5", "longitude": "2"})
            if form.is_valid():
                add_partner(by=cast.clara, **form.chosen)
        for ending in ("csv", "xlsx"):
            raw = body(signed_in(cast.clara).get(f"/partners/export.{ending}"))
            listing = listing_of(send(cast.clara, "partners", raw, f"list.{ending}"))
            verdicts = judge(cast.clara, "partners", listing.rows)
            assert [(one.words, one.changes, one.why) for one in verdicts] == [("unchanged", (), "")] * len(verdicts)
            assert len(verdicts) == Partner.objects.count()
        transaction.set_rollback(True)


EUROPEAN = re.compile(r"[;\r\n]")


@pytest.mark.parametrize(
    "words", ["Ghent;=1+1;", 'Ghent;"=1+1', "Ghent\n=cmd|' /C calc'!A0;", "Ghent; -1", "a;'=b", "a\t＝b"]
)
def test_no_cell_begins_with_a_formula_where_the_spreadsheet_separates_by_semicolons(cast: Cast, words: str) -> None:
    Partner.objects.filter(pk=cast.malmo.pk).update(profile=words, contact_name=plain_line(words))
    raw = body(signed_in(cast.clara).get("/partners/export.csv")).decode("utf-8-sig")
    assert not [cell for cell in EUROPEAN.split(raw) if cell.lstrip('" ').startswith(FORMULA[:8])]
    assert typed(harmless(words)) == words
    assert set(outcomes(send(cast.clara, "partners", raw)).values()) == {"unchanged"}
