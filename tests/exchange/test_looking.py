"""Looking into files: what is found, how much of it, and what becomes of files that nobody should open."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from PIL import Image

from exchange import looks, storage, tasks
from exchange.actions.files import let_go
from exchange.actions.looks import MOST_TRIES
from exchange.looking import wire
from exchange.models import Blob, Document, PagePicture, PageText
from network import search
from network.actions.items import unrelease
from network.labels import Label
from network.models import SearchEntry
from tests.cast import Cast
from tests.exchange import papers
from tests.exchange.making import add_version, share
from tests.releasing import release
from tests.working import work_off

# What is in files, and how they are sent, is the same on either database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


def looked_into(cast: Cast, content: bytes, name: str, **other: Any) -> Blob:
    """The stored file of a document, after the worker has looked into it."""
    document = share(cast, file=ContentFile(content, name=name), **other)
    work_off()
    return Blob.objects.get(versions__document=document)


def texts(blob: Blob) -> list[str]:
    return [" ".join(page.text.split()) for page in blob.texts.order_by("number")]


def pictures(blob: Blob) -> list[tuple[int, int]]:
    return sorted(blob.pictures.values_list("number", "width"))


def stored() -> set[Path]:
    return {path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()}


# --- what is found --------------------------------------------------------------------------------


def test_of_a_pdf_the_pages_are_counted_read_and_drawn(cast: Cast) -> None:
    blob = looked_into(cast, papers.paper(["How we speak\nwith parents", "Whom to call"]), "guide.pdf")
    assert (blob.look, blob.pages) == (Blob.Look.DONE, 2)
    assert texts(blob) == ["How we speak with parents", "Whom to call"]
    assert pictures(blob) == [(1, 320), (1, 1200), (2, 1200)]
    for picture in blob.pictures.all():
        with Image.open(storage.read(picture.path)) as drawn:
            assert (drawn.format, drawn.size) == ("WEBP", (picture.width, picture.height))


@pytest.mark.parametrize(
    ("name", "content", "pages", "words"),
    [
        ("text.docx", papers.word(["R&amp;D with M&#228;nner", "Second"]), None, ["R&D with Männer Second"]),
        ("talk.pptx", papers.slides(["Welcome", "Thanks &amp; bye"]), 2, ["Welcome", "Thanks & bye"]),
        ("list.xlsx", papers.sheets({"Towns": [["Liège", 7], ["Malmö", 4]]}), None, ["Towns Liège | 7 Malmö | 4"]),
        (
            "list.ods",
            papers.open_sheet([["Liège", "", "x | y"], ["R&amp;D", "", ""]]),
            None,
            ["Towns Liège | | x | y R&D"],
        ),
        ("text.odt", papers.open_text(["Erste Zeile", "Zweite"]), None, ["Erste Zeile Zweite"]),
        ("notes.txt", "Grüße aus Lüttich".encode(), None, ["Grüße aus Lüttich"]),
        ("old.txt", "Grüße".encode("cp1252"), None, ["Grüße"]),
        ("notes.md", b"# Notes\n\nOne", None, ["# Notes One"]),
        ("table.csv", "Ort;Zahl\nMalmö;4".encode("utf-16"), None, ["Ort | Zahl Malmö | 4"]),
        (
            "decimals.csv",
            b'Report, 2026\r\na;b\r\n1,5;2,5\r\n"c;\nd";\r\n',
            None,
            ["Report, 2026 a | b 1,5 | 2,5 c; d"],
        ),
        ("commas.csv", b'a,b\n"1, or 2",3', None, ["a | b 1, or 2 | 3"]),
        ("tabs.csv", b"a\tb\n\t2", None, ["a | b | 2"]),
        ("list.csv", b"Only\nlines", None, ["Only lines"]),
        ("odd.csv", b"a;b\n" + b"x" * 140_000 + b";y", None, ["a;b " + "x" * 140_000 + ";y"]),
        ("page.html", papers.PAGE, None, ["A page Fish & chips One bold word. Two a b No"]),
        ("old.htm", "<p>Grüße".encode("cp1252"), None, ["Grüße"]),
        ("greek.htm", '<meta charset="iso-8859-7"><p>Αθήνα'.encode("iso-8859-7"), None, ["Αθήνα"]),
        ("odd.htm", b"<meta charset=zip><p>Words", None, ["Words"]),
        ("old.rtf", rb"{\rtf1\ansi Hello {\b there}}", None, ["Hello there"]),
    ],
)
def test_the_words_of_other_files_are_read(
    cast: Cast, name: str, content: bytes, pages: int | None, words: list[str]
) -> None:
    blob = looked_into(cast, content, name)
    assert (blob.look, blob.pages) == (Blob.Look.DONE, pages)
    assert texts(blob) == words


def test_the_picture_that_an_office_program_laid_beside_a_text_is_its_first_page(cast: Cast) -> None:
    blob = looked_into(cast, papers.open_text(["Words"], papers.picture(size=(256, 362))), "text.odt")
    assert pictures(blob) == [(1, 320)]


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "TIFF"])
def test_a_picture_is_drawn_anew_in_two_widths(cast: Cast, form: str) -> None:
    blob = looked_into(cast, papers.picture(form), f"flyer.{form.lower()}")
    assert (blob.look, pictures(blob)) == (Blob.Look.DONE, [(1, 320), (1, 1200)])


def test_sound_and_film_are_left_as_they_are(cast: Cast) -> None:
    blob = looked_into(cast, b"\xff\xfb\x90\x00" + bytes(300), "talk.mp3")
    assert (blob.look, texts(blob), pictures(blob)) == (Blob.Look.DONE, [], [])


# --- how much, and what becomes of the rest -------------------------------------------------------


def test_of_very_many_pages_all_are_counted_and_the_first_are_kept(cast: Cast) -> None:
    blob = looked_into(cast, papers.empty_pages(20_000), "atlas.pdf")
    assert (blob.look, blob.pages, blob.read_to) == (Blob.Look.DONE, 20_000, wire.MOST_TEXTS)
    assert blob.texts.count() == wire.MOST_TEXTS
    assert blob.pictures.count() == wire.MOST_PICTURES + 1


LONG = "Größe ".encode() * (wire.MOST_WORDS // 8)


@pytest.mark.parametrize(
    ("name", "content", "read_to"),
    [
        ("exact.txt", LONG, None),
        ("long.txt", LONG + b"lighthouse", 1),
        ("old.txt", "Größe ".encode("cp1252") * (wire.MOST_WORDS // 7), 1),
        ("long.html", b"<p>" + LONG, 1),
        ("long.docx", papers.word([LONG.decode(), "lighthouse"]), 1),
    ],
)
def test_that_a_file_holds_more_words_than_are_read_is_known_of_it(
    cast: Cast, name: str, content: bytes, read_to: int | None
) -> None:
    blob = looked_into(cast, content, name)
    assert (blob.look, blob.read_to) == (Blob.Look.DONE, read_to)
    text = blob.texts.get().text
    assert len(text.encode()) <= wire.MOST_WORDS
    assert ("lighthouse" in text, text.endswith("\ufffd")) == (False, False)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("locked.pdf", papers.paper(["Secret"], password="geheim")),
        ("broken.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 40),
        ("page.pdf", b"%PDF-1.4\n<html><script>alert(1)</script></html>"),
        ("bomb.docx", papers.bomb()),
        ("lying.docx", papers.bomb(said=1_000)),
        ("half.docx", papers.word(["x"])[:200]),
        ("empty.xlsx", papers.zipped({"[Content_Types].xml": "<x/>"})),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    ],
)
def test_what_cannot_be_read_ends_its_own_process_and_is_said_so(cast: Cast, name: str, content: bytes) -> None:
    blob = looked_into(cast, content, name)
    assert blob.look == Blob.Look.FAILED
    assert (texts(blob), pictures(blob)) == ([], [])
    good = looked_into(cast, papers.paper(["Still here"]), "good.pdf", title="After it")
    assert good.look == Blob.Look.DONE


def test_objects_in_a_text_are_carried_and_never_opened(cast: Cast) -> None:
    objects: dict[str, Any] = {"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0" + bytes(900)}
    blob = looked_into(cast, papers.word(["Only words"], **objects), "text.docx")
    assert (blob.look, texts(blob)) == (Blob.Look.DONE, ["Only words"])


def test_of_a_web_page_the_words_are_read_and_found_and_nothing_that_runs(cast: Cast) -> None:
    blob = looked_into(cast, papers.PAGE, "page.html")
    assert (pictures(blob), search.find(cast.anna, "chips").count()) == ([], 1)
    for hidden in ("alert", "color", "drawn", "template", "comment"):
        assert hidden not in blob.texts.get().text
    deep = looked_into(cast, b"<div>" * 200_000 + b"Words" + b"<script>" * 50_000, "deep.html", title="Deep")
    assert texts(deep) == ["Words"]


def test_a_text_that_names_itself_without_end_is_stopped(cast: Cast) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 50}">' for n in range(1, 12))
    members: dict[str, Any] = {"word/document.xml": f'<!DOCTYPE d [<!ENTITY l0 "ha">{laughs}]><d>&l11;</d>'}
    assert looked_into(cast, papers.word(["x"], **members), "laughs.docx").look == Blob.Look.FAILED


def run(code: str, content: bytes = b"", **how: Any) -> subprocess.CompletedProcess[bytes]:
    """Some code where the looking process would begin to read, as its parent starts it."""
    begin = "from exchange.looking.limits import give_up; give_up(); "
    return subprocess.run(
        [sys.executable, "-B", "-c", begin + code],
        input=content,
        capture_output=True,
        cwd=settings.BASE_DIR,
        env={"PATH": "/usr/bin:/bin"},
        check=False,
        **how,
    )


@pytest.mark.parametrize(
    "code",
    [
        "bytearray(2_000_000_000)",
        "import tempfile; tempfile.TemporaryFile(buffering=0).write(b'x')",
        "[open('/dev/null') for _ in range(100)]",
    ],
)
def test_the_process_has_given_up_memory_and_files(code: str) -> None:
    assert run(code).returncode != 0
    assert run("print('still fine')").stdout == b"still fine\n"


def test_the_process_stands_back_with_its_session_and_with_no_other() -> None:
    show = "print(open('/proc/self/autogroup').read())"
    # Inside some containers the file is there and says nothing, for the kernel keeps such groups outside alone.
    if not Path("/proc/self/autogroup").exists() or not run(show, start_new_session=True).stdout.strip():
        pytest.skip("this system does not share the processor out by sessions")
    ours = Path("/proc/self/autogroup").read_text().strip()
    assert run(show, start_new_session=True).stdout.decode().split()[-1] == "10"
    assert run(show).stdout.decode().strip() == ours


def test_the_process_knows_nothing_of_our_environment(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIAISE_SECRET_KEY", "a secret")
    begun: list[dict[str, Any]] = []
    real = subprocess.Popen

    def noted(*args: Any, **how: Any) -> Any:
        begun.append(how["env"])
        return real(*args, **how)

    monkeypatch.setattr(looks.subprocess, "Popen", noted)
    looked_into(cast, b"Words", "notes.txt")
    assert [sorted(env) for env in begun] == [["LC_ALL", "PATH"]]


def test_a_process_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sleeper = tmp_path / "sleeper"
    sleeper.write_text("#!/bin/sh\nsleep 300\n")
    sleeper.chmod(0o700)
    monkeypatch.setattr(looks, "SECONDS", 0.5)
    monkeypatch.setattr(looks.sys, "executable", str(sleeper))
    begun = time.monotonic()
    assert not looks.look(ContentFile(b"x"), "txt", "text/plain", lambda content: "").whole
    assert time.monotonic() - begun < 60


@pytest.mark.parametrize(
    "said",
    [
        b"nothing of ours\n",
        b'{"kind": "text", "number": 1, "bytes": -1}\n',
        b'{"kind": "text", "number": 1, "bytes": 999999999999}\n',
        b'{"kind": "picture", "number": 1, "width": 5, "height": 5, "bytes": 0}\n',
        b'{"kind": "picture", "number": 1, "width": 320, "height": 5, "bytes": 14}\n<script></scri',
        b'{"kind": "picture", "number": -1, "width": 320, "height": 5, "bytes": 0}\n',
        b'{"kind": "pages", "number": "many", "bytes": 0}\n',
        b'{"kind": "picture", "number": 1, "width": [], "height": 5, "bytes": 0}\n',
        b'{"kind": "picture", "number": 1, "width": 320, "height": {}, "bytes": 0}\n',
        b'{"kind": "picture", "number": 1, "width": 320.0, "height": 5, "bytes": 12}\nRIFF0000WEBP',
        b'{"kind": "picture", "number": 1, "bytes": 12}\nRIFF0000WEBP',
        b'{"kind": [], "number": 1, "bytes": 0}\n',
        b"[" * 400 + b"\n",
    ],
)
def test_what_a_process_cannot_have_to_say_is_not_believed(said: bytes) -> None:
    kept: list[bytes] = []
    found = looks.Found()
    with pytest.raises(looks._Unbelievable):
        looks._listen(io.BytesIO(said), found, lambda content: kept.append(content) or "")  # type: ignore[func-returns-value]
    assert (found.whole, kept) == (False, [])


# --- once, and again ------------------------------------------------------------------------------


def test_looking_twice_writes_once(cast: Cast) -> None:
    blob = looked_into(cast, papers.paper(["One"]), "one.pdf")
    before = stored()
    tasks.look_into_files()
    tasks.look_into(blob)
    assert stored() == before
    assert (PageText.objects.count(), PagePicture.objects.count()) == (1, 2)


def test_the_same_bytes_shared_again_are_not_looked_into_again(cast: Cast) -> None:
    content = papers.paper(["One"])
    first = looked_into(cast, content, "one.pdf")
    second = looked_into(cast, content, "again.pdf", title="Again")
    assert (second, second.looked_at) == (first, first.looked_at)


def test_a_store_that_is_away_is_asked_again_and_holds_up_nobody(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    share(cast, file=ContentFile(papers.paper(["One"]), name="one.pdf"))
    share(cast, title="Two", file=ContentFile(b"Two", name="two.txt"))
    first, second = Blob.objects.order_by("pk")
    real, before = storage.read, stored()

    def read(path: str) -> Any:
        if path == first.path:
            raise OSError("away")
        return real(path)

    monkeypatch.setattr(storage, "read", read)
    tasks.look_into_files()
    assert sorted(Blob.objects.values_list("look", flat=True)) == ["done", "waiting"]
    monkeypatch.setattr(storage, "read", real)
    tasks.look_into_files()
    first.refresh_from_db()
    assert (first.look, second.pk > first.pk, stored() > before) == ("done", True, True)


def test_what_ends_in_an_error_of_ours_is_not_looked_into_for_ever(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    share(cast, file=ContentFile(papers.paper(["One"]), name="one.pdf"))
    tries = [0]

    def look(*_given: Any) -> looks.Found:
        tries[0] += 1
        raise TypeError("ours")

    monkeypatch.setattr(looks, "look", look)
    for _minute in range(MOST_TRIES + 3):
        tasks.look_into_files()
    assert (tries[0], Blob.objects.get().look) == (MOST_TRIES, Blob.Look.FAILED)


def test_a_store_that_is_away_for_long_is_waited_for(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    share(cast, file=ContentFile(papers.paper(["One"]), name="one.pdf"))

    def keep(_file: Any) -> Any:
        raise storage.NotStored(OSError("away"))

    with monkeypatch.context() as patch:
        patch.setattr(storage, "keep", keep)
        for _minute in range(MOST_TRIES + 3):
            tasks.look_into_files()
    tasks.look_into_files()
    assert Blob.objects.get().look == Blob.Look.DONE


def test_a_full_disk_leaves_no_half_of_the_pictures(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    share(cast, file=ContentFile(papers.paper(["One", "Two", "Three"]), name="one.pdf"))
    real, before, count = storage.keep, stored(), [0]

    def keep(file: Any) -> Any:
        count[0] += 1
        if count[0] > 2:
            raise OSError(28, "No space left on device")
        return real(file)

    monkeypatch.setattr(storage, "keep", keep)
    tasks.look_into_files()
    assert (stored(), Blob.objects.get().look) == (before, Blob.Look.WAITING)


def test_what_waits_for_the_scanner_is_not_opened(cast: Cast) -> None:
    share(cast)
    Blob.objects.update(scan=Blob.Scan.WAITING)
    work_off()
    assert Blob.objects.get().look == Blob.Look.WAITING


@pytest.mark.django_db(transaction=True)
def test_pictures_go_with_the_bytes(cast: Cast) -> None:
    before = stored()
    blob = looked_into(cast, papers.paper(["One"]), "one.pdf")
    assert len(stored() - before) == 3
    document = Document.objects.get()
    Document.objects.update(newest=None)
    document.versions.all().delete()
    let_go(blob)
    assert stored() == before


# --- the search -----------------------------------------------------------------------------------


def found(cast: Cast, words: str) -> int:
    return search.find(cast.anna, words).count()


def test_what_a_file_says_is_found_once_it_was_looked_into(cast: Cast) -> None:
    document = share(cast, file=ContentFile(papers.paper(["Of storks", "and lighthouses"]), name="one.pdf"))
    at = SearchEntry.objects.get().at
    assert found(cast, "lighthouse") == 0
    work_off()
    assert found(cast, "lighthouse") == found(cast, "guide lighthouses stork") == 1
    assert SearchEntry.objects.get().at == at
    add_version(document, papers.paper(["Of herons"]), "two.pdf")
    work_off()
    assert (found(cast, "heron"), found(cast, "lighthouse")) == (1, 0)


def test_the_search_tells_nobody_what_a_version_says_that_was_not_released(cast: Cast) -> None:
    document = share(cast, tlp=Label.CLEAR, file=ContentFile(papers.paper(["Of storks"]), name="one.pdf"))
    work_off()
    release(by=cast.clara, item=document)
    add_version(document, papers.paper(["Of herons"]), "two.pdf")
    work_off()
    assert (search.find(cast.olga, "stork").count(), search.find(cast.olga, "heron").count()) == (1, 0)
    unrelease(by=cast.luc, item=document)
    assert (found(cast, "heron"), search.find(cast.olga, "heron").count()) == (1, 0)


def test_words_of_what_was_removed_do_not_come_back(cast: Cast) -> None:
    document = share(cast, file=ContentFile(papers.paper(["Of storks"]), name="one.pdf"))
    SearchEntry.objects.all().delete()  # as holding and removing do
    work_off()
    assert Blob.objects.get(versions__document=document).look == Blob.Look.DONE
    assert not SearchEntry.objects.exists()
