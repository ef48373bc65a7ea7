"""An archive that is shared as what is in it; and archives that mean harm."""

from __future__ import annotations

import io
import stat
import struct
import time
import uuid
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from exchange.actions.unpacking import begin_unpacking, carry_on
from exchange.folders import tree_of
from exchange.models import Document, UnpackedFile, Unpacking
from exchange.unpacking import MOST_ENTRIES, MOST_FILES
from network.labels import Label
from network.refusals import Forbidden, Invalid, Unseen
from tests.cast import Cast
from tests.exchange.making import PDF, docx, share

# What is in files, and how they are sent, is the same on either database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


def packed(files: dict[str | zipfile.ZipInfo, bytes], how: int = zipfile.ZIP_DEFLATED) -> SimpleUploadedFile:
    """An upload that is a ZIP of these files; the same bytes whenever it is made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", how) as archive:
        for name, content in files.items():
            info = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name)
            archive.writestr(info, content, how)
    return SimpleUploadedFile("papers.zip", buffer.getvalue())


def unpack(cast: Cast, file: Any, **other: Any) -> list[UnpackedFile]:
    """What became of each file of an archive that Luc sends to Families, unless the test says otherwise."""
    row = begin_unpacking(**{"by": cast.luc, "room": cast.families, "file": file} | other)
    carry_on(row.pk)
    return list(row.files.all())


def left_out(outcomes: list[UnpackedFile]) -> dict[str, str]:
    return {one.shown: one.reason for one in outcomes if one.document is None}


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
    assert Unpacking.objects.count() == 1


def test_what_is_not_taken_is_named_with_its_reason_and_the_rest_is_shared(cast: Cast) -> None:
    inner = packed({"bomb.txt": b"0" * 1000}).read()
    outcomes = unpack(cast, packed({"good.pdf": PDF, "run.exe": b"MZ", "no.pdf": b"<html>", "inner.zip": inner}))
    assert [one.shown for one in outcomes if one.document] == ["good.pdf"]
    assert left_out(outcomes).keys() == {"run.exe", "no.pdf", "inner.zip"}


def test_an_empty_file_is_left_out_by_its_name_as_it_is_refused_alone(cast: Cast) -> None:
    with pytest.raises(Invalid, match="This file is empty"):
        share(cast, file=SimpleUploadedFile("empty.txt", b""))
    content = packed({"empty.txt": b"", "liar.txt": b"", "good.pdf": PDF}).read()
    # One says of itself that it holds nine bytes, and holds none.
    at = content.index(b"liar.txt", content.index(b"PK\x01\x02")) - 22
    lying = content[:at] + struct.pack("<I", 9) + content[at + 4 :]
    outcomes = unpack(cast, SimpleUploadedFile("x.zip", lying))
    assert left_out(outcomes) == {"empty.txt": "This file is empty.", "liar.txt": "This file is empty."}
    assert Document.objects.get().title == "good"


@pytest.mark.parametrize(
    "name",
    ["../up.pdf", "a/../../up.pdf", "/etc/up.pdf", "C:/up.pdf", "..\\up.pdf", "a\\..\\up.pdf", "\\\\host\\up.pdf"],
)
def test_no_path_leads_out_of_the_archive(cast: Cast, name: str) -> None:
    outcomes = unpack(cast, packed({name: PDF, "good.pdf": PDF}))
    assert [one.shown for one in outcomes if one.document] == ["good.pdf"]
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


def test_a_file_that_is_said_to_stand_before_the_archive_is_left_out(cast: Cast) -> None:
    content = bytearray(packed({"good.pdf": PDF, "early.txt": b"x"}).read())
    # What the end says of where the contents begin is taken off all places, and this one says that it is first.
    contents = content.index(b"PK\x01\x02")
    content[contents + 42 : contents + 46] = struct.pack("<I", 7)
    early = content.rindex(b"PK\x01\x02")
    content[early + 42 : early + 46] = struct.pack("<I", 0)
    at = content.index(b"PK\x05\x06") + 16
    content[at : at + 4] = struct.pack("<I", contents + 7)
    outcomes = unpack(cast, SimpleUploadedFile("x.zip", bytes(content)))
    assert left_out(outcomes) == {"early.txt": "It is damaged, or not what the archive says of it."}


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


def end_of(entries: int, contents: int, comment: bytes = b"") -> bytes:
    """The end of an archive, as it is said to be."""
    return b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, entries, entries, contents, 0, len(comment)) + comment


def wide_end_of(entries: int, contents: int) -> bytes:
    """What Python believes instead of the end, where it stands before it: the record, and what leads to it."""
    record = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, entries, entries, contents, 0)
    return record + b"PK\x06\x07" + struct.pack("<IQI", 0, contents, 1)


@pytest.mark.parametrize("length", [0, 65_515, 65_516, 65_535])
def test_behind_no_comment_hides_how_many_entries_there_are(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    contents = (b"PK\x01\x02" + bytes(42)) * 70_000
    file = contents + wide_end_of(70_000, len(contents)) + end_of(1, 46, b"x" * length)
    # Python would take them all.
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        assert len(archive.infolist()) == 70_000

    def read(*_args: Any, **_kwargs: Any) -> None:
        raise AssertionError("It was opened.")

    monkeypatch.setattr(zipfile, "ZipFile", read)
    with pytest.raises(Invalid):
        unpack(cast, SimpleUploadedFile("x.zip", file))


def test_folders_count_little_and_very_many_of_them_are_refused(cast: Cast) -> None:
    folders: dict[str | zipfile.ZipInfo, bytes] = {f"{n}/": b"" for n in range(MOST_FILES + 1)}
    assert left_out(unpack(cast, packed(folders | {"May.pdf": PDF}))) == {}
    with pytest.raises(Invalid, match="up to 200"):
        unpack(cast, packed({f"{n}/": b"" for n in range(MOST_ENTRIES)} | {"May.pdf": PDF}))


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
    assert [one.shown for one in outcomes] == ["May.pdf"]


def test_names_that_are_made_to_be_read_for_ever_are_read_in_time(cast: Cast) -> None:
    # Marks in an order that is not theirs: putting so many right takes minutes.
    marks = "\u0301\u0316" * 15_000
    begun = time.process_time()
    files: dict[str | zipfile.ZipInfo, bytes] = {f"{n}{marks}.txt": b"x" for n in range(4)}
    outcomes = unpack(cast, packed(files | {f"{marks}/May.pdf": PDF}))
    assert time.process_time() - begun < 6
    assert {len(one.title) <= 150 for one in Document.objects.all()} == {True}
    assert [one.document is not None for one in outcomes] == [True] * 4 + [False]
    assert outcomes[4].reason == "The name of a folder may have 100 characters at most."


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
