"""The documents of a room as one archive: every version that its manager may see, and a table of them."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest
from django.db import transaction
from django.test import Client

from exchange.actions.bin import put_in_bin
from exchange.actions.folders import folder_at
from exchange.archive import LEFT_OUT
from exchange.export import COLUMNS
from network.labels import Label
from network.models import AuditDetail, AuditEntry, User
from tests.cast import Cast
from tests.exchange.making import add_version, pdf, share

# What is in files, and how they are sent, is the same on either database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

EXPORT = "/rooms/families/documents/export/"


def exported(person: User) -> dict[str, bytes]:
    client = Client()
    client.force_login(person)
    answer = client.post(EXPORT)
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def table(files: dict[str, bytes]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files["documents.csv"].decode("utf-8-sig"))))


def test_it_holds_every_version_in_its_folders_and_tells_of_each(cast: Cast) -> None:
    with transaction.atomic():
        folder = folder_at(by=cast.luc, room=cast.families, names=["Minutes"])
    document = share(cast, title="Minutes of May", file=pdf("may.pdf"), folder=folder, kind="minutes", language="fr")
    add_version(document, b"%PDF-2.0 again", name="may-2.pdf")
    files = exported(cast.maud)
    assert set(files) == {
        "files/Minutes/Minutes of May/v1 may.pdf",
        "files/Minutes/Minutes of May/v2 may-2.pdf",
        "documents.json",
        "documents.csv",
    }
    (told,) = json.loads(files["documents.json"])
    assert (told["title"], told["folder"], told["label"], told["kind"]) == (
        "Minutes of May",
        "Minutes",
        "AMBER",
        "minutes",
    )
    assert [one["version"] for one in told["versions"]] == [1, 2]
    rows = table(files)
    assert list(rows[0]) == COLUMNS
    assert [row["file"] for row in rows] == [one["file"] for one in told["versions"]]
    assert {row["file"] for row in rows} <= set(files)


def test_only_managers_export_and_the_trail_holds_that_they_did(cast: Cast) -> None:
    share(cast)
    client = Client()
    client.force_login(cast.mona)
    assert client.post(EXPORT).status_code == 403
    assert not AuditEntry.objects.filter(verb="exchange.room_exported").exists()
    exported(cast.maud)
    entry = AuditEntry.objects.get(verb="exchange.room_exported", actor=cast.maud.uid, room=cast.families.uid)
    assert AuditDetail.objects.get(entry=entry.pk).data == {"documents": 1}


def test_it_holds_no_more_than_its_maker_sees(cast: Cast) -> None:
    share(cast, title="Red of Anna", by=cast.anna, tlp=Label.RED)
    share(cast, title="Strict of Malmö", by=cast.anna, tlp=Label.AMBER_STRICT)
    share(cast, title="Of another room", room=cast.schools)
    put_in_bin(by=cast.luc, document=share(cast, title="In the bin"))
    share(cast, title="For all")
    assert [one["title"] for one in json.loads(exported(cast.maud)["documents.json"])] == ["For all"]


def test_red_that_names_its_maker_is_told_of_and_not_handed_out(cast: Cast) -> None:
    share(cast, title="Red", by=cast.anna, tlp=Label.RED, named_people=[cast.maud])
    files = exported(cast.maud)
    assert set(files) == {"documents.json", "documents.csv", LEFT_OUT}
    assert table(files)[0]["file"] == ""


def test_no_cell_of_the_table_is_run_as_a_formula(cast: Cast) -> None:
    share(cast, title='=HYPERLINK("http://evil.example")', description="-2+3")
    row = table(exported(cast.maud))[0]
    assert row["title"].startswith("'=")
    assert row["description"].startswith("'-")


def test_a_room_without_documents_exports_an_empty_list(cast: Cast) -> None:
    files = exported(cast.maud)
    assert json.loads(files["documents.json"]) == []
    assert table(files) == []


def test_the_page_says_beforehand_how_much_it_is(cast: Cast) -> None:
    add_version(share(cast))
    client = Client()
    client.force_login(cast.maud)
    page = client.get(EXPORT).content.decode()
    assert "1 document, 2 files" in page
    assert EXPORT in client.get("/rooms/families/documents/").content.decode()
