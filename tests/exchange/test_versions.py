"""Versions of a document: who may share the next one, over what, and what becomes of the bytes."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from exchange import storage
from exchange.actions.files import let_go
from exchange.actions.versions import Overtaken, add_version, restore_version
from exchange.models import Blob, Document, Upload, Version
from network.actions.items import archive
from network.labels import Label
from network.models import AuditEntry, Notification, Room, State, User
from network.personal import PERSONAL
from network.refusals import Forbidden, Invalid, Unseen
from tests.cast import Cast
from tests.confirming import hidden
from tests.exchange.making import PDF, pdf, share
from tests.exchange.sending import sent as sent_in_pieces
from tests.exchange.test_retries import at_once

pytestmark = pytest.mark.django_db


def again(text: str = "again", name: str = "guide-2.pdf") -> ContentFile:
    return ContentFile(f"%PDF-2.0 {text}".encode(), name=name)


def stored() -> set[Path]:
    return {path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()}


def numbers(document: Document) -> list[int]:
    return [version.number for version in document.versions.order_by("number")]


def test_the_next_version_has_the_next_number_and_the_older_one_stays(cast: Cast) -> None:
    document = share(cast)
    version = add_version(by=cast.luc, document=document, file=again(), note="  The second  chapter. ")
    document.refresh_from_db()
    assert document.newest == version
    assert numbers(document) == [1, 2]
    assert version.note == "The second chapter."
    assert storage.read(document.versions.get(number=1).blob.path).read() == PDF


def test_a_note_of_301_characters_is_refused_and_leaves_no_file(cast: Cast) -> None:
    document = share(cast)
    before = stored()
    with pytest.raises(Invalid, match="300"):
        add_version(by=cast.luc, document=document, file=again(), note="x" * 301)
    assert stored() == before


@pytest.mark.parametrize("name", ["luc", "maud"])
def test_only_its_source_shares_the_next_version_unless_its_author_lets_others(cast: Cast, name: str) -> None:
    document = share(cast)
    person: User = getattr(cast, name)
    if name == "luc":
        add_version(by=person, document=document, file=again())
    else:
        with pytest.raises(Forbidden, match="authors"):
            add_version(by=person, document=document, file=again())


def test_a_draft_that_is_written_together_takes_versions_of_whoever_contributes(cast: Cast) -> None:
    document = share(cast, open_to_versions=True)
    assert add_version(by=cast.anna, document=document, file=again()).number == 2
    with pytest.raises(Forbidden):
        add_version(by=cast.vera, document=document, file=again())
    with pytest.raises(Unseen):
        add_version(by=cast.olga, document=document, file=again())


def test_what_is_archived_takes_no_version(cast: Cast) -> None:
    document = share(cast)
    archive(by=cast.luc, item=document)
    with pytest.raises(Forbidden, match="archived"):
        add_version(by=cast.luc, document=document, file=again())


def test_whoever_has_not_seen_a_newer_version_is_asked_first(cast: Cast) -> None:
    document = share(cast, open_to_versions=True)
    add_version(by=cast.anna, document=document, file=again("from Malmö"), over=1)
    with pytest.raises(Overtaken) as refused:
        add_version(by=cast.luc, document=document, file=again("from Liège"), over=1)
    assert refused.value.newest.by == cast.anna
    assert add_version(by=cast.luc, document=document, file=again("from Liège"), over=2).number == 3


def test_the_same_form_sent_twice_makes_one_version(cast: Cast) -> None:
    document, once = share(cast), uuid.uuid4()
    first = add_version(by=cast.luc, document=document, file=again(), over=1, once=once)
    assert add_version(by=cast.luc, document=document, file=again(), over=1, once=once) == first
    assert numbers(document) == [1, 2]


def test_a_key_that_was_used_for_another_file_makes_a_version_of_its_own(cast: Cast) -> None:
    document, once = share(cast), uuid.uuid4()
    add_version(by=cast.luc, document=document, file=again("one"), once=once)
    add_version(by=cast.luc, document=document, file=again("two"), once=once)
    assert numbers(document) == [1, 2, 3]


def test_an_older_version_is_taken_up_as_a_new_one_with_the_same_bytes(cast: Cast) -> None:
    document = share(cast)
    add_version(by=cast.luc, document=document, file=again())
    before = stored()
    version = restore_version(by=cast.luc, document=document, number=1)
    assert (version.number, version.restored_from, version.sha256) == (3, 1, document.versions.get(number=1).sha256)
    assert restore_version(by=cast.luc, document=document, number=1) == version
    assert stored() == before
    with pytest.raises(Unseen):
        restore_version(by=cast.luc, document=document, number=9)


def own_files(person: User) -> dict[int, tuple[Any, bytes | None]]:
    """By number of the version: the name that this person's own export says, and the bytes that it hands out."""
    kind = PERSONAL["files"]
    assert kind.file is not None
    found = {}
    for row in kind.rows(person):
        file = kind.file(row)
        found[row.number] = (kind.show(row).get("name"), file.open().read() if file else None)
    return found


def test_who_takes_up_anothers_version_does_not_carry_its_file_away_as_their_own(cast: Cast) -> None:
    document = share(cast, open_to_versions=True)
    add_version(by=cast.anna, document=document, file=again())
    restore_version(by=cast.anna, document=document, number=1)
    add_version(by=cast.luc, document=document, file=again("more"))
    restore_version(by=cast.anna, document=document, number=3)
    restore_version(by=cast.anna, document=document, number=2)
    restore_version(by=cast.luc, document=document, number=5)
    mine, second = ("guide.pdf", PDF), ("guide-2.pdf", again().read())
    assert own_files(cast.anna) == {2: second, 3: (None, None), 5: (None, None), 6: second}
    assert own_files(cast.luc) == {1: mine, 4: ("guide-2.pdf", again("more").read()), 7: mine}
    [third] = [PERSONAL["files"].show(row) for row in PERSONAL["files"].rows(cast.anna).filter(number=3)]
    assert third["restored_from"] == 1
    assert "sha256" not in third


def test_the_author_is_told_of_a_version_that_somebody_else_shared(cast: Cast) -> None:
    document = share(cast, open_to_versions=True)
    add_version(by=cast.luc, document=document, file=again())
    assert not Notification.objects.filter(kind="version_added").exists()
    add_version(by=cast.anna, document=document, file=again("more"))
    assert Notification.objects.get(kind="version_added").user == cast.luc
    assert AuditEntry.objects.filter(verb="exchange.version_added").count() == 2


def test_in_a_checked_room_a_new_version_lets_the_document_wait_again(cast: Cast) -> None:
    document = share(cast, open_to_versions=True)
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    add_version(by=cast.anna, document=Document.objects.get(pk=document.pk), file=again())
    document.refresh_from_db()
    assert document.state == State.HELD


# --- the bytes ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_identical_bytes_are_stored_once_whoever_shares_them(cast: Cast) -> None:
    first = share(cast)
    before = stored()
    second = share(cast, by=cast.anna, title="The same", file=pdf("other.pdf"))
    assert stored() == before
    assert Blob.objects.count() == 1
    assert first.newest is not None
    assert second.newest is not None
    assert second.newest.name == "other.pdf"
    assert first.newest.blob == second.newest.blob


@pytest.mark.django_db(transaction=True)
def test_bytes_that_were_lost_are_there_again_when_somebody_shares_them_again(cast: Cast) -> None:
    first = share(cast)
    assert first.newest is not None
    storage.drop(first.newest.blob.path)
    share(cast, title="Again")
    assert storage.read(Version.objects.get(document=first).blob.path).read() == PDF


def let_go_of(blob: Blob) -> None:
    with transaction.atomic():
        let_go(blob)


@pytest.mark.django_db(transaction=True)
def test_bytes_go_with_the_last_version_that_has_them(cast: Cast) -> None:
    first, second = share(cast), share(cast, title="The same")
    blob = Blob.objects.get()
    for document in (first, second):
        let_go_of(blob)
        assert storage.holds(blob.path)
        Document.objects.filter(pk=document.pk).update(newest=None)
        document.versions.all().delete()
    let_go_of(blob)
    assert not storage.holds(blob.path)
    assert not Blob.objects.exists()


# --- the pages ------------------------------------------------------------------------------------


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def sent(client: Client, document: Document, **data: Any) -> Any:
    return client.post(reverse("exchange:document-version-new", args=[document.uid]), data)


def test_the_page_shares_the_next_version_and_says_so(cast: Cast) -> None:
    document = share(cast)
    client = client_of(cast.luc)
    response = sent(client, document, file=again(), note="Shorter", over="1", once=str(uuid.uuid4()))
    assert response.status_code == 302
    text = client.get(response["Location"]).content.decode()
    assert "The new version is shared" in text
    assert "Shorter" in text


def test_a_version_over_a_newer_one_is_asked_about_with_what_was_typed(cast: Cast) -> None:
    document = share(cast, open_to_versions=True)
    add_version(by=cast.anna, document=document, file=again("from Malmö"), note="Malmö’s part")
    client = client_of(cast.luc)
    response = sent(client, document, file=again("from Liège"), note="Our part", over="1")
    text = response.content.decode()
    assert response.status_code == 422
    assert "Anna Lindqvist shared version 2 after the one that you opened" in text
    assert "Our part" in text
    assert 'name="over" value="2"' in text
    assert sent(client, document, file=again("from Liège"), note="Our part", over="2").status_code == 302
    assert numbers(document) == [1, 2, 3]


@pytest.mark.parametrize(("seen", "over"), [("", "2"), ("?version=1", "1")])
def test_the_way_to_the_form_says_which_version_was_open(cast: Cast, seen: str, over: str) -> None:
    document = share(cast, open_to_versions=True)
    add_version(by=cast.luc, document=document, file=again("two"))
    client = client_of(cast.anna)
    shown = client.get(document.get_absolute_url() + seen).content.decode()
    way = f"{reverse('exchange:document-version-new', args=[document.uid])}?over={over}"
    assert f'href="{way}"' in shown
    add_version(by=cast.luc, document=document, file=again("three"))
    form = hidden(client.get(way).content.decode())
    assert form["over"] == [over]
    response = client.post(way, {"file": again("from Malmö"), "over": form["over"][0], "once": form["once"][0]})
    assert "shared version 3 after the one that you opened" in response.content.decode()
    assert numbers(document) == [1, 2, 3]


@pytest.mark.parametrize("over", ["x", "-1", "99", "٣", "9" * 5_000, ""])
def test_an_address_that_says_nothing_of_use_means_the_newest(cast: Cast, over: str) -> None:
    document = share(cast)
    way = reverse("exchange:document-version-new", args=[document.uid])
    assert hidden(client_of(cast.luc).get(way, {"over": over}).content.decode())["over"] == ["1"]


def test_who_may_not_share_a_version_is_not_offered_to(cast: Cast) -> None:
    document = share(cast)
    assert "Share a new version" in client_of(cast.luc).get(document.get_absolute_url()).content.decode()
    assert "Share a new version" not in client_of(cast.anna).get(document.get_absolute_url()).content.decode()
    assert sent(client_of(cast.anna), document, file=again()).status_code == 403
    assert sent(client_of(cast.olga), document, file=again()).status_code == 404


def test_an_older_version_is_taken_up_again_from_its_page(cast: Cast) -> None:
    document = share(cast)
    add_version(by=cast.luc, document=document, file=again())
    client = client_of(cast.luc)
    assert "Take version 1 up again" in client.get(f"{document.get_absolute_url()}?version=1").content.decode()
    response = client.post(reverse("exchange:document-version-restore", args=[document.uid, 1]), follow=True)
    assert "Version 1 is read again, as version 3." in response.content.decode()


def test_an_older_version_is_taken_up_over_a_newer_one_only_after_asking(cast: Cast) -> None:
    document = share(cast, open_to_versions=True)
    add_version(by=cast.luc, document=document, file=again("two"))
    client = client_of(cast.anna)
    shown = client.get(f"{document.get_absolute_url()}?version=1").content.decode()
    [over] = re.findall(r'name="over" value="(.)"', shown)
    add_version(by=cast.luc, document=document, file=again("three"))
    address = reverse("exchange:document-version-restore", args=[document.uid, 1])
    asked = client.post(address, {"over": over}).content.decode()
    assert "shared version 3 meanwhile" in asked
    assert numbers(document) == [1, 2, 3]
    for _time in range(2):
        assert client.post(address, hidden(asked)).status_code == 302
    assert numbers(document) == [1, 2, 3, 4]


def test_a_version_keeps_to_the_label_of_its_document(cast: Cast) -> None:
    document = share(cast, tlp=Label.RED, open_to_versions=True)
    with pytest.raises(Unseen):
        add_version(by=cast.anna, document=document, file=again())


# --- files that came in pieces --------------------------------------------------------------------


def test_a_version_comes_in_pieces_as_well_and_only_once(cast: Cast) -> None:
    document = share(cast)
    client = client_of(cast.luc)
    key = sent_in_pieces(client, b"%PDF-1.7 second")
    for _again in range(2):
        assert sent(client, document, upload=key, note="Shorter", over="1").status_code == 302
    assert numbers(document) == [1, 2]
    assert not Upload.objects.exists()


def test_what_asks_first_because_of_a_newer_version_need_not_be_sent_again(cast: Cast) -> None:
    document = share(cast, open_to_versions=True)
    client = client_of(cast.luc)
    key = sent_in_pieces(client, b"%PDF-1.7 from Liege")
    add_version(by=cast.anna, document=document, file=again("from Malmö"))
    page = sent(client, document, upload=key, over="1").content.decode()
    assert "Your file is kept and need not be sent again" in page
    assert f'value="{key}"' in page
    assert sent(client, document, upload=key, over="2").status_code == 302
    assert numbers(document) == [1, 2, 3]


def test_a_form_that_is_sent_again_and_again_keeps_its_file_once(cast: Cast) -> None:
    document, once = share(cast, open_to_versions=True), str(uuid.uuid4())
    add_version(by=cast.anna, document=document, file=again("from Malmö"))
    client = client_of(cast.luc)
    for _back in range(3):
        assert sent(client, document, file=again("from Liège"), over="1", once=once).status_code == 422
    [kept] = Upload.objects.all()
    sent(client, document, file=again("another"), over="1", once=once)
    assert Upload.objects.count() == 2
    assert sent(client, document, upload=str(kept.uid), over="2", once=once).status_code == 302
    newest = Document.objects.get(pk=document.pk).newest
    assert newest is not None
    assert storage.read(newest.blob.path).read() == again("from Liège").read()


def test_without_script_too_the_file_that_asks_first_is_kept(cast: Cast) -> None:
    document = share(cast, open_to_versions=True)
    add_version(by=cast.anna, document=document, file=again("from Malmö"))
    client = client_of(cast.luc)
    page = sent(client, document, file=again("from Liège"), over="1").content.decode()
    kept = Upload.objects.get()
    assert kept.is_whole
    assert f'name="upload" value="{kept.uid}"' in page
    assert sent(client, document, upload=str(kept.uid), over="2").status_code == 302
    version = Version.objects.get(number=3)
    assert storage.read(version.blob.path).read() == again("from Liège").read()


@pytest.mark.django_db(transaction=True)
def test_two_people_share_version_four_at_once_and_both_stay(cast: Cast) -> None:
    document = share(cast, open_to_versions=True)
    for words in ("two", "three"):
        add_version(by=cast.luc, document=document, file=again(words))
    people = iter([cast.luc, cast.anna])
    given = at_once(lambda: add_version(by=next(people), document=document, file=again(str(uuid.uuid4())), over=3), 2)
    # The second is asked first, and nothing of either is lost or mixed.
    assert sorted(type(one).__name__ for one in given) == ["Overtaken", "Version"]
    assert numbers(document) == [1, 2, 3, 4]
