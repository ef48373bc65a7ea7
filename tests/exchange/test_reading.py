"""Reading in the browser: pages, pictures, sound and film, and words found."""

from __future__ import annotations

import errno
import time
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from exchange import finding, reading
from exchange.looking import wire
from exchange.models import Blob, Document, PagePicture, PageText
from exchange.views import reading as views
from network.labels import Label
from network.models import Placement, Release, State, User
from tests.cast import Cast
from tests.exchange import papers
from tests.exchange.making import add_version, share
from tests.working import work_off

# What is in files, and how they are sent, is the same on either database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

TWO = papers.paper(["How we speak\nwith parents", "Whom to call at night"])


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def looked_into(cast: Cast, content: bytes, name: str, **other: Any) -> Document:
    document = share(cast, file=ContentFile(content, name=name), **other)
    work_off()
    return document


def body(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def at(document: Document, rest: str = "") -> str:
    return f"/documents/{document.uid}/{rest}"


# --- pages ----------------------------------------------------------------------------------------


def test_the_page_about_a_document_tells_a_reader_in_a_hurry_what_it_is(cast: Cast) -> None:
    document = looked_into(cast, TWO, "guide.pdf", kind="guide", language="fr")
    page = body(signed_in(cast.anna), at(document))
    for words in ("Guide for home visits", "PDF", "French", "Read the 2 pages", "How we speak with parents"):
        assert words in page
    assert at(document, "pages/1/320.webp?version=1") in page


def test_what_is_said_about_it_stands_instead_of_how_it_begins(cast: Cast) -> None:
    document = looked_into(cast, TWO, "guide.pdf", description="For whoever visits families.")
    page = body(signed_in(cast.anna), at(document))
    assert "For whoever visits families." in page
    assert "How we speak with parents" not in page


def test_pages_are_pictures_with_their_words_below(cast: Cast) -> None:
    document = looked_into(cast, TWO, "guide.pdf")
    page = body(signed_in(cast.anna), at(document, "pages/"))
    assert page.count("<img") == 2
    assert 'alt="Page 1: How we speak with parents"' in page
    assert "Whom to call at night</p>" in page
    assert 'loading="lazy"' in page


def test_a_picture_whose_store_is_away_is_answered_by_nothing_that_a_browser_keeps(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = looked_into(cast, TWO, "guide.pdf")

    def away(_path: str) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("exchange.storage.read", away)
    answer = signed_in(cast.anna).get(at(document, "pages/1/320.webp"))
    assert (answer.status_code, answer.content) == (503, b"")
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_page_is_gone_to_by_its_number(cast: Cast) -> None:
    document = looked_into(cast, papers.paper([f"This is page {n}" for n in range(1, 31)]), "guide.pdf")
    client = signed_in(cast.anna)
    first = body(client, at(document, "pages/"))
    assert first.count("<img") == reading.A_BLOCK
    assert "&amp;page=11" in first
    later = body(client, at(document, "pages/?page=22"))
    assert 'id="page-22"' in later
    assert 'id="page-21"' not in later
    assert later.count("<img") == 9
    for odd in ("0", "-1", "x", "99999", "9" * 30, "²"):
        assert body(client, at(document, f"pages/?page={odd}")).count("<img") > 0


def test_pages_without_pictures_are_words_or_say_so(cast: Cast) -> None:
    document = looked_into(cast, papers.slides(["Welcome", "Thanks"]), "talk.pptx")
    page = body(signed_in(cast.anna), at(document, "pages/"))
    assert "<p>Welcome</p>" in page
    assert "Page 2" in page
    Blob.objects.update(pages=3)
    assert "Nothing of this page can be shown here" in body(signed_in(cast.anna), at(document, "pages/?page=3"))


def test_markdown_is_read_as_it_is_meant_and_runs_nothing(cast: Cast) -> None:
    source = b"# Notes\n\nOne **word**.\n\n<script>alert(1)</script><img src=x onerror=alert(1)>"
    page = body(signed_in(cast.anna), at(looked_into(cast, source, "notes.md"), "pages/"))
    assert "<strong>word</strong>" in page
    assert "alert" not in page


def test_of_a_web_page_the_words_are_read_and_nothing_of_it_is_shown_as_it_is(cast: Cast) -> None:
    document = looked_into(cast, papers.PAGE, "page.html")
    client = signed_in(cast.anna)
    page = body(client, at(document, "pages/"))
    assert "Fish &amp; chips<br>One bold word." in page
    for hidden in ("alert", "elsewhere.example", "color: red"):
        assert hidden not in page
    assert "<mark>Fish &amp; chips</mark>" in body(client, at(document, "pages/?q=FISH %26 chips"))
    for closed in ("play/", "pages/1/1200.webp", "captions/en.vtt"):
        assert client.get(at(document, closed)).status_code == 404


def test_plain_text_is_shown_as_it_was_written(cast: Cast) -> None:
    page = body(signed_in(cast.anna), at(looked_into(cast, b"<b>1</b> & 2\n\nThree", "notes.txt"), "pages/"))
    assert "<p>&lt;b&gt;1&lt;/b&gt; &amp; 2</p>" in page


def test_a_long_text_is_read_in_parts(cast: Cast) -> None:
    lines = "\n".join(f"Line {number} of a long text." for number in range(3_000))
    document = looked_into(cast, lines.encode(), "long.txt")
    client = signed_in(cast.anna)
    first = body(client, at(document, "pages/"))
    assert "Line 1 of" in first
    assert "Line 2999 of" not in first
    assert "Line 2999 of" in body(client, at(document, "pages/?page=999"))


def test_of_a_text_that_was_read_in_part_search_and_last_part_say_so(cast: Cast) -> None:
    document = looked_into(cast, b"Words.\n" * (wire.MOST_WORDS // 7) + b"At last a lighthouse.", "long.txt")
    client = signed_in(cast.anna)
    page = body(client, at(document, "pages/?q=lighthouse"))
    assert "It does not stand in what was read of it: the first 5 MB of its text." in page
    assert "stands nowhere" not in page
    assert "It was looked for in what was read of the file" in body(client, at(document, "pages/?q=words"))
    goes_on = "The file goes on, but the rest of it was not read here: only the first 5 MB of its text."
    assert goes_on in body(client, at(document, "pages/?page=9999"))
    assert goes_on not in body(client, at(document, "pages/?page=2"))
    assert "stands nowhere" in body(client, at(looked_into(cast, b"Short", "short.txt"), "pages/?q=lighthouse"))


def test_of_very_many_pages_search_and_pages_say_how_far_they_were_read_and_drawn(cast: Cast) -> None:
    document = looked_into(cast, TWO, "atlas.pdf")
    blob = Blob.objects.get()
    Blob.objects.update(pages=2_500, read_to=2_000)
    texts = (PageText(blob=blob, number=number, text=f"Town {number}") for number in range(3, 2_001))
    PageText.objects.bulk_create(texts)
    client = signed_in(cast.anna)
    extent = "the first 2,000 of 2,500 pages"
    found = body(client, at(document, "pages/?q=lighthouse"))
    assert f"It does not stand in what was read of it: {extent}." in found
    undrawn = body(client, at(document, "pages/?page=501"))
    assert "Pictures are made of the first 500 pages, so this one is shown in words." in undrawn
    assert f"the rest of it was not read here: only {extent}." in body(client, at(document, "pages/?page=1995"))
    unread = body(client, at(document, "pages/?page=2500"))
    assert f"Of this file only {extent} were read here, and this page is not among them." in unread


def test_nobody_is_told_to_download_what_is_read_here_only(cast: Cast) -> None:
    document = looked_into(cast, b"Words.", "notes.txt", tlp=Label.RED, named_people=[cast.anna])
    Blob.objects.update(read_to=1)
    page = body(signed_in(cast.anna), at(document, "pages/?q=lighthouse"))
    assert "It does not stand in what was read of it" in page
    assert "The file goes on" in page
    assert "ownload it to have" not in page
    assert "Download the file" not in page


def test_what_has_not_been_looked_into_or_cannot_be_is_said_honestly(cast: Cast) -> None:
    document = share(cast, file=ContentFile(papers.paper(["x"], password="geheim"), name="locked.pdf"))
    client = signed_in(cast.anna)
    for address in (at(document), at(document, "pages/")):
        assert "are being read" in body(client, address)
    work_off()
    for address in (at(document), at(document, "pages/")):
        assert "could not be read here" in body(client, address)


@pytest.mark.parametrize("scan", [Blob.Scan.WAITING, Blob.Scan.INFECTED])
def test_nothing_is_shown_of_what_is_not_handed_out(cast: Cast, scan: str) -> None:
    document = looked_into(cast, TWO, "guide.pdf")
    Blob.objects.update(scan=scan)
    client = signed_in(cast.anna)
    for address in (at(document), at(document, "pages/"), at(document, "pages/?q=speak")):
        page = body(client, address)
        assert "How we speak" not in page
        assert '.webp"' not in page
    assert client.get(at(document, "pages/1/320.webp")).status_code == 404
    assert client.get(at(document, "play/")).status_code == 404


# --- pictures, sound, film ------------------------------------------------------------------------


def test_the_picture_of_a_page_is_ours_and_can_run_nothing(cast: Cast) -> None:
    document = looked_into(cast, TWO, "guide.pdf", tlp=Label.AMBER)
    response = signed_in(cast.anna).get(at(document, "pages/2/1200.webp"))
    assert response.content[8:12] == b"WEBP"
    expected = {
        "Content-Type": "image/webp",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    assert {name: response.headers[name] for name in expected} == expected
    for odd in (
        "pages/3/1200.webp",
        "pages/0/320.webp",
        "pages/2/320.webp",
        "pages/1/5.webp",
        f"pages/{9**30}/320.webp",
    ):
        assert signed_in(cast.anna).get(at(document, odd)).status_code == 404


@pytest.mark.parametrize("name", ["flyer.jpg", "flyer.gif"])
def test_of_a_picture_never_the_bytes_that_were_sent_are_shown(cast: Cast, name: str) -> None:
    form = "JPEG" if name.endswith("jpg") else "GIF"
    document = looked_into(cast, papers.picture(form), name)
    client = signed_in(cast.anna)
    assert at(document, "pages/1/1200.webp?version=1") in body(client, at(document, "pages/"))
    assert client.get(at(document, "pages/1/1200.webp"))["Content-Type"] == "image/webp"
    assert client.get(at(document, "play/")).status_code == 404


def test_sound_is_played_in_the_page_by_ranges(cast: Cast) -> None:
    content = b"\xff\xfb\x90\x00" + bytes(range(256)) * 4
    document = looked_into(cast, content, "talk.mp3")
    client = signed_in(cast.anna)
    assert f'<audio class="film" controls preload="metadata" src="{at(document, "play/?version=1")}"' in body(
        client, at(document)
    )
    response = client.get(at(document, "play/"), headers={"Range": "bytes=4-9"})
    assert (response.status_code, response.getvalue()) == (206, content[4:10])
    assert response["Content-Disposition"] == "inline"
    assert (response["Content-Type"], response["X-Content-Type-Options"]) == ("audio/mpeg", "nosniff")
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_that_a_film_which_nobody_downloads_can_be_saved_is_said_to_reader_and_source(cast: Cast) -> None:
    film = ContentFile(b"\x00\x00\x00\x18ftypmp42" + bytes(40), name="talk.mp4")
    document = share(cast, file=film, tlp=Label.RED, named_people=[cast.anna])
    said, kept = "can be saved by whoever plays it", 'controls controlsList="nodownload"'
    for person, restricted in ((cast.anna, True), (cast.luc, False)):
        page = body(signed_in(person), at(document, "pages/"))
        assert [words in page for words in (said, kept)] == [restricted] * 2
    for person, told in ((cast.anna, False), (cast.luc, True)):
        assert ("can be saved all the same" in body(signed_in(person), at(document))) is told
    Document.objects.update(downloads_allowed=True)
    page = body(signed_in(cast.anna), at(document, "pages/"))
    assert said not in page
    assert kept not in page
    assert "can be saved all the same" not in body(signed_in(cast.luc), at(document))


def test_a_page_may_play_what_lies_here_and_nothing_else(cast: Cast) -> None:
    response = signed_in(cast.anna).get(at(share(cast)))
    assert "media-src 'self'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["guide.pdf", "notes.txt", "text.docx", "notes.md", "page.html"])
def test_no_document_is_ever_played(cast: Cast, name: str) -> None:
    content = {"pdf": TWO, "docx": papers.word(["x"])}.get(name.rpartition(".")[2], b"<script>alert(1)</script>")
    document = looked_into(cast, content, name)
    assert signed_in(cast.anna).get(at(document, "play/")).status_code == 404


@pytest.mark.parametrize("label", [Label.AMBER_STRICT, Label.RED])
def test_nobody_reads_what_is_written_down_by_passing(cast: Cast, label: Label) -> None:
    document = looked_into(cast, TWO, "guide.pdf", tlp=label)
    client = signed_in(cast.luc)
    page = body(client, at(document))
    assert '.webp"' not in page
    assert "How we speak" not in page
    assert client.get(at(document, "pages/1/1200.webp"))["Cache-Control"] == "private, no-store"


def test_whatever_is_handed_out_is_told_to_whoever_writes_it_down(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[User, int, str]] = []
    monkeypatch.setattr(views, "opened", lambda user, _of, version, how: told.append((user, version.number, how)))
    document = looked_into(cast, TWO, "guide.pdf")
    add_version(document, papers.paper(["Shorter"]), "guide-2.pdf")
    work_off()
    client, stranger = signed_in(cast.anna), signed_in(cast.olga)
    for rest in (
        "pages/?version=1",
        "pages/1/320.webp",
        "pages/2/1200.webp?version=1",
        "compare/",
        "pages/7/1200.webp",
    ):
        client.get(at(document, rest))
        stranger.get(at(document, rest))
    expected = [(number, "read") for number in (1, 2, 1, 1, 2)]
    assert told == [(cast.anna, number, how) for number, how in expected]


# --- finding --------------------------------------------------------------------------------------


def test_a_phrase_is_found_on_its_page(cast: Cast) -> None:
    texts = [f"This is page {n}" for n in range(1, 301)]
    document = share(cast, file=ContentFile(TWO, name="guide.pdf"))
    texts[211] = "Here the Lütticher\n  Modell is   described, with costs."
    _as_looked_into(document, texts)
    page = body(signed_in(cast.anna), at(document, "pages/?q=LUTTICHER modell"))
    assert "stands on 1 page" in page
    assert f'<a href="{at(document, "pages/?version=1&amp;page=212#page-212")}">page 212</a>' in page
    assert "<mark>Lütticher Modell</mark>" in page
    assert "stands nowhere" in body(signed_in(cast.anna), at(document, "pages/?q=modell lutticher"))


def test_a_phrase_is_found_wherever_it_stands_in_a_long_text() -> None:
    for place in (0, 5, finding.SLICE - 3, finding.SLICE, 3 * finding.SLICE - 9):
        # A gap lies across the end of a slice, too.
        text = "é" * place + " Das \n " + " " * 40 + "Lütticher\tModell é"
        (hit,), more = finding.find([(1, text)], "das lutticher modell")
        assert (hit.match, hit.after, more) == ("Das Lütticher Modell", " é", 0), place


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("a " * 1_000_000, "a " * 99 + "b"),
        ("a" * 2_000_000, "a" * 199 + "b"),
        (f"a{' ' * 60}" * 30_000, "a " * 99 + "b"),
        ("\u0301\u0316" * 1_000_000, "b"),
    ],
)
def test_a_text_that_is_made_to_be_searched_for_ever_is_searched_in_time(text: str, phrase: str) -> None:
    begun = time.process_time()
    assert finding.find([(1, text)], phrase) == ([], 0)
    assert time.process_time() - begun < 10


def _as_looked_into(document: Document, texts: list[str]) -> None:
    blob = Blob.objects.get(versions__document=document)
    Blob.objects.filter(pk=blob.pk).update(look=Blob.Look.DONE, pages=len(texts))
    PageText.objects.bulk_create(PageText(blob=blob, number=n, text=text) for n, text in enumerate(texts, 1))


def test_only_so_many_places_are_named_and_the_rest_is_counted(cast: Cast) -> None:
    document = share(cast)
    _as_looked_into(document, ["the same"] * (finding.MOST_HITS + 7))
    page = body(signed_in(cast.anna), at(document, "pages/?q=same"))
    assert "and 7 more pages" in page


@pytest.mark.parametrize("phrase", ["(.*)", "\x00", "   ", "a" * 5_000, "İ", "<script>"])
def test_odd_questions_find_nothing_and_break_nothing(cast: Cast, phrase: str) -> None:
    document = share(cast)
    _as_looked_into(document, ["One"])
    response = signed_in(cast.anna).get(at(document, "pages/"), {"q": phrase})
    assert response.status_code == 200
    assert b"<script>&" not in response.content


# --- the gate -------------------------------------------------------------------------------------

DOORS = ("pages/", "pages/1/1200.webp", "pages/1/320.webp")


@pytest.mark.parametrize("size", [1, 3])
def test_reading_asks_the_same_number_of_questions(
    cast: Cast, size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    document = looked_into(cast, papers.paper(["Page"] * size * 4), "guide.pdf", tlp=Label.GREEN)
    for number in range(size):
        add_version(document, papers.paper([f"Other {number}"]), "other.pdf")
    client = signed_in(cast.anna)
    for rest, count in (("pages/?version=1&q=page", 19), ("pages/1/320.webp?version=1", 7)):
        with django_assert_num_queries(count):
            client.get(at(document, rest))


@pytest.fixture
def clients(cast: Cast) -> dict[User, Client]:
    """Everybody of the cast, signed in; once for all examples, which share the database."""
    people = [person for person in vars(cast).values() if isinstance(person, User)]
    return {person: signed_in(person) for person in people}


@pytest.fixture
def two_versions(cast: Cast) -> Document:
    """A document of two versions, one of a page and one of two."""
    document = looked_into(cast, papers.paper(["Old"]), "old.pdf")
    add_version(document, TWO, "new.pdf")
    work_off()
    return document


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_who_reads_a_page_in_pictures_or_words_is_who_sees_the_document_and_the_version(
    cast: Cast, clients: dict[User, Client], two_versions: Document, data: st.DataObject
) -> None:
    everybody, document = list(clients), two_versions
    with transaction.atomic():
        label, state = data.draw(st.sampled_from(Label)), data.draw(st.sampled_from(State.values))
        Document.objects.filter(pk=document.pk).update(tlp=label, state=state)
        document.named_partners.set(data.draw(st.lists(st.sampled_from([cast.liege, cast.malmo]), max_size=2)))
        document.named_people.set(data.draw(st.lists(st.sampled_from(everybody), max_size=6)))
        if data.draw(st.booleans()):
            Placement.objects.create(item=document, room=data.draw(st.sampled_from([cast.schools, cast.commons])))
        if released := data.draw(st.sampled_from([None, 1, 2])):
            Release.objects.create(item=document, version=released)
        for person in data.draw(st.lists(st.sampled_from(everybody), min_size=3, max_size=3)):
            for number in (1, 2):
                inside = Document.objects.seen_inside_by(person).filter(pk=document.pk).exists()
                seen = Document.objects.visible_to(person).filter(pk=document.pk).exists()
                sees = inside or (seen and number == released)
                for door in DOORS:
                    got = clients[person].get(at(document, f"{door}?version={number}"))
                    assert got.status_code == (200 if sees else 404), (person, label, state, door, number)
                    assert sees or b"Whom to call" not in got.content
        transaction.set_rollback(True)


def test_by_a_release_one_reads_the_released_version_and_no_other(cast: Cast, two_versions: Document) -> None:
    Document.objects.update(tlp=Label.CLEAR)
    Release.objects.create(item=two_versions, version=1)
    for reader in (Client(), signed_in(cast.olga)):
        page = body(reader, at(two_versions, "pages/"))
        assert "Page 1: Old" in page
        for words in ("Families", "Luc", "Whom to call", "new.pdf"):
            assert words not in page.split("<main")[1].split("</main>")[0]
        assert reader.get(at(two_versions, "pages/1/1200.webp")).status_code == 200
        assert reader.get(at(two_versions, "pages/2/1200.webp")).status_code != 200
        assert reader.get(at(two_versions, "pages/1/1200.webp?version=2")).status_code != 200
    assert PagePicture.objects.count() == 5


def test_no_link_tells_a_stranger_that_there_is_a_newer_version(cast: Cast, two_versions: Document) -> None:
    Document.objects.update(tlp=Label.CLEAR)
    back = f'href="{at(two_versions)}"'
    for released in (1, 2):
        Release.objects.update_or_create(item=two_versions, defaults={"version": released})
        for reader in (Client(), signed_in(cast.olga)):
            assert back in body(reader, at(two_versions, "pages/"))
    assert f'href="{at(two_versions)}?version=1"' in body(signed_in(cast.anna), at(two_versions, "pages/?version=1"))
    Release.objects.update(version=1)
    Blob.objects.update(scan=Blob.Scan.WAITING)
    for reader in (Client(), signed_in(cast.olga)):
        assert back in reader.get(at(two_versions, "download/")).content.decode()
    held = signed_in(cast.anna).get(at(two_versions, "download/?version=1")).content.decode()
    assert f'href="{at(two_versions)}?version=1"' in held
