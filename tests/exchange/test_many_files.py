"""Several files in one form: each becomes a document, each has its own outcome, and nothing is doubled."""

from __future__ import annotations

import errno
import uuid
from typing import Any

import pytest
from django.conf import settings as house
from django.urls import reverse
from pytest_django import Settings

from exchange.models import Document, Upload
from network import clock
from network.labels import Label
from network.models import AuditEntry, Room, Theme
from network.permissions import Level
from tests.cast import Cast
from tests.exchange.making import PDF, once, pdf
from tests.exchange.papers import picture
from tests.exchange.sending import sent, signed_in
from tests.factories import ThemeFactory, grant

pytestmark = pytest.mark.django_db


def form_of(room: Room) -> str:
    return reverse("exchange:document-new", args=[room.slug])


def titles() -> set[str]:
    return set(Document.objects.values_list("title", flat=True))


def test_what_came_in_pieces_is_shared_with_the_words_of_the_form(cast: Cast) -> None:
    ThemeFactory(slug="families")
    client = signed_in(cast.luc)
    key = sent(client, PDF, "consent_form.pdf")
    words = {"title": "Consent", "tlp": "GREEN", "kind": "form", "language": "nl", "description": "For visits."}
    response = client.post(form_of(cast.families), {**words, "themes": ["families"], "upload": key})
    document = Document.objects.get()
    assert response["Location"] == document.get_absolute_url()
    assert (document.title, document.label, document.doc_kind) == ("Consent", Label.GREEN, "form")
    assert list(document.themes.all()) == list(Theme.objects.filter(slug="families"))
    assert document.newest is not None
    assert (document.newest.name, document.newest.size) == ("consent_form.pdf", len(PDF))
    assert not Upload.objects.exists()


def test_several_are_shared_at_once_each_called_as_its_file(cast: Cast) -> None:
    client = signed_in(cast.luc)
    keys = [sent(client, PDF + bytes([number]), f"paper_{number}.pdf") for number in range(3)]
    response = client.post(form_of(cast.families), {"title": "", "tlp": "AMBER", "upload": keys}, follow=True)
    assert titles() == {"paper 0", "paper 1", "paper 2"}
    assert "3 documents are shared." in response.content.decode()
    assert AuditEntry.objects.filter(verb="exchange.document_shared").count() == 3


def test_without_script_several_files_go_in_one_form(cast: Cast) -> None:
    client = signed_in(cast.luc)
    page = client.get(form_of(cast.families)).content.decode()
    assert "multiple" in page.split('type="file"')[1].split(">")[0]
    files = [pdf("one.pdf"), pdf("two.pdf", PDF + b"2")]
    key = once()
    for _again in range(2):
        response = client.post(form_of(cast.families), {"title": "", "once": key, "file": [*_fresh(files)]})
        assert response.status_code == 302
    assert titles() == {"one", "two"}


def _fresh(files: list[Any]) -> list[Any]:
    for file in files:
        file.seek(0)
    return files


def test_a_form_that_is_sent_twice_shares_what_came_once(cast: Cast) -> None:
    client = signed_in(cast.luc)
    key = sent(client, PDF)
    given = {"title": "Guide", "upload": key}
    first = client.post(form_of(cast.families), given)
    again = client.post(form_of(cast.families), given)
    assert first["Location"] == again["Location"]
    assert Document.objects.count() == 1


def test_the_same_file_sent_twice_is_two_documents_with_bytes_stored_once(cast: Cast) -> None:
    client = signed_in(cast.luc)
    for title in ("One", "Two"):
        client.post(form_of(cast.families), {"title": title, "upload": sent(client, PDF)})
    assert titles() == {"One", "Two"}
    assert len({one.newest.blob_id for one in Document.objects.select_related("newest") if one.newest}) == 1


def test_of_several_one_that_is_refused_stops_none_of_the_others(cast: Cast) -> None:
    client = signed_in(cast.luc)
    good, bad = sent(client, PDF, "good.pdf"), sent(client, picture()[:60], "bad.png")
    response = client.post(form_of(cast.families), {"tlp": "GREEN", "description": "Typed.", "upload": [good, bad]})
    page = response.content.decode()
    assert response.status_code == 422
    assert titles() == {"good"}
    assert "One file is not shared yet" in page
    assert "bad.png: This picture cannot be read" in page
    assert Document.objects.get().get_absolute_url() in page
    # What was refused is kept, what is shared is not offered again, and what was typed stays.
    assert f'value="{bad}"' in page
    assert f'value="{good}"' not in page
    assert "Typed." in page


def test_a_form_that_is_refused_keeps_what_has_arrived(cast: Cast) -> None:
    client = signed_in(cast.luc)
    key = sent(client, PDF, "consent.pdf")
    page = client.post(form_of(cast.families), {"title": "", "tlp": "GREEN", "upload": key}).content.decode()
    assert "Give it a title" in page
    assert "consent.pdf" in page
    assert "is kept and need not be sent again" in page
    assert "only a file must be chosen again" not in page
    assert client.post(form_of(cast.families), {"title": "Consent", "upload": key}).status_code == 302


def test_what_others_sent_or_nobody_cannot_be_shared(cast: Cast) -> None:
    key = sent(signed_in(cast.luc), PDF)
    for wrong in (key, str(uuid.uuid4())):
        response = signed_in(cast.anna).post(form_of(cast.families), {"title": "Mine", "upload": wrong})
        assert response.status_code == 422
    assert signed_in(cast.anna).post(form_of(cast.families), {"title": "x", "upload": "no-key"}).status_code == 422
    assert not Document.objects.exists()
    assert Upload.objects.get().by == cast.luc


def test_one_file_is_not_quietly_shared_elsewhere_than_where_it_was(cast: Cast) -> None:
    grant(cast.liege, Level.CONTRIBUTE, cast.commons)
    client = signed_in(cast.luc)
    key = sent(client, PDF)
    client.post(form_of(cast.families), {"title": "Guide", "upload": key})
    response = client.post(form_of(cast.commons), {"title": "Guide", "upload": key})
    assert "has been shared in another room" in response.content.decode()


def test_who_lost_the_room_meanwhile_does_not_share_what_came(cast: Cast) -> None:
    client = signed_in(cast.carlo)
    key = sent(client, PDF)
    cast.families.archived_at = clock.now()
    cast.families.save()
    assert client.post(form_of(cast.families), {"title": "Guide", "upload": key}).status_code == 403
    assert not Document.objects.exists()


def test_files_that_are_too_large_together_are_refused_without_script(cast: Cast, settings: Settings) -> None:
    settings.LIAISE_MAX_UPLOAD_MB = 1
    files = [pdf(f"{number}.pdf", b"%PDF-1.7" + bytes(900_000)) for number in range(3)]
    response = signed_in(cast.luc).post(form_of(cast.families), {"title": "", "file": files})
    assert response.status_code == 422
    assert not Document.objects.exists()


def test_of_several_in_one_form_each_that_is_not_taken_is_named(cast: Cast) -> None:
    files = [pdf("good.pdf"), pdf("setup.exe", b"MZ"), pdf("other.pdf", b"MZ" + bytes(9))]
    page = signed_in(cast.luc).post(form_of(cast.families), {"file": files}).content.decode()
    assert "setup.exe: Files of this kind are not taken." in page
    assert "other.pdf: The content of this file" in page
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (OSError(errno.ENOSPC, "full"), "There is no room left for files."),
        (ConnectionError("down"), "The store of files does not answer at the moment."),
        (RuntimeError("odd"), "The store of files does not answer at the moment."),
    ],
)
def test_a_store_that_is_full_or_down_says_so_and_keeps_nothing_half(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, fault: Exception, words: str
) -> None:
    client = signed_in(cast.luc)
    key = sent(client, PDF)
    before = {path for path in house.MEDIA_ROOT.rglob("*") if path.is_file()}

    def fails(_path: str) -> None:
        raise fault

    monkeypatch.setattr("exchange.storage._wait_for_disk", fails)
    page = client.post(form_of(cast.families), {"title": "Guide", "upload": key}).content.decode()
    assert words in page
    assert "Nothing was shared" in page
    assert {path for path in house.MEDIA_ROOT.rglob("*") if path.is_file()} == before
    assert not Document.objects.exists()
    monkeypatch.undo()
    assert client.post(form_of(cast.families), {"title": "Guide", "upload": key}).status_code == 302
