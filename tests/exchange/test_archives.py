"""Documents taken along as a ZIP: in their folders, through the gate file by file, and never whole in memory."""

from __future__ import annotations

import errno
import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client

from exchange import storage
from exchange.actions.folders import folder_at
from exchange.archive import LEFT_OUT, Names, Writer, archive_of
from exchange.folders import tree_of
from exchange.models import Blob, Document, Folder
from network import clock
from network.labels import Label
from network.models import PersonGrant, Placement, User
from tests.cast import Cast
from tests.exchange import making
from tests.exchange.making import PDF, add_version, pdf

# What is in files, and how they are sent, is the same on either database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

ZIP = "/rooms/families/documents/zip/"


def share(cast: Cast, **other: Any) -> Document:
    """GREEN, unless the test says otherwise: of what is stricter copies are marked, which takes real files."""
    return making.share(cast, **{"tlp": Label.GREEN} | other)


def fetched(person: User, address: str = ZIP, **given: Any) -> dict[str, bytes]:
    """The files of the archive that this person gets, by path."""
    client = Client()
    client.force_login(person)
    answer = client.post(address, given)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Cache-Control"] == "private, no-store"
    with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def made(cast: Cast, *names: str) -> Folder:
    with transaction.atomic():
        folder = folder_at(by=cast.luc, room=cast.families, names=names)
    assert folder is not None
    return folder


def test_what_was_ticked_comes_in_its_folders_in_its_newest_version(cast: Cast) -> None:
    one = share(cast, title="One", file=pdf("one.pdf"), folder=made(cast, "Minutes", "2026"))
    add_version(one, b"%PDF-2.0 newest", name="one-b.pdf")
    other = share(cast, title="Other", file=pdf("other.pdf"))
    share(cast, title="Third")
    files = fetched(cast.anna, document=[str(one.uid), str(other.uid)])
    assert files.keys() == {"Minutes/2026/one-b.pdf", "other.pdf"}
    assert files["Minutes/2026/one-b.pdf"] == b"%PDF-2.0 newest"


def test_a_whole_folder_comes_from_that_folder_down(cast: Cast) -> None:
    minutes = made(cast, "Minutes")
    share(cast, title="At the top", file=pdf("top.pdf"))
    share(cast, title="Of the folder", file=pdf("in.pdf"), folder=minutes)
    share(cast, title="Below", file=pdf("below.pdf"), folder=made(cast, "Minutes", "2026"))
    assert fetched(cast.vera, all="1", folder=str(minutes.uid)).keys() == {"in.pdf", "2026/below.pdf"}
    assert fetched(cast.vera, all="1").keys() == {"top.pdf", "Minutes/in.pdf", "Minutes/2026/below.pdf"}


def test_equal_names_get_a_number_and_no_name_leads_out_of_the_archive(cast: Cast) -> None:
    for title in ("One", "Two", "Three"):
        share(cast, title=title, file=pdf("Guide.pdf"))
    assert fetched(cast.anna, all="1").keys() == {"Guide.pdf", "Guide (2).pdf", "Guide (3).pdf"}
    names = Names()
    assert names.free(["CON"], "../../nul.pdf") == "_CON/_nul.pdf"
    assert names.free([], "a\u202eb.pdf") == "ab.pdf"
    assert names.free([], "AB.pdf") == "AB (2).pdf"


def test_what_one_does_not_see_is_neither_in_it_nor_named(cast: Cast) -> None:
    mine = share(cast, title="Seen", file=pdf("seen.pdf"))
    strict = share(cast, title="Strict", file=pdf("strict.pdf"), tlp=Label.AMBER_STRICT)
    elsewhere = share(cast, title="Elsewhere", room=cast.schools, file=pdf("elsewhere.pdf"))
    ticked = [str(one.uid) for one in (mine, strict, elsewhere)]
    assert fetched(cast.anna, document=ticked).keys() == {"seen.pdf"}
    assert fetched(cast.anna, all="1").keys() == {"seen.pdf"}


def test_red_is_left_out_and_said_so_but_for_its_author(cast: Cast) -> None:
    share(cast, title="Open", file=pdf("open.pdf"))
    share(cast, title="Red names", file=pdf("red.pdf"), tlp=Label.RED, named_people=[cast.anna])
    files = fetched(cast.anna, all="1")
    assert files.keys() == {"open.pdf", LEFT_OUT}
    assert "Red names: This is RED" in files[LEFT_OUT].decode()
    assert fetched(cast.luc, all="1").keys() == {"open.pdf", "red.pdf"}
    assert fetched(cast.mona, all="1").keys() == {"open.pdf"}


@pytest.mark.parametrize("scan", [Blob.Scan.WAITING, Blob.Scan.INFECTED])
def test_what_no_scanner_has_passed_is_left_out(cast: Cast, scan: str) -> None:
    share(cast, title="Suspect", file=pdf("suspect.pdf"))
    Blob.objects.update(scan=scan)
    files = fetched(cast.anna, all="1")
    assert files.keys() == {LEFT_OUT}
    assert "Suspect" in files[LEFT_OUT].decode()


def test_a_file_that_the_store_has_lost_does_not_break_the_archive(cast: Cast) -> None:
    lost = share(cast, title="Lost", file=pdf("lost.pdf"))
    share(cast, title="Here", file=pdf("here.pdf", b"%PDF-1.7 here"))
    assert lost.newest is not None
    default_storage.delete(lost.newest.blob.path)
    assert fetched(cast.anna, all="1").keys() == {"here.pdf", LEFT_OUT}


def damaged(monkeypatch: pytest.MonkeyPatch, document: Document, read: Any) -> None:
    """The file of one document is read from the store by `read`; of all others, as it is."""
    assert document.newest is not None
    path, of_all = document.newest.blob.path, storage.read
    monkeypatch.setattr(storage, "read", lambda asked: read() if asked == path else of_all(asked))


class Breaking(io.BytesIO):
    """A file that fails when it is read a second time."""

    def read(self, count: int | None = -1) -> bytes:
        if self.tell():
            raise OSError(errno.EIO, "Input/output error")
        return super().read(3)


def unreadable() -> Any:
    raise PermissionError(errno.EACCES, "Permission denied")


@pytest.mark.parametrize(
    ("read", "reason"),
    [
        (unreadable, "could not be read from the store"),
        (lambda: Breaking(PDF), "could not be read from the store"),
        (lambda: io.BytesIO(PDF[:100]), "could not be read from the store"),
        (lambda: ContentFile(PDF[:100]), "Part of its file is missing from the store"),
    ],
)
def test_a_file_that_cannot_be_read_or_ends_too_early_is_named_and_the_archive_goes_on(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, read: Any, reason: str
) -> None:
    bad = share(cast, title="A damaged one", file=pdf("bad.pdf"))
    share(cast, title="Here", file=pdf("here.pdf", b"%PDF-1.7 here"))
    damaged(monkeypatch, bad, read)
    files = fetched(cast.anna, all="1")
    assert files.keys() == {"here.pdf", LEFT_OUT}
    assert files["here.pdf"] == b"%PDF-1.7 here"
    assert "A damaged one" in files[LEFT_OUT].decode()
    assert reason in files[LEFT_OUT].decode()


def test_a_store_that_is_away_is_said_on_a_page_and_begins_no_archive(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    share(cast)
    monkeypatch.setattr(storage, "answers", lambda: False)
    client = Client()
    for person, address in ((cast.anna, ZIP), (cast.maud, "/rooms/families/documents/export/")):
        client.force_login(person)
        answer = client.post(address, {"all": "1"})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
        assert "The store of files does not answer" in answer.content.decode()
        assert 'href="/rooms/families/documents/"' in answer.content.decode()


def test_a_store_that_goes_away_while_an_archive_is_sent_breaks_it_off(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    share(cast)
    client = Client()
    client.force_login(cast.anna)
    answer = client.post(ZIP, {"all": "1"})
    monkeypatch.setattr(storage, "answers", lambda: False)
    monkeypatch.setattr(storage, "read", lambda _path: unreadable())
    with pytest.raises(PermissionError):
        b"".join(answer)


def test_who_loses_sight_while_it_is_sent_gets_nothing_from_then_on(cast: Cast) -> None:
    documents = [share(cast, title=f"Paper {n}", file=pdf(f"{n}.pdf", b"%%PDF-1.7 %d" % n)) for n in range(3)]
    tree = tree_of(cast.families)
    keys = [document.pk for document in documents]
    stream = archive_of(cast.vera, keys, tree=tree, top=None, at=clock.now(), language="en")
    sent = next(stream)
    PersonGrant.objects.filter(user=cast.vera).delete()
    with zipfile.ZipFile(io.BytesIO(sent + b"".join(stream))) as archive:
        assert archive.namelist() == ["0.pdf", LEFT_OUT]
        words = archive.read(LEFT_OUT).decode()
    assert "2 documents that could no longer be read" in words
    assert "Paper" not in words


def test_what_was_passed_on_stands_at_the_top_whatever_its_home_calls_it(cast: Cast) -> None:
    document = share(cast, tlp=Label.GREEN, file=pdf("guide.pdf"), folder=made(cast, "Suspicions"))
    Placement.objects.create(item=document, room=cast.schools, by=cast.luc)
    assert fetched(cast.eva, "/rooms/schools/documents/zip/", all="1").keys() == {"guide.pdf"}


def test_nothing_ticked_is_said_and_not_sent(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.anna)
    page = client.post(ZIP, {"document": ["x"]}, follow=True).content.decode()
    assert "Tick the documents first" in page


def test_a_large_file_is_never_whole_in_memory(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    share(cast)

    class Long(io.RawIOBase):
        """A hundred megabytes of nothing."""

        left = 100_000_000

        def read(self, size: int = -1) -> bytes:
            size = min(size, self.left)
            self.left -= size
            return bytes(size)

    monkeypatch.setattr(storage, "read", lambda path: Long())
    keys = list(Document.objects.values_list("pk", flat=True))
    stream = archive_of(cast.luc, keys, tree=tree_of(cast.families), top=None, at=clock.now(), language="en")
    tracemalloc.start()
    sent = sum(len(block) for block in stream)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sent > 100_000_000
    assert peak < 8_000_000


def test_a_file_beyond_four_gigabytes_is_announced_in_the_wide_form() -> None:
    writer = Writer()

    def parts() -> Iterator[bytes]:
        yield from writer.file("film.mp4", io.BytesIO(b"film"), size=5 << 30, at=clock.now())
        yield from writer.end()

    with zipfile.ZipFile(io.BytesIO(b"".join(parts()))) as archive:
        assert archive.read("film.mp4") == b"film"
