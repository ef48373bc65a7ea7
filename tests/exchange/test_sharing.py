"""Sharing a document, as the action does it."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from exchange import storage
from exchange.actions import documents
from exchange.models import Document
from network import search
from network.actions import items
from network.labels import Label
from network.models import AuditDetail, AuditEntry, Room, State
from network.refusals import Forbidden, Invalid, Unseen
from tests.cast import Cast
from tests.exchange.making import PDF, docx, pdf, share
from tests.exchange.papers import picture

pytestmark = pytest.mark.django_db


def stored() -> set[Path]:
    return {path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()}


def test_a_shared_document_has_its_file_as_first_version(cast: Cast) -> None:
    document = share(cast, kind="guide", tlp=Label.GREEN)
    version = document.newest
    assert version is not None
    assert (version.number, version.name, version.size) == (1, "guide.pdf", len(PDF))
    assert version.content_type == "application/pdf"
    assert storage.read(version.blob.path).read() == PDF
    assert (document.partner, document.state, document.label) == (cast.liege, State.PUBLISHED, Label.GREEN)


def test_the_stored_path_says_nothing_of_the_name(cast: Cast) -> None:
    version = share(cast).newest
    assert version is not None
    assert "guide" not in version.blob.path
    assert "." not in version.blob.path


def test_sharing_is_on_the_trail_and_its_words_are_found(cast: Cast) -> None:
    document = share(cast, description="What to say at the door")
    entry = AuditEntry.objects.get(verb="exchange.document_shared")
    assert (entry.actor, entry.target, entry.room) == (cast.luc.uid, document.uid, cast.families.uid)
    assert AuditDetail.objects.get(entry=entry.pk).data["file_name"] == "guide.pdf"
    assert [row.item_id for row in search.find(cast.anna, "doors")] == [document.pk]
    assert not search.find(cast.olga, "doors")


def test_the_same_form_twice_shares_one_document(cast: Cast) -> None:
    once = uuid.uuid4()
    first, before = share(cast, once=once), stored()
    assert share(cast, once=once) == first
    assert Document.objects.count() == 1
    assert stored() == before


def test_the_key_of_another_person_does_not_open_their_document(cast: Cast) -> None:
    once = uuid.uuid4()
    theirs = share(cast, once=once, tlp=Label.RED)
    mine = share(cast, once=once, by=cast.anna)
    assert mine != theirs
    assert mine.author == cast.anna


def test_who_only_views_may_not_share_and_who_does_not_view_sees_no_room(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        share(cast, by=cast.vera)
    with pytest.raises(Unseen):
        share(cast, by=cast.olga)


def test_bytes_of_a_refused_document_do_not_stay(cast: Cast) -> None:
    before = stored()
    with pytest.raises(Invalid):
        share(cast, title=" ")
    with pytest.raises(Invalid):
        share(cast, by=cast.eva, room=cast.schools, tlp=Label.AMBER_STRICT)
    assert stored() == before


def test_bytes_do_not_stay_when_the_transaction_fails(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: Any, **__: Any) -> None:
        raise RuntimeError("the disk of the database is full")

    monkeypatch.setattr(documents, "index_document", breaks)
    before = stored()
    with pytest.raises(RuntimeError):
        share(cast)
    assert stored() == before
    assert not Document.objects.exists()


def test_bytes_are_on_the_disk_before_the_rows_are_committed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    real_wait, real_begin = storage._wait_for_disk, items.begin

    def wait(path: str) -> None:
        told.append("disk")
        real_wait(path)

    def begin(*given: Any, **named: Any) -> Any:
        told.append("rows")
        return real_begin(*given, **named)

    monkeypatch.setattr(storage, "_wait_for_disk", wait)
    monkeypatch.setattr(documents, "begin", begin)
    share(cast)
    assert told == ["disk", "rows"]


def test_no_write_lock_is_held_while_bytes_are_copied(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    depths: list[int] = []
    real = storage.keep

    def keep(file: Any) -> storage.Kept:
        depths.append(len(transaction.get_connection().savepoint_ids))
        return real(file)

    monkeypatch.setattr(storage, "keep", keep)
    before = len(transaction.get_connection().savepoint_ids)
    share(cast)
    assert depths == [before]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("setup.exe", b"MZ" + bytes(300)),
        ("invoice.pdf", b"MZ" + bytes(300)),
        ("invoice.pdf", b"<html><script>alert(1)</script>"),
        ("page.html", b"%PDF-1.4\n<html><script>alert(1)</script></html>"),
        ("page.html", b"GIF89a/*<script>alert(1)</script>*/=1"),
        ("page.htm", docx()),
        ("page.xhtml", b"<html></html>"),
        ("page.mhtml", b"From: x"),
        ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("run.txt", b"#!/bin/sh\nrm -rf /"),
        ("notes.txt", b"\x7fELF" + bytes(300)),
        ("text.docx", b"%PDF-1.4"),
        ("table.xlsx", docx()),
        ("nothing", b"hello"),
        ("film.mp4", b"hello"),
        ("archive.zip", b"PK\x03\x04" + bytes(300)),
    ],
)
def test_a_wrong_file_is_refused_with_its_reason_at_the_field(cast: Cast, name: str, content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        share(cast, file=SimpleUploadedFile(name, content, content_type="application/pdf"))
    assert refused.value.field == "file"


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("notes.txt", "Grüße".encode(), "text/plain"),
        ("notes.MD", b"# Notes", "text/markdown"),
        ("text.docx", docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "application/msword"),
        ("flyer.jpeg", picture("JPEG"), "image/jpeg"),
        ("talk.mp3", b"\xff\xfb\x90\x00" + bytes(300), "audio/mpeg"),
        ("guide.pdf", b"%PDF-1.4 short", "application/pdf"),
        ("page.HTML", b"<!doctype html><title>Page</title>", "text/html"),
        ("page.htm", b"<p>Page", "text/html"),
    ],
)
def test_what_it_is_comes_from_our_list_never_from_the_browser(
    cast: Cast, name: str, content: bytes, content_type: str
) -> None:
    document = share(cast, file=SimpleUploadedFile(name, content, content_type="text/html"))
    assert document.newest is not None
    assert document.newest.content_type == content_type


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("guide.pdf", "guide.pdf"),
        ("../../etc/guide.pdf", "guide.pdf"),
        ("C:\\Users\\anna\\guide.pdf", "guide.pdf"),
        ("ex\u202efdp.pdf", "exfdp.pdf"),
        ("a\u2066b\u2069.pdf", "ab.pdf"),
        ("gui\x00de\x07\n.pdf", "guide.pdf"),
        ("...guide.pdf", "guide.pdf"),
        (".pdf", "document.pdf"),
        ("a:b*c?.pdf", "a_b_c_.pdf"),
        ("Gu\u0308nter.pdf", "Günter.pdf"),
        ("x" * 400 + ".pdf", "x" * 146 + ".pdf"),
        ("guide.pdf . ", "guide.pdf"),
    ],
)
def test_a_file_name_does_no_harm(given: str, kept: str) -> None:
    from exchange.filetypes import clean_name

    assert clean_name(given) == kept
    assert clean_name(kept) == kept


def test_a_first_document_waits_where_first_posts_are_checked(cast: Cast) -> None:
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.FIRST)
    cast.families.refresh_from_db()
    held = share(cast)
    assert held.state == State.HELD
    assert not Document.objects.visible_to(cast.anna).exists()
    assert Document.objects.visible_to(cast.mona).get() == held
    items.approve(by=cast.mona, item=held)
    assert Document.objects.visible_to(cast.anna).get() == held
    assert search.find(cast.anna, "visits")


def test_what_was_held_and_is_approved_is_found_again(cast: Cast) -> None:
    document = share(cast)
    items.hold(by=cast.mona, item=document, reason="a name stands in it")
    assert not search.find(cast.anna, "visits")
    document.refresh_from_db()
    items.approve(by=cast.mona, item=document)
    assert [row.item_id for row in search.find(cast.anna, "visits")] == [document.pk]


def test_names_are_kept_for_the_two_tightest_labels_alone(cast: Cast) -> None:
    strict = share(cast, tlp=Label.AMBER_STRICT, named_partners=[cast.malmo])
    red = share(cast, tlp=Label.RED, named_people=[cast.anna])
    amber = share(cast, named_people=[cast.anna])
    assert list(strict.named_partners.all()) == [cast.malmo]
    assert list(red.named_people.all()) == [cast.anna]
    assert not amber.named_people.exists()


def test_a_file_given_by_name_alone_is_closed_by_whoever_opened_it(cast: Cast) -> None:
    upload = pdf()
    share(cast, file=upload)
    assert not upload.closed


@pytest.mark.parametrize(
    "changed",
    [{"title": "Another guide"}, {"file": ("guide.pdf", b"%PDF-1.7 mended")}, {"tlp": Label.RED}, {"kind": "guide"}],
)
def test_a_form_that_came_back_with_other_words_or_another_file_is_not_taken_for_a_retry(
    cast: Cast, changed: dict[str, Any]
) -> None:
    once = uuid.uuid4()
    first = share(cast, once=once)
    if "file" in changed:
        changed = {"file": pdf(*changed["file"])}
    other = share(cast, once=once, **changed)
    assert other != first
    assert share(cast, once=once) == first


def test_red_that_names_somebody_else_is_not_taken_for_a_retry(cast: Cast) -> None:
    once = uuid.uuid4()
    first = share(cast, once=once, tlp=Label.RED, named_people=[cast.anna])
    other = share(cast, once=once, tlp=Label.RED, named_people=[cast.carlo])
    assert list(other.named_people.all()) == [cast.carlo]
    assert share(cast, once=once, tlp=Label.RED, named_people=[cast.anna]) == first
