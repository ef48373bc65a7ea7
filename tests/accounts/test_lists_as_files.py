"""Lists of partners and people as files: read as spreadsheets save them, and refused where they are none."""

from __future__ import annotations

import time
import tracemalloc
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Import
from network import clock, sheets
from network.refusals import Invalid
from tests.accounts.sending_lists import (
    GHENT,
    HEADER,
    listing_of,
    outcomes,
    send,
    workbook,
)
from tests.cast import Cast
from tests.factories import PartnerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_list_is_read_as_spreadsheets_save_it(cast: Cast, encoding: str, separator: str) -> None:
    table = separator.join(["name", "short name", "kind", "country"]) + "\r\n"
    table += separator.join(["Ville d’Orléans", "Orléans", "local authority", "France"]) + "\r\n"
    response = send(cast.clara, "partners", table.encode(encoding))
    assert outcomes(response) == {2: "new partner"}
    assert listing_of(response).rows[0]["typed"]["short name"] == "Orléans"


def test_a_workbook_is_read_with_its_days_and_figures(cast: Cast) -> None:
    rows = [
        [],
        ["e-mail", "partner", "until", None],
        ["a@malmo.example", "malmo", clock.now().date().replace(year=2031)],
    ]
    response = send(cast.clara, "people", workbook(rows), "people.xlsx")
    assert outcomes(response) == {3: "invites as member"}
    assert listing_of(response).rows[0]["typed"]["until"].startswith("2031-")


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (
            f"{HEADER}\n{GHENT}\n".encode() + "Orléans".encode() + b"\n\xff\xfe,",
            "Line 4 holds signs that cannot be read.",
        ),
        (f"{HEADER}\nA\x00B\n".encode(), "Line 2 holds signs that cannot be read."),
        (b"\x81\x8d\n", "Line 1 holds signs that cannot be read."),
        (f"{HEADER}\n".encode() + b"x,x,x,x\n" * 50_000, "The list has more than 5,000 rows."),
        (b"name,country\nA,BE\n", "These columns are missing: short name, kind."),
        (f"{HEADER},latitude\n{GHENT},1".encode(), "These columns are missing: longitude."),
        (f"{HEADER},Name\n{GHENT},x".encode(), "The column “name” stands there twice."),
        (HEADER.encode(), "There are no rows in this file."),
        (f'{HEADER}\n"{"x" * 2001}'.encode(), "Line 2 has a cell of more than 2,000 characters."),
        (f'{HEADER}\n"{"x" * 200_000}'.encode(), "Line 2 cannot be read as CSV."),
        (b"a," * 51 + b"a\n", "Line 1 has more than 50 columns."),
        (b"PK\x03\x04 and nothing more", "This workbook cannot be read."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "This is a workbook of an old kind (XLS)."),
        (b"x" * (5 * 1024 * 1024 + 1), "The file is larger than 5 MB."),
        (b"", "This file is empty."),
    ],
)
def test_what_is_wrong_with_a_file_is_said_at_its_field(cast: Cast, table: bytes, reason: str) -> None:
    begin = time.perf_counter()
    response = send(cast.clara, "partners", table)
    assert response.context["form"].errors["file"][0].startswith(reason)
    assert time.perf_counter() - begin < 2
    assert not Import.objects.exists()


def test_a_workbook_of_fifty_thousand_rows_is_not_read_to_its_end(cast: Cast) -> None:
    table = workbook([["name"], *[["x"]] * 50_000])
    begin = time.perf_counter()
    response = send(cast.clara, "partners", table, "list.xlsx")
    assert response.context["form"].errors["file"][0].startswith("The list has more than 5,000 rows.")
    assert time.perf_counter() - begin < 2


def test_a_workbook_that_unpacks_to_far_more_is_not_opened(cast: Cast) -> None:
    table = workbook([["name"], *[["x" * 30_000]] * 1_100])
    assert len(table) < 1024 * 1024
    response = send(cast.clara, "partners", table, "list.xlsx")
    assert response.context["form"].errors["file"][0].startswith("This workbook holds far more than a list.")


def test_a_line_of_five_million_separators_costs_little(cast: Cast) -> None:
    table = f"{HEADER}\n{GHENT}".encode()
    table += b"," * (5 * 1024 * 1024 - len(table))
    begin = time.perf_counter()
    assert outcomes(send(cast.clara, "partners", table)) == {2: "new partner"}
    response = send(cast.clara, "partners", table[:-1] + b"x")
    assert response.context["form"].errors["file"][0].startswith("Line 2 has more than 50 columns.")
    assert time.perf_counter() - begin < 4


def test_one_long_text_in_every_cell_of_a_workbook_is_refused_before_it_is_kept(cast: Cast) -> None:
    header = ["name", "short name", "kind", "country", "profile", "city", "contact name"]
    table = workbook([header, *[["x" * 1_900] * 7] * 500])
    assert len(table) < 40_000
    response = send(cast.clara, "partners", table, "list.xlsx")
    assert response.context["form"].errors["file"][0].startswith("The list holds more than 5 million characters.")


def changed(table: bytes, part: str, change: Callable[[bytes], bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The same workbook with one part of it changed, or with one more part."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(table)) as old, zipfile.ZipFile(out, "w", packed) as new:
        parts = {name: old.read(name) for name in old.namelist()}
        for name, held in {**parts, part: change(parts.get(part, b""))}.items():
            new.writestr(name, held)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
PEOPLE = [["e-mail", "partner"], *[[f"p{n}@malmo.example", "malmo"] for n in range(3)]]


@pytest.mark.parametrize("stated", [b"A1", b"A1:B2", b"A1:XFD1048576"])
def test_no_row_is_missing_and_none_made_up_where_a_sheet_states_a_wrong_size(cast: Cast, stated: bytes) -> None:
    told = b'<dimension ref="' + stated + b'"/><sheetData>'
    table = changed(workbook(PEOPLE), SHEET, lambda sheet: sheet.replace(b"<sheetData>", told))
    assert list(outcomes(send(cast.clara, "people", table, "list.xlsx"))) == [2, 3, 4]


STRINGS = "xl/sharedStrings.xml"
DECLARED = b'<!DOCTYPE sst [<!ENTITY a "' + b"a" * 1_000 + b'">]><sst><si><t>&a;&a;&a;</t></si></sst>'
MANY = b"".join(b'a%d="" ' % number for number in range(200_000))
HOSTILE = {
    "cells without end in one row": (SHEET, lambda sheet: sheet.replace(b"</row>", b"<c/>" * 1_000_000 + b"</row>", 1)),
    "rows without a name space of their own": (
        SHEET,
        lambda sheet: sheet.replace(b"</sheetData>", b"<row/>" * 1_000_000 + b"</sheetData>"),
    ),
    "strings without end": (STRINGS, lambda _: b"<sst>" + b"<si/>" * 3_000_000 + b"</sst>"),
    "one element of many attributes": (
        SHEET,
        lambda sheet: sheet.replace(b"<sheetData>", b"<x " + MANY + b"/><sheetData>"),
    ),
    "entities": (STRINGS, lambda _: DECLARED),
    "entities in UTF-16": (STRINGS, lambda _: DECLARED.decode().encode("utf-16")),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_workbook_made_to_fill_the_memory_is_refused_within_little_of_it(cast: Cast, what: str) -> None:
    table = changed(workbook(PEOPLE), *HOSTILE[what])
    assert len(table) < 5 * 1024 * 1024
    begin = time.perf_counter()
    tracemalloc.start()
    try:
        with pytest.raises(Invalid) as refusal:
            sheets.read(SimpleUploadedFile("list.xlsx", table))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert str(refusal.value.reason).startswith(
        ("This workbook holds far more than a list.", "The list has more than 5,000 rows.")
    )
    assert peak < 50 * 1024 * 1024
    assert time.perf_counter() - begin < 15


def test_a_workbook_packed_in_a_way_that_no_spreadsheet_packs_is_refused(cast: Cast) -> None:
    table = changed(workbook(PEOPLE), SHEET, bytes, packed=zipfile.ZIP_LZMA)
    response = send(cast.clara, "people", table, "list.xlsx")
    assert response.context["form"].errors["file"][0].startswith("This workbook holds far more than a list.")


def test_an_address_that_only_looks_another_is_the_same_person(cast: Cast) -> None:
    table = (
        "e-mail,partner\n"
        "anna@malmo.example\u200b,malmo\n"
        "luc@liege.example\u00a0,liege\n"
        "sven@ｖallombre.example,vallombre\n"
        "new@m\u00e4rz.example,Malmo\u0308\n"
        "new@ma\u0308rz.example,malmo\n"
    )
    assert outcomes(send(cast.clara, "people", table)) == {
        2: "is a member already",
        3: "is a member already",
        4: "is a member already",
        5: "invites as member",
        6: "stands in line 5 already",
    }


def test_a_partner_whose_name_is_written_with_other_signs_is_the_same_partner(cast: Cast) -> None:
    PartnerFactory(name="Ville d’Orléans", short_name="Orléans", kind="ngo", country="FR", city="Orléans")
    table = "name,short name,kind,country\nVille d’Orle\u0301ans,Orle\u0301ans,local authority,France\n"
    assert outcomes(send(cast.clara, "partners", table)) == {2: "changes: kind"}


def test_a_language_that_is_named_twice_is_one(cast: Cast) -> None:
    table = f"{HEADER},languages\n{GHENT},{';'.join(['fr', 'French', 'nl'] * 60)}\n"
    response = send(cast.clara, "partners", table)
    assert outcomes(response) == {2: "new partner"}
    assert listing_of(response).rows[0]["fields"]["languages"] == ["fr", "nl"]


def test_a_reason_repeats_no_more_of_a_cell_than_one_reads(cast: Cast) -> None:
    response = send(cast.clara, "partners", f"{HEADER}\nGhent,Ghent,{'x' * 2_000},Belgium\n")
    ((_column, reason),) = listing_of(response).rows[0]["refused"]
    assert reason.startswith("No such kind of partner: xxx")
    assert len(reason) == 300
