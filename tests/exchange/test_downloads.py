"""Downloads: through the gate, in whole or by range, and never anything but a download."""

from __future__ import annotations

import asyncio
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import AsyncClient, Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from exchange.models import Document
from network.labels import Label
from network.models import Placement, Release, State, User
from network.streams import attachment
from tests.cast import Cast
from tests.drawing import examples
from tests.exchange import making, papers
from tests.exchange.making import PDF, add_version, pdf

pytestmark = pytest.mark.django_db


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def share(cast: Cast, **other: Any) -> Document:
    """A GREEN guide: what is tighter is handed out as a marked copy (test_handing_out)."""
    return making.share(cast, **{"tlp": Label.GREEN} | other)


def address(document: Document) -> str:
    return f"/documents/{document.uid}/download/"


def test_the_whole_file_with_headers_that_keep_it_a_download(cast: Cast) -> None:
    document = share(cast)
    response = signed_in(cast.anna).get(address(document))
    assert response.status_code == 200
    assert response.getvalue() == PDF
    assert document.newest is not None
    expected = {
        "Content-Type": "application/pdf",
        "Content-Length": str(len(PDF)),
        "Content-Disposition": "attachment; filename=\"guide.pdf\"; filename*=UTF-8''guide.pdf",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Accept-Ranges": "bytes",
        "ETag": f'"{document.newest.sha256}"',
    }
    assert {name: response.headers[name] for name in expected} == expected


@pytest.mark.parametrize("name", ["page.html", "page.htm"])
def test_a_web_page_is_bytes_to_a_browser_and_never_a_page(cast: Cast, name: str) -> None:
    document = share(cast, file=ContentFile(papers.PAGE, name=name))
    client = signed_in(cast.anna)
    for answer in (client.get(address(document)), client.get(address(document), headers={"Range": "bytes=0-9"})):
        assert papers.PAGE.startswith(answer.getvalue())
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_head_says_the_same_without_a_body(cast: Cast) -> None:
    document = share(cast)
    client = signed_in(cast.anna)
    whole, head = client.get(address(document)), client.head(address(document))
    assert head.status_code == 200
    assert head.content == b""
    for name in ("Content-Type", "Content-Length", "Content-Disposition", "ETag", "Accept-Ranges"):
        assert head.headers[name] == whole.headers[name]
    assert client.head(address(document), headers={"Range": "bytes=0-3"}).status_code == 200


LENGTH = len(PDF)


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, LENGTH - 1),
        ("bytes=-10", LENGTH - 10, LENGTH - 1),
        (f"bytes=-{LENGTH * 2}", 0, LENGTH - 1),
        (f"bytes=5-{LENGTH * 2}", 5, LENGTH - 1),
        (f"bytes={LENGTH - 1}-", LENGTH - 1, LENGTH - 1),
    ],
)
def test_one_range_is_answered_with_those_bytes(cast: Cast, asked: str, first: int, last: int) -> None:
    response = signed_in(cast.anna).get(address(share(cast)), headers={"Range": asked})
    assert response.status_code == 206
    assert response.headers["Content-Range"] == f"bytes {first}-{last}/{LENGTH}"
    assert response.headers["Content-Length"] == str(last - first + 1)
    assert response.getvalue() == PDF[first : last + 1]


@pytest.mark.parametrize("asked", [f"bytes={LENGTH}-", f"bytes={LENGTH + 5}-{LENGTH + 9}", "bytes=-0"])
def test_a_range_beyond_the_end_cannot_be_satisfied(cast: Cast, asked: str) -> None:
    response = signed_in(cast.anna).get(address(share(cast)), headers={"Range": asked})
    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{LENGTH}"
    assert response.content == b""


@pytest.mark.parametrize(
    "asked", ["bytes=5-2", "bytes=a-b", "bytes=", "bytes=-", "items=0-5", "bytes=0-1,5-6", "bytes=٠-٥", "x" * 9000]
)
def test_what_is_malformed_or_several_ranges_gets_the_whole(cast: Cast, asked: str) -> None:
    response = signed_in(cast.anna).get(address(share(cast)), HTTP_RANGE=asked)
    assert response.status_code == 200
    assert response.getvalue() == PDF


def test_a_range_of_another_state_of_the_file_gets_the_whole(cast: Cast) -> None:
    document = share(cast)
    client = signed_in(cast.anna)
    etag = client.head(address(document)).headers["ETag"]
    fitting = client.get(address(document), headers={"Range": "bytes=0-9", "If-Range": etag})
    assert fitting.status_code == 206
    for other in ('"another"', f"W/{etag}", "Sat, 21 Nov 2026 10:00:00 GMT"):
        assert client.get(address(document), headers={"Range": "bytes=0-9", "If-Range": other}).status_code == 200


def test_what_the_reader_has_already_is_not_sent_again(cast: Cast) -> None:
    document = share(cast)
    client = signed_in(cast.anna)
    etag = client.head(address(document)).headers["ETag"]
    again = client.get(address(document), headers={"If-None-Match": f'"x", {etag}'})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["ETag"] == etag
    assert client.get(address(document), headers={"If-None-Match": '"x"'}).status_code == 200


def test_each_version_is_downloaded_by_its_number(cast: Cast) -> None:
    document = share(cast)
    add_version(document)
    client = signed_in(cast.anna)
    assert client.get(address(document)).getvalue() == b"%PDF-2.0 again"
    assert client.get(address(document) + "?version=1").getvalue() == PDF
    assert client.get(address(document) + "?version=3").status_code == 404
    assert client.get(address(document) + "?version=one").status_code == 404


def test_of_a_release_strangers_get_exactly_the_released_version(cast: Cast) -> None:
    document = share(cast, tlp=Label.CLEAR)
    Release.objects.create(item=document, version=1)
    add_version(document)
    for reader in (Client(), signed_in(cast.olga)):
        assert reader.get(address(document)).getvalue() == PDF
        assert reader.get(address(document) + "?version=1").getvalue() == PDF
    assert signed_in(cast.olga).get(address(document) + "?version=2").status_code == 404
    assert Client().get(address(document) + "?version=2").status_code == 302
    assert signed_in(cast.anna).get(address(document) + "?version=2").status_code == 200


@pytest.mark.parametrize("left", [None, PDF[:100]])
def test_of_a_file_that_is_lost_in_whole_or_in_part_it_is_said_so_and_noted(
    cast: Cast, caplog: pytest.LogCaptureFixture, left: bytes | None
) -> None:
    document = share(cast)
    damage(document, left)
    for headers in ({}, {"Range": f"bytes={len(PDF) - 10}-"}):
        answer = signed_in(cast.anna).get(address(document), headers=headers)
        assert answer.status_code == 503
        assert "This file cannot be fetched from the store just now" in answer.content.decode()
        assert f'href="{document.get_absolute_url()}"' in answer.content.decode()
        assert "attachment" not in answer.headers.get("Content-Disposition", "")
    assert "missing from the store" in caplog.text


def test_a_file_that_ends_while_it_is_sent_breaks_off_and_is_not_taken_for_whole(cast: Cast) -> None:
    document = share(cast)
    answer = signed_in(cast.anna).get(address(document))
    damage(document, PDF[:100])
    with pytest.raises(OSError, match="before its end"):
        answer.getvalue()


def damage(document: Document, left: bytes | None) -> None:
    """Leaves so much in the store of the newest version."""
    assert document.newest is not None
    path = Path(default_storage.path(document.newest.blob.path))
    if left is None:
        path.unlink()
    else:
        path.write_bytes(left)


def test_only_reading_is_allowed(cast: Cast) -> None:
    assert signed_in(cast.anna).post(address(share(cast))).status_code == 405


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("guide.pdf", "guide.pdf"),
        ("Günther „neu“.pdf", "Gunther neu.pdf"),
        ("Ζ.pdf", "document.pdf"),
        ("a%b.pdf", "a_b.pdf"),
    ],
)
def test_every_reader_gets_a_name_it_understands(name: str, plain: str) -> None:
    header = attachment(name)
    message = Message()
    message["Content-Disposition"] = header
    assert f'filename="{plain}"' in header
    assert message.get_filename() is not None
    assert header.isascii()
    _kind, star = header.split("; filename*=UTF-8''")
    assert unquote(star) == name


@pytest.mark.django_db(transaction=True)
def test_served_by_an_event_loop_it_is_read_block_by_block(cast: Cast) -> None:
    large = b"%PDF-1.7" + bytes(3 * 256 * 1024)
    document = share(cast, file=pdf(content=large))
    client = AsyncClient()
    client.force_login(cast.anna)

    async def fetch() -> list[bytes]:
        response: Any = await client.get(address(document))
        assert response.is_async
        return [block async for block in response.streaming_content]

    blocks = asyncio.run(fetch())
    assert b"".join(blocks) == large
    assert len(blocks) > 3


@pytest.mark.parametrize("versions", [1, 3])
def test_a_download_asks_the_same_number_of_questions(
    cast: Cast, versions: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    document = share(cast)
    for _number in range(versions):
        add_version(document)
    client = signed_in(cast.anna)
    with django_assert_num_queries(5):
        client.get(address(document) + "?version=1")


@pytest.fixture
def clients(cast: Cast) -> dict[User, Client]:
    """Everybody of the cast, signed in; once for all examples, which share the database."""
    people = [person for person in vars(cast).values() if isinstance(person, User)]
    return {person: signed_in(person) for person in people}


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_download_answers_exactly_those_whom_the_gate_lets_see(
    cast: Cast, clients: dict[User, Client], data: st.DataObject
) -> None:
    everybody = list(clients)
    partners = [cast.liege, cast.malmo, cast.augsburg, cast.efus]
    with transaction.atomic():
        label = data.draw(st.sampled_from(Label))
        text = pdf("notes.txt", b"What we know.")
        document = share(cast, tlp=Label.AMBER, file=text, downloads_allowed=True)
        Document.objects.filter(pk=document.pk).update(
            tlp=label, state=data.draw(st.sampled_from(["published", "archived", "held", "removed"]))
        )
        document.named_partners.set(data.draw(st.lists(st.sampled_from(partners), max_size=3)))
        document.named_people.set(data.draw(st.lists(st.sampled_from(everybody), max_size=6)))
        if data.draw(st.booleans()):
            Placement.objects.create(item=document, room=data.draw(st.sampled_from([cast.schools, cast.commons])))
        if data.draw(st.booleans()):
            Release.objects.create(item=document, version=1)
        for person in data.draw(st.lists(st.sampled_from(everybody), min_size=3, max_size=3)):
            seen = Document.objects.visible_to(person).filter(pk=document.pk).exists()
            got = clients[person].get(address(document)).status_code
            assert got == (200 if seen else 404), (person, label, State(Document.objects.get().state))
        stranger = Document.objects.visible_to(AnonymousUser()).exists()
        assert Client().get(address(document)).status_code == (200 if stranger else 302)
        transaction.set_rollback(True)
