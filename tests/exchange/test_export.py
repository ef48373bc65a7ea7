"""The documents of a room as one archive: every version that its manager may see, and a table of them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client

from exchange.actions.bin import put_in_bin
from exchange.actions.captions import add_captions
from exchange.actions.folders import folder_at
from exchange.archive import LEFT_OUT
from exchange.export import COLUMNS
from network.labels import Label
from network.models import AuditDetail, AuditEntry, Opening, User
from tests.cast import Cast
from tests.exchange.making import add_version, pdf, share
from tests.exchange.real_files import real_pdf

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
    # GREEN: of what is stricter copies are marked, and these files are no real ones.
    given = {"folder": folder, "kind": "minutes", "language": "fr", "tlp": Label.GREEN}
    document = share(cast, title="Minutes of May", file=pdf("may.pdf"), **given)
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
        "GREEN",
        "minutes",
    )
    assert [one["version"] for one in told["versions"]] == [1, 2]
    rows = table(files)
    assert list(rows[0]) == COLUMNS
    assert [row["file"] for row in rows] == [one["file"] for one in told["versions"]]
    assert {row["file"] for row in rows} <= set(files)


def test_the_table_tells_marked_copies_from_what_was_shared_and_has_the_checksums_of_both(cast: Cast) -> None:
    amber = share(cast, title="Amber", file=pdf("amber.pdf", real_pdf(2)))
    share(cast, title="Green", file=pdf("green.pdf"), tlp=Label.GREEN)
    share(cast, title="Red", by=cast.anna, tlp=Label.RED, named_people=[cast.maud])
    files = exported(cast.maud)
    rows = {row["title"]: row for row in table(files)}
    assert {title: row["marked_copy"] for title, row in rows.items()} == {"Amber": "yes", "Green": "no", "Red": ""}
    for title in ("Amber", "Green"):
        content = files[rows[title]["file"]]
        assert rows[title]["file_size"] == str(len(content))
        assert rows[title]["file_sha256"] == hashlib.sha256(content).hexdigest()
    assert amber.newest is not None
    assert rows["Amber"]["sha256"] == amber.newest.sha256 != rows["Amber"]["file_sha256"]
    assert rows["Green"]["sha256"] == rows["Green"]["file_sha256"]
    assert (rows["Red"]["file_size"], rows["Red"]["file_sha256"]) == ("", "")
    told = {one["title"]: one["versions"][0] for one in json.loads(files["documents.json"])}
    assert {title: one["marked_copy"] for title, one in told.items()} == {"Amber": True, "Green": False, "Red": False}
    assert told["Amber"]["file_size"] == len(files[told["Amber"]["file"]])
    assert told["Red"]["file_size"] is None


def test_captions_lie_beside_their_version(cast: Cast) -> None:
    film = ContentFile(b"\x00\x00\x00\x18ftypmp42" + bytes(40), name="talk.mp4")
    document = share(cast, title="Talk", file=film, tlp=Label.GREEN)
    words = ContentFile(b"1\n00:00:01,000 --> 00:00:02,000\nBonsoir.\n", name="talk.srt")
    add_captions(by=cast.luc, document=document, number=1, language="fr", file=words)
    files = exported(cast.maud)
    assert "files/Talk/v1 talk.mp4" in files
    assert files["files/Talk/v1 talk.fr.vtt"] == b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nBonsoir.\n"


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
    assert "copies marked with your name" in page
    assert EXPORT in client.get("/rooms/families/documents/").content.decode()


def test_what_is_told_of_a_document_is_an_opening_also_where_its_file_stays(cast: Cast) -> None:
    red = share(cast, title="Names", description="Who it was.", tlp=Label.RED, named_people=[cast.maud])
    share(cast, title="Leaflet", tlp=Label.GREEN)
    files = exported(cast.maud)
    assert "Who it was." in files["documents.json"].decode()
    assert not [name for name in files if name.startswith("files/Names")]
    assert [(one.item_id, one.user, one.how) for one in Opening.objects.all()] == [(red.pk, cast.maud, "page")]
