"""The scanner for viruses: until it has looked nothing is handed out, and what it objects to never is."""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from pytest_django import Settings

from accounts import archive
from exchange import scanner, storage
from exchange.actions.scanning import scan_again, waiting
from exchange.actions.versions import restore_version
from exchange.models import Blob, Document
from exchange.tasks import scan_file, scan_onwards, scan_what_waits
from network import clock, letters
from network.actions.hosts import appoint_host
from network.background import recovery
from network.background.queue import rows as tasks
from network.labels import Label
from network.models import AuditEntry, Mail, Notification, Release, User
from network.refusals import Forbidden
from tests.cast import Cast
from tests.exchange import making
from tests.exchange.clamds import EICAR, SIGNATURE, FakeClamd, fake_clamd, real_clamd
from tests.exchange.making import PDF, add_version, pdf
from tests.exchange.sending import sent
from tests.working import work_off

pytestmark = [pytest.mark.django_db, pytest.mark.once]

NOBODY = "tcp://127.0.0.1:1"
VIRUS = PDF + EICAR


@pytest.fixture
def clamd(settings: Settings) -> Iterator[FakeClamd]:
    with fake_clamd() as server:
        settings.LIAISE_CLAMD = server.address
        yield server


@pytest.fixture
def away(settings: Settings) -> None:
    settings.LIAISE_CLAMD = NOBODY


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def share(cast: Cast, **other: Any) -> Document:
    """GREEN, unless the test says otherwise: of what is stricter copies are marked, which takes real files."""
    return making.share(cast, **{"tlp": Label.GREEN} | other)


def fetched(person: User, document: Document, query: str = "") -> Any:
    return signed_in(person).get(f"/documents/{document.uid}/download/{query}")


def page(person: User, document: Document) -> str:
    return signed_in(person).get(f"/documents/{document.uid}/").content.decode()


def blob_of(document: Document) -> Blob:
    return Blob.objects.get(versions__document=document)


# --- waiting ------------------------------------------------------------------------------------------


def test_where_none_is_configured_a_file_is_handed_out_at_once_and_nothing_is_to_be_done(cast: Cast) -> None:
    document = share(cast)
    assert blob_of(document).scan == Blob.Scan.NONE
    assert fetched(cast.anna, document).status_code == 200
    assert not tasks.filter(args_kwargs__args__0="exchange.tasks.scan_file").exists()


def test_until_the_scanner_has_looked_nobody_gets_the_file_and_every_page_says_why(cast: Cast, away: None) -> None:
    document = share(cast)
    assert blob_of(document).scan == Blob.Scan.WAITING
    for person in (cast.anna, cast.luc, cast.clara):
        answer = fetched(person, document)
        assert answer.status_code == 403
        assert "has not looked at this file yet" in answer.content.decode()
        assert not answer.streaming
        assert "has not looked at this file yet" in page(person, document)
    assert ">Download " not in page(cast.anna, document)
    listing = signed_in(cast.anna).get("/rooms/families/documents/").content.decode()
    assert "waits for the scanner" in listing


def test_a_range_a_head_and_a_known_state_are_refused_alike(cast: Cast, away: None) -> None:
    document = share(cast)
    client, address = signed_in(cast.anna), f"/documents/{document.uid}/download/"
    assert client.get(address, headers={"Range": "bytes=0-9"}).status_code == 403
    assert client.head(address).status_code == 403
    assert client.get(address, headers={"If-None-Match": f'"{blob_of(document).sha256}"'}).status_code == 403


def test_what_the_scanner_passes_is_handed_out(cast: Cast, clamd: FakeClamd) -> None:
    document = share(cast)
    work_off()
    assert clamd.received == [PDF]
    assert blob_of(document).scan == Blob.Scan.CLEAN
    assert fetched(cast.anna, document).getvalue() == PDF
    assert "scanner" not in page(cast.anna, document)


def test_the_same_bytes_are_scanned_once(cast: Cast, clamd: FakeClamd) -> None:
    share(cast)
    work_off()
    share(cast, title="The same again")
    work_off()
    assert len(clamd.received) == 1


def test_while_the_scanner_is_away_the_file_waits_and_is_sent_again_later(
    cast: Cast, away: None, clamd: FakeClamd, settings: Settings
) -> None:
    settings.LIAISE_CLAMD = NOBODY
    document = share(cast)
    with pytest.raises(scanner.Unreachable):
        scan_file(blob_of(document).pk)
    assert blob_of(document).scan == Blob.Scan.WAITING
    settings.LIAISE_CLAMD = clamd.address
    scan_file(blob_of(document).pk)
    assert blob_of(document).scan == Blob.Scan.CLEAN


def test_a_task_that_met_no_scanner_is_tried_again_after_a_pause(cast: Cast, away: None) -> None:
    share(cast)
    work_off()
    recovery.put_back_the_failed()
    task = tasks.get(args_kwargs__args__0="exchange.tasks.scan_file")
    assert task.status == "READY"
    assert task.run_after is not None
    assert task.run_after > clock.now()


def test_what_waits_is_found_without_its_task_and_a_scanner_that_is_away_stops_the_round(
    cast: Cast, clamd: FakeClamd, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    document = share(cast)
    tasks.all().delete()
    settings.LIAISE_CLAMD = NOBODY
    with caplog.at_level(logging.WARNING):
        scan_what_waits()
    assert "does not answer" in caplog.text
    settings.LIAISE_CLAMD = clamd.address
    scan_what_waits()
    assert blob_of(document).scan == Blob.Scan.CLEAN


def test_what_waited_for_a_scanner_that_was_switched_off_is_handed_out(
    cast: Cast, away: None, settings: Settings
) -> None:
    document = share(cast)
    settings.LIAISE_CLAMD = ""
    scan_what_waits()
    assert blob_of(document).scan == Blob.Scan.NONE
    assert fetched(cast.anna, document).status_code == 200


def test_what_is_too_large_for_the_scanner_waits_and_is_tried_again_on_another_day(
    cast: Cast, clamd: FakeClamd
) -> None:
    clamd.longest = 1000
    document = share(cast, file=pdf(content=PDF + b"x" * 3_000_000))
    work_off()
    blob = blob_of(document)
    assert (blob.scan, bool(blob.scanned_at)) == (Blob.Scan.WAITING, True)
    assert blob not in waiting()
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        assert blob in waiting()


@pytest.mark.parametrize("says", ["Can't allocate memory ERROR", "something else"])
def test_an_answer_that_is_no_verdict_is_none(says: str, cast: Cast, clamd: FakeClamd) -> None:
    clamd.says = says
    with pytest.raises(scanner.Unreachable):
        scanner.virus_in(BytesIO(b"x"))


def test_a_letter_about_a_file_that_waits_says_so(cast: Cast, away: None) -> None:
    document = share(cast, open_to_versions=True)
    add_version(document)
    notice = Notification.objects.create(user=cast.anna, kind="version_added", item=document, by=cast.luc)
    letter = letters.compose(notice.pk)
    assert letter is not None
    assert "has not looked at this file yet" in str(letter)
    Blob.objects.update(scan=Blob.Scan.CLEAN)
    assert "has not looked" not in str(letters.compose(notice.pk))


# --- infected -----------------------------------------------------------------------------------------


@pytest.fixture
def infected(cast: Cast, clamd: FakeClamd) -> Document:
    document = share(cast, file=pdf(content=VIRUS))
    work_off()
    return document


def test_what_it_objects_to_is_never_handed_out(cast: Cast, infected: Document) -> None:
    assert blob_of(infected).scan == Blob.Scan.INFECTED
    for person in (cast.anna, cast.luc, cast.mona, cast.clara):
        answer = fetched(person, infected)
        assert answer.status_code == 403
        assert "objects to this file" in answer.content.decode()


def test_the_name_of_the_virus_is_for_who_shared_it_and_who_moderates(cast: Cast, infected: Document) -> None:
    assert SIGNATURE in page(cast.luc, infected)
    assert SIGNATURE in page(cast.mona, infected)
    for person in (cast.anna, cast.vera):
        assert "objects to this file" in page(person, infected)
        assert SIGNATURE not in page(person, infected)
        assert SIGNATURE not in fetched(person, infected).content.decode()


def test_who_shared_it_and_who_moderates_are_told_once(cast: Cast, infected: Document) -> None:
    told = Notification.objects.filter(kind="virus_found", item=infected)
    people = set(told.values_list("user", flat=True))
    assert {cast.luc.pk, cast.mona.pk, cast.maud.pk} <= people
    assert not {cast.anna.pk, cast.vera.pk} & people
    assert Mail.objects.filter(key__in=told.values("pk")).count() == told.count()
    scan_file(blob_of(infected).pk)
    assert Notification.objects.filter(kind="virus_found").count() == len(people)
    assert AuditEntry.objects.filter(verb="exchange.virus_found", actor=None).count() == 1


def test_of_a_red_document_only_those_whom_it_names_are_told(cast: Cast, clamd: FakeClamd) -> None:
    share(cast, file=pdf(content=VIRUS), tlp=Label.RED, named_people=[cast.anna])
    work_off()
    told = Notification.objects.filter(kind="virus_found")
    assert set(told.values_list("user", flat=True)) == {cast.luc.pk}


def test_who_shares_the_same_bytes_again_hears_of_it_too(cast: Cast, infected: Document) -> None:
    again = share(cast, by=cast.carlo, title="From another town", file=pdf(content=VIRUS))
    assert fetched(cast.anna, again).status_code == 403
    work_off()
    assert Notification.objects.filter(kind="virus_found", item=again, user=cast.carlo).exists()


def test_an_older_version_without_it_can_be_had_and_one_with_it_is_not_taken_up_again(
    cast: Cast, infected: Document
) -> None:
    add_version(infected)
    work_off()
    infected.refresh_from_db()
    assert fetched(cast.anna, infected).status_code == 200
    assert fetched(cast.anna, infected, "?version=1").status_code == 403
    with pytest.raises(Forbidden):
        restore_version(by=cast.luc, document=infected, number=1)


def test_the_public_site_does_not_hand_it_out(cast: Cast, clamd: FakeClamd) -> None:
    document = share(cast, tlp=Label.CLEAR, file=pdf(content=VIRUS))
    Release.objects.create(item=document, version=1, by=cast.clara)
    work_off()
    public = Client().get(f"/documents/{document.uid}/").content.decode()
    assert ">Download " not in public
    assert SIGNATURE not in public
    assert Client().get(f"/documents/{document.uid}/download/").status_code == 403


def test_it_is_not_in_the_export_of_who_shared_it(cast: Cast, infected: Document) -> None:
    made = BytesIO()
    archive.write(cast.luc, made)
    with zipfile.ZipFile(made) as opened:
        assert not any(EICAR in opened.read(name) for name in opened.namelist())
        assert b'"file": null' in opened.read("files.json")


# --- again --------------------------------------------------------------------------------------------


def test_the_host_has_a_file_scanned_again_and_a_scanner_that_was_wrong_sets_it_free(
    cast: Cast, infected: Document, clamd: FakeClamd
) -> None:
    appoint_host(person=cast.olga)
    clamd.says = "OK"
    blob = blob_of(infected)
    answer = signed_in(cast.olga).post("/host/files/scan/", {"sha256": blob.sha256})
    assert answer.status_code == 302
    assert fetched(cast.anna, infected).status_code == 403, "until there is a verdict it stays as it is"
    work_off()
    assert fetched(cast.anna, infected).getvalue() == VIRUS
    assert not Notification.objects.filter(kind="virus_found").exists()
    assert AuditEntry.objects.filter(verb="exchange.virus_not_found").exists()


def test_all_are_scanned_again_one_after_the_other(
    cast: Cast, clamd: FakeClamd, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LIAISE_CLAMD = ""
    documents = [share(cast, title=str(number), file=pdf(content=PDF + bytes([number]))) for number in range(3)]
    bad = share(cast, title="bad", file=pdf(content=VIRUS))
    settings.LIAISE_CLAMD = clamd.address
    monkeypatch.setattr("exchange.actions.scanning.AT_ONCE", 2)
    appoint_host(person=cast.olga)
    scan_again(by=cast.olga)
    assert fetched(cast.anna, bad).status_code == 200, "until there is a verdict it stays as it is"
    work_off()
    assert [blob_of(one).scan for one in documents] == [Blob.Scan.CLEAN] * 3
    assert blob_of(bad).scan == Blob.Scan.INFECTED
    assert fetched(cast.anna, bad).status_code == 403


def test_only_the_host_has_files_scanned_and_sees_them_by_digest_alone(cast: Cast, infected: Document) -> None:
    with pytest.raises(Forbidden):
        scan_again(by=cast.maud)
    appoint_host(person=cast.olga)
    shown = signed_in(cast.olga).get("/host/files/").content.decode()
    assert SIGNATURE in shown
    assert infected.title not in shown
    assert "guide.pdf" not in shown


def test_the_page_of_the_host_says_that_the_scanner_is_away(cast: Cast, away: None) -> None:
    appoint_host(person=cast.olga)
    assert "does not answer" in signed_in(cast.olga).get("/host/files/").content.decode()


def test_a_file_that_has_gone_or_is_lost_troubles_no_task(cast: Cast, clamd: FakeClamd) -> None:
    document = share(cast)
    storage.drop(blob_of(document).path)
    scan_file(blob_of(document).pk)
    scan_file(0)
    scan_onwards(0)
    assert blob_of(document).scan == Blob.Scan.WAITING


# --- the real one -------------------------------------------------------------------------------------


def test_a_real_clamd_finds_the_test_virus_and_passes_the_rest(cast: Cast, settings: Settings) -> None:
    with real_clamd() as address:
        settings.LIAISE_CLAMD = address
        assert scanner.answers()
        good, bad = share(cast, file=pdf(content=PDF)), share(cast, title="bad", file=pdf(content=VIRUS))
        work_off()
        assert blob_of(good).scan == Blob.Scan.CLEAN
        assert (blob_of(bad).scan, blob_of(bad).virus) == (Blob.Scan.INFECTED, f"{SIGNATURE}.UNOFFICIAL")
        assert fetched(cast.anna, bad).status_code == 403
        with pytest.raises(scanner.TooLarge):
            scanner.virus_in(ContentFile(b"x" * 8_000_000))
    assert not scanner.answers()


@pytest.mark.parametrize(("content", "status"), [(PDF, 200), (VIRUS, 403)])
def test_what_came_in_pieces_waits_for_it_and_is_looked_into_as_well(
    cast: Cast, clamd: FakeClamd, content: bytes, status: int
) -> None:
    client = signed_in(cast.luc)
    words = {"title": "Guide", "tlp": "GREEN", "upload": sent(client, content)}
    client.post("/rooms/families/documents/new/", words)
    document = Document.objects.get()
    assert document.newest is not None
    assert document.newest.blob.scan == Blob.Scan.WAITING
    assert fetched(cast.anna, document).status_code == 403
    work_off()
    assert fetched(cast.anna, document).status_code == status
    document.newest.blob.refresh_from_db()
    assert (document.newest.blob.look != Blob.Look.WAITING) == (status == 200)
