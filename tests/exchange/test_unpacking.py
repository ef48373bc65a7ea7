"""An archive that is shared as what is in it; and archives that mean harm."""

from __future__ import annotations

import io
import stat
import struct
import uuid
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from exchange.actions.unpacking import Unpacked, share_unpacked
from exchange.folders import tree_of
from exchange.models import Document
from exchange.unpacking import MOST_FILES
from network.labels import Label
from network.models import User
from network.refusals import Forbidden, Invalid, Unseen
from tests.cast import Cast
from tests.exchange.making import PDF, docx
from tests.exchange.making import once as key

# What is in files, and how they are sent, is the same on either database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


def packed(files: dict[str | zipfile.ZipInfo, bytes], how: int = zipfile.ZIP_DEFLATED) -> SimpleUploadedFile:
    """An upload that is a ZIP of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", how) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return SimpleUploadedFile("papers.zip", buffer.getvalue())


def unpack(cast: Cast, file: Any, **other: Any) -> list[Unpacked]:
    return share_unpacked(**{"by": cast.luc, "room": cast.families, "file": file} | other)


def left_out(outcomes: list[Unpacked]) -> dict[str, str]:
    return {one.path: str(one.reason) for one in outcomes if one.document is None}


def test_each_file_becomes_a_document_in_the_folders_of_the_archive(cast: Cast) -> None:
    file = packed({"Minutes/2026/May.pdf": PDF, "Minutes/list.docx": docx(), "note.txt": b"Seven came."})
    outcomes = unpack(cast, file, tlp=Label.GREEN, language="fr")
    assert left_out(outcomes) == {}
    tree = tree_of(cast.families)
    stands = {one.title: tree.called(one.folder) if one.folder else "" for one in Document.objects.all()}
    assert stands == {"May": "Minutes / 2026", "list": "Minutes", "note": ""}
    assert set(Document.objects.values_list("tlp", "language", "partner__slug")) == {(Label.GREEN, "fr", "liege")}


def test_the_same_archive_sent_twice_makes_everything_once(cast: Cast) -> None:
    sent = uuid.uuid4()
    for _again in range(2):
        outcomes = unpack(cast, packed({"a/May.pdf": PDF, "b/May.pdf": PDF}), once=sent)
        assert left_out(outcomes) == {}
    assert Document.objects.count() == 2


def test_what_is_not_taken_is_named_with_its_reason_and_the_rest_is_shared(cast: Cast) -> None:
    inner = packed({"bomb.txt": b"0" * 1000}).read()
    outcomes = unpack(cast, packed({"good.pdf": PDF, "run.exe": b"MZ", "no.pdf": b"<html>", "inner.zip": inner}))
    assert [one.path for one in outcomes if one.document] == ["good.pdf"]
    assert left_out(outcomes).keys() == {"run.exe", "no.pdf", "inner.zip"}


@pytest.mark.parametrize(
    "name",
    ["../up.pdf", "a/../../up.pdf", "/etc/up.pdf", "C:/up.pdf", "..\\up.pdf", "a\\..\\up.pdf", "\\\\host\\up.pdf"],
)
def test_no_path_leads_out_of_the_archive(cast: Cast, name: str) -> None:
    outcomes = unpack(cast, packed({name: PDF, "good.pdf": PDF}))
    assert [one.path for one in outcomes if one.document] == ["good.pdf"]
    assert "leads out" in next(iter(left_out(outcomes).values()))


def test_links_and_devices_are_left_out(cast: Cast) -> None:
    files: dict[str | zipfile.ZipInfo, bytes] = {"good.pdf": PDF}
    for kind in (stat.S_IFLNK, stat.S_IFCHR):
        info = zipfile.ZipInfo(f"special-{kind}.pdf")
        info.external_attr = (kind | 0o777) << 16
        files[info] = b"/etc/passwd"
    assert len(left_out(unpack(cast, packed(files)))) == 2


def test_encrypted_files_are_left_out(cast: Cast) -> None:
    content = bytearray(packed({"secret.pdf": PDF, "good.pdf": PDF}).read())
    # The flag of the first entry, in its own head and in the table of contents.
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    outcomes = unpack(cast, SimpleUploadedFile("x.zip", bytes(content)))
    assert left_out(outcomes) == {"secret.pdf": "It is encrypted."}


def test_bombs_are_left_out_or_refused(cast: Cast, settings: Any) -> None:
    bomb = packed({"zeros.txt": bytes(30_000_000), "good.pdf": PDF})
    assert left_out(unpack(cast, bomb)) == {"zeros.txt": "It is packed more tightly than a file of use can be."}
    settings.LIAISE_MAX_UPLOAD_MB = 1
    with pytest.raises(Invalid):
        unpack(cast, packed({f"{n}.txt": bytes(range(256)) * 1600 for n in range(3)}, zipfile.ZIP_STORED))


def test_a_file_that_lies_about_its_size_is_left_out(cast: Cast) -> None:
    content = bytearray(packed({"liar.txt": b"x" * 5000}, zipfile.ZIP_DEFLATED).read())
    at = content.index(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 10)
    assert left_out(unpack(cast, SimpleUploadedFile("x.zip", bytes(content)))).keys() == {"liar.txt"}


def test_a_hundred_thousand_entries_are_refused_before_they_are_read(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = b"PK\x01\x02" + bytes(42)
    contents = entry * 100_000
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, len(contents), 0, 0)

    def read(*_args: Any, **_kwargs: Any) -> None:
        raise AssertionError("It was opened.")

    monkeypatch.setattr(zipfile, "ZipFile", read)
    with pytest.raises(Invalid):
        unpack(cast, SimpleUploadedFile("x.zip", contents + end))


def test_more_files_than_are_taken_are_refused_as_a_whole(cast: Cast) -> None:
    with pytest.raises(Invalid):
        unpack(cast, packed({f"{n}.txt": b"x" for n in range(MOST_FILES + 1)}))
    assert not Document.objects.exists()


@pytest.mark.parametrize("content", [b"", b"PK", b"%PDF-1.7 no archive", b"PK\x05\x06" + bytes(18), PDF * 10])
def test_what_is_no_archive_is_said_to_be_none(cast: Cast, content: bytes) -> None:
    with pytest.raises(Invalid):
        unpack(cast, SimpleUploadedFile("x.zip", content))


def test_names_in_other_encodings_come_as_they_were_meant(cast: Cast) -> None:
    file = packed({"Übersicht/Malmö.pdf": PDF}).read()
    # As programs write it that use UTF-8 and do not say so.
    flagless = file.replace(struct.pack("<H", 0x800), struct.pack("<H", 0))
    unpack(cast, SimpleUploadedFile("x.zip", flagless))
    document = Document.objects.get()
    assert document.title == "Malmö"
    assert document.folder is not None
    assert document.folder.name == "Übersicht"


def test_what_computers_add_for_themselves_is_passed_over(cast: Cast) -> None:
    outcomes = unpack(cast, packed({"__MACOSX/._May.pdf": b"x", ".DS_Store": b"x", "Thumbs.db": b"x", "May.pdf": PDF}))
    assert [one.path for one in outcomes] == ["May.pdf"]


def test_folders_too_deep_and_names_that_turn_around_do_no_harm(cast: Cast) -> None:
    outcomes = unpack(cast, packed({"a/b/c/d/e/f/g/deep.pdf": PDF, "exe\u202efdp.pdf": PDF, "CON.pdf": PDF}))
    assert left_out(outcomes).keys() == {"a/b/c/d/e/f/g/deep.pdf"}
    assert "\u202e" not in "".join(Document.objects.values_list("title", flat=True))


def test_who_may_not_share_unpacks_nothing_and_a_label_that_is_not_offered_concerns_all(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        unpack(cast, packed({"May.pdf": PDF}), by=cast.vera)
    with pytest.raises(Unseen):
        unpack(cast, packed({"May.pdf": PDF}), by=cast.olga)
    with pytest.raises(Invalid) as refused:
        unpack(cast, packed({"May.pdf": PDF}), by=cast.eva, room=cast.schools, tlp=Label.AMBER_STRICT)
    assert refused.value.field == "tlp"


# --- the page


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_page_says_what_became_of_each_file(cast: Cast) -> None:
    client = signed_in(cast.luc)
    address = "/rooms/families/documents/unpack/"
    assert "up to 200 files" in client.get(address).content.decode()
    sent = {"file": packed({"Minutes/May.pdf": PDF, "run.exe": b"MZ"}), "tlp": "AMBER", "once": key()}
    page = client.post(address, sent).content.decode()
    assert "1 file is shared" in page
    assert "1 file was left out" in page
    assert "run.exe" in page
    wrong = client.post(address, {"file": SimpleUploadedFile("x.zip", b"nothing"), "tlp": "AMBER"})
    assert wrong.status_code == 422
    assert "cannot be read as a ZIP" in wrong.content.decode()
