"""Downloads of what is AMBER and stricter: marked with their reader; of RED only where its author allows it."""

from __future__ import annotations

import io
import sys
import time
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.conf import settings as django_settings
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange import handing_out, marking, storage
from exchange.actions.documents import allow_downloads
from exchange.models import Blob, Document
from network import clock
from network.labels import Label
from network.models import AuditEntry, User
from network.refusals import Forbidden, Unseen
from tests.cast import Cast
from tests.exchange.making import PDF, pdf, share
from tests.exchange.real_files import marks_on, picture, real_pdf, upload
from tests.releasing import release
from tests.working import work_off

# What is in files, and how they are sent, is the same on either database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.LIAISE_DATA_DIR = tmp_path
    return tmp_path / "marked"


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def address(document: Document) -> str:
    return f"/documents/{document.uid}/download/"


def stored(document: Document) -> bytes:
    assert document.newest is not None
    with storage.read(document.newest.blob.path) as file:
        return file.read()


def said_of(person: User, document: Document) -> dict[str, str]:
    return handing_out.words_for(person, document)


def test_an_amber_pdf_carries_its_reader_on_every_page_and_the_stored_one_does_not(cast: Cast) -> None:
    content = real_pdf(4)
    document = share(cast, file=upload(content))
    response = signed_in(cast.anna).get(address(document))
    assert response.status_code == 200
    got = response.getvalue()
    assert marks_on(got) == [1, 1, 1, 1]
    assert response.headers["Content-Length"] == str(len(got))
    assert stored(document) == content
    words = said_of(cast.anna, document)
    assert (words["label"], words["reader"], words["partner"]) == ("TLP:AMBER", "Anna Lindqvist", "Malmö")
    with pikepdf.open(io.BytesIO(got)) as pdf_:
        assert len(pdf_.pages) == 4


@pytest.mark.parametrize("label", [Label.CLEAR, Label.GREEN])
def test_clear_and_green_are_handed_out_as_they_are(cast: Cast, label: Label) -> None:
    document = share(cast, file=upload(real_pdf()), tlp=label)
    assert signed_in(cast.anna).get(address(document)).getvalue() == stored(document)


def test_what_stands_on_the_public_site_is_handed_out_unmarked_to_strangers(cast: Cast) -> None:
    document = share(cast, file=upload(real_pdf()), tlp=Label.CLEAR)
    release(by=cast.clara, item=document)
    assert Client().get(address(document)).getvalue() == stored(document)


def test_a_picture_is_marked_and_other_files_are_not(cast: Cast) -> None:
    shown = share(cast, file=upload(picture("PNG"), "map.png"))
    assert signed_in(cast.anna).get(address(shown)).getvalue() != stored(shown)
    text = share(cast, file=upload(b"What we know.", "notes.txt"))
    assert signed_in(cast.anna).get(address(text)).getvalue() == b"What we know."


def test_each_reader_gets_their_own_copy_the_same_all_day_and_another_tomorrow(cast: Cast) -> None:
    document = share(cast, file=upload(real_pdf()))
    anna, vera = signed_in(cast.anna), signed_in(cast.vera)
    first, second, hers = (client.get(address(document)) for client in (anna, anna, vera))
    assert first.getvalue() == second.getvalue() != hers.getvalue()
    assert first.headers["ETag"] == second.headers["ETag"] != hers.headers["ETag"]
    document.refresh_from_db()
    assert document.newest is not None
    assert document.newest.sha256 not in first.headers["ETag"]
    today = said_of(cast.anna, document)
    with clock.at(clock.now() + handing_out.KEPT_FOR):
        assert said_of(cast.anna, document)["day"] > today["day"]


def test_a_broken_download_of_a_marked_copy_goes_on_where_it_broke(cast: Cast) -> None:
    document, client = share(cast, file=upload(real_pdf(20))), signed_in(cast.anna)
    whole = client.get(address(document))
    bytes_, etag = whole.getvalue(), whole.headers["ETag"]
    rest = client.get(address(document), headers={"Range": "bytes=100-", "If-Range": etag})
    assert rest.status_code == 206
    assert rest.headers["Content-Range"] == f"bytes 100-{len(bytes_) - 1}/{len(bytes_)}"
    assert rest.getvalue() == bytes_[100:]
    handing_out._folder().joinpath(etag.strip('"').removeprefix("marked-")).unlink()
    again = client.get(address(document), headers={"Range": "bytes=100-", "If-Range": etag})
    assert (again.status_code, again.getvalue()) == (206, bytes_[100:])
    assert client.get(address(document), headers={"If-None-Match": etag}).status_code == 304
    assert client.head(address(document)).headers["Content-Length"] == str(len(bytes_))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (real_pdf(password="secret"), "This PDF wants a password"),
        (PDF, "damaged"),
    ],
)
def test_what_cannot_be_marked_is_refused_with_its_reason_and_its_source_has_it_already(
    cast: Cast, content: bytes, why: str
) -> None:
    document = share(cast, file=upload(content))
    response = signed_in(cast.anna).get(address(document))
    assert response.status_code == 403
    assert why in response.content.decode()
    assert "Read it in the browser" not in response.content.decode()
    assert signed_in(cast.luc).get(address(document)).getvalue() == content
    assert not list(handing_out._folder().iterdir())


def test_a_pdf_that_forbids_printing_alone_is_handed_out_marked(cast: Cast) -> None:
    document = share(cast, file=upload(real_pdf(2, password="")))
    assert marks_on(signed_in(cast.anna).get(address(document)).getvalue()) == [1, 1]


UNMARKABLE = [
    (real_pdf(password="secret"), "plan.pdf", "wants a password", "without a password"),
    (PDF, "plan.pdf", "damaged", "such as a PDF"),
    (picture("TIFF", size=(4000, 3000), frames=5), "scan.tiff", "too large", "such as a PDF"),
]


@pytest.mark.parametrize(("content", "name", "why", "advice"), UNMARKABLE)
def test_after_the_look_its_page_offers_no_copy_that_would_be_refused_and_advises_its_source(
    cast: Cast, content: bytes, name: str, why: str, advice: str
) -> None:
    document = share(cast, file=upload(content, name))
    work_off()
    shown = signed_in(cast.anna).get(document.get_absolute_url()).content.decode()
    assert why in shown
    assert "/download/" not in shown
    assert "Download it" not in shown
    assert "Your copy is marked" not in shown
    read = signed_in(cast.anna).get(f"{document.get_absolute_url()}pages/").content.decode()
    assert "Download it" not in read
    own = signed_in(cast.luc).get(document.get_absolute_url()).content.decode()
    assert advice in own
    assert "nobody but its source can download it" in own
    assert "/download/" in own
    assert signed_in(cast.luc).get(address(document)).getvalue() == stored(document)


def test_the_same_file_under_green_is_offered_to_everybody(cast: Cast) -> None:
    document = share(cast, file=upload(real_pdf(password="secret")), tlp=Label.GREEN)
    work_off()
    shown = signed_in(cast.anna).get(document.get_absolute_url()).content.decode()
    assert "/download/" in shown
    assert "Download it to open it." in shown
    assert "its reader&#x27;s name" not in shown


def test_what_failed_once_is_remembered_and_what_was_only_too_slow_is_not(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for ended, remembered in [(handing_out.TOO_SLOW, ""), (-9, ""), (marking.BROKEN, Blob.NoMark.BROKEN)]:
        with monkeypatch.context() as patch:
            patch.setattr(handing_out, "_run", lambda *given, ended=ended: ended)
            document = share(cast, file=upload(real_pdf()), title=f"Ended {ended}")
            assert signed_in(cast.anna).get(address(document)).status_code == 403
        assert Blob.objects.get(versions__document=document).no_mark == remembered
    shown = signed_in(cast.anna).get(document.get_absolute_url()).content.decode()
    assert "/download/" not in shown


def test_a_full_disk_says_nothing_about_the_file(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    document = share(cast, file=upload(real_pdf()))
    monkeypatch.setattr(handing_out, "_run", lambda *given: marking.FULL)
    assert signed_in(cast.anna).get(address(document)).status_code == 503
    assert Blob.objects.get(versions__document=document).no_mark == ""
    assert not list(handing_out._folder().iterdir())


@pytest.mark.parametrize("trouble", ["memory", "endless", "killed"])
def test_a_hostile_file_ends_its_own_process_and_nothing_else(
    cast: Cast, trouble: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bodies = {
        "memory": "import resource; resource.setrlimit(resource.RLIMIT_AS, (2**28, 2**28)); bytes(2**29)",
        "endless": "import time; time.sleep(60)",
        "killed": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    }
    script = tmp_path / "hostile.py"
    script.write_text(bodies[trouble])
    monkeypatch.setattr(handing_out, "MARKER", [sys.executable, str(script)])
    monkeypatch.setattr(marking, "SECONDS", 2)
    document, began = share(cast, file=upload(real_pdf())), time.monotonic()
    assert signed_in(cast.anna).get(address(document)).status_code == 403
    assert time.monotonic() - began < 20
    assert not list(handing_out._folder().iterdir())


def test_where_too_many_are_being_made_the_reader_is_told_to_come_back(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handing_out, "PATIENCE", 0.01)
    document = share(cast, file=upload(real_pdf()))
    for _ in range(handing_out.AT_ONCE):
        handing_out._turns.acquire()
    try:
        response = signed_in(cast.anna).get(address(document))
    finally:
        for _ in range(handing_out.AT_ONCE):
            handing_out._turns.release()
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "60"
    assert signed_in(cast.anna).get(address(document)).status_code == 200


def test_copies_go_after_a_day_and_the_oldest_where_there_are_too_many(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from exchange.tasks import forget_marked_copies

    for person in (cast.anna, cast.vera):
        signed_in(person).get(address(share(cast, file=upload(real_pdf()), title=person.name)))
    forget_marked_copies()
    assert len(list(handing_out._folder().iterdir())) == 2
    monkeypatch.setattr(handing_out, "MOST_KEPT", 1)
    forget_marked_copies()
    assert not list(handing_out._folder().iterdir())
    signed_in(cast.anna).get(address(share(cast, file=upload(real_pdf()), title="Again")))
    monkeypatch.undo()
    with clock.at(clock.now() + handing_out.KEPT_FOR * 2):
        forget_marked_copies()
    assert not list((Path(django_settings.LIAISE_DATA_DIR) / "marked").glob("*"))


# --- RED


def test_red_is_not_downloaded_unless_its_author_allows_it_and_the_page_says_so(cast: Cast) -> None:
    document = share(cast, tlp=Label.RED, named_people=[cast.anna], file=upload(real_pdf()))
    anna = signed_in(cast.anna)
    page = anna.get(document.get_absolute_url()).content.decode()
    assert "its author lets nobody download it" in page
    assert "/download/" not in page
    refused = anna.get(address(document))
    assert refused.status_code == 403
    assert "its author lets nobody download it" in refused.content.decode()
    luc = signed_in(cast.luc)
    assert luc.get(address(document)).status_code == 200
    luc.post(f"/documents/{document.uid}/downloads/", {"allowed": "1"})
    assert marks_on(anna.get(address(document)).getvalue()) == [1, 1, 1]
    assert "/download/" in anna.get(document.get_absolute_url()).content.decode()
    luc.post(f"/documents/{document.uid}/downloads/", {"allowed": "0"})
    assert anna.get(address(document)).status_code == 403
    verbs = AuditEntry.objects.filter(verb__startswith="exchange.downloads").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == ["exchange.downloads_allowed", "exchange.downloads_ended"]


def test_nobody_but_its_source_allows_downloads_and_twice_is_once(cast: Cast) -> None:
    document = share(cast, tlp=Label.RED, named_people=[cast.anna])
    with pytest.raises(Forbidden):
        allow_downloads(by=cast.anna, document=document, allowed=True)
    for person in (cast.mona, cast.clara):
        with pytest.raises(Unseen):
            allow_downloads(by=person, document=document, allowed=True)
    for _ in range(2):
        allow_downloads(by=cast.luc, document=document, allowed=True)
    assert AuditEntry.objects.filter(verb="exchange.downloads_allowed").count() == 1


def test_downloads_are_allowed_when_sharing(cast: Cast) -> None:
    given = {"title": "Names", "tlp": "RED", "downloads_allowed": "on", "file": pdf()}
    assert signed_in(cast.luc).post("/rooms/families/documents/new/", given).status_code == 302
    assert Document.objects.get().downloads_allowed


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    label=st.sampled_from(Label),
    allowed=st.booleans(),
    named=st.sets(st.sampled_from(["anna", "vera", "mona", "clara"])),
    content=st.sampled_from([b"What we know.", real_pdf(1), real_pdf(1, password="secret")]),
)
def test_who_downloads_what_and_whether_it_is_marked(
    cast: Cast, label: Label, allowed: bool, named: set[str], content: bytes
) -> None:
    """The rule in plain words, for everybody of the room and one outside it."""
    from django.db import transaction

    with transaction.atomic():
        names: dict[str, Any] = {}
        if label == Label.RED:
            names["named_people"] = [getattr(cast, name) for name in named]
        is_pdf = content.startswith(b"%PDF")
        document = share(
            cast,
            tlp=label,
            downloads_allowed=allowed,
            file=upload(content, "plan.pdf" if is_pdf else "notes.txt"),
            **names,
        )
        for name in ("luc", "anna", "vera", "mona", "clara", "olga"):
            sees = {
                Label.AMBER_STRICT: name == "luc",
                Label.RED: name == "luc" or name in named,
            }.get(label, name != "olga")
            may = sees and (label != Label.RED or allowed or name == "luc")
            protected = is_pdf and b"/Encrypt" in content
            if label >= Label.AMBER and protected and name != "luc":
                may = False
            response = signed_in(getattr(cast, name)).get(address(document))
            assert response.status_code == (200 if may else 403 if sees else 404)
            if may:
                marked = label >= Label.AMBER and is_pdf and not protected
                assert (response.getvalue() != content) == marked
        transaction.set_rollback(True)
