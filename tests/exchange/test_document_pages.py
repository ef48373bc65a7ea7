"""Documents in the browser: the list of a room, and one document."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from exchange.models import Blob, Document
from network.labels import Label
from network.models import Placement, Release, State, User
from network.permissions import Level
from tests.cast import Cast
from tests.exchange.making import add_version, share
from tests.factories import RoomFactory, grant, member_of

pytestmark = pytest.mark.django_db


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


# --- the list


def test_the_list_names_kind_size_language_label_partner_and_date(cast: Cast) -> None:
    share(cast, title="Guide for home visits", kind="guide", language="fr")
    Blob.objects.update(pages=1_200)
    page = signed_in(cast.anna).get("/rooms/families/documents/").content.decode()
    for words in (
        "Guide for home visits",
        "PDF",
        "10 kB · 1,200 pages",
        "French",
        "TLP:AMBER",
        "Luc Delvaux",
        "Liège",
        "version 1",
    ):
        assert words in page
    assert "Share a document" in page


def test_an_empty_list_says_what_to_do_first(cast: Cast) -> None:
    assert "Share the first document" in signed_in(cast.anna).get("/rooms/families/documents/").content.decode()
    page = signed_in(cast.vera).get("/rooms/families/documents/").content.decode()
    assert "No documents yet" in page
    assert "Share the first document" not in page


def test_the_list_shows_what_the_gate_shows(cast: Cast) -> None:
    share(cast, title="For all of us")
    share(cast, title="For Liège", tlp=Label.AMBER_STRICT)
    share(cast, title="For Luc", tlp=Label.RED)
    page = signed_in(cast.anna).get("/rooms/families/documents/").content.decode()
    assert "For all of us" in page
    assert "For Liège" not in page
    assert "For Luc" not in page
    assert "1 document<" in page


def test_what_was_passed_on_stands_in_the_other_room_and_names_its_home_to_nobody_there(cast: Cast) -> None:
    document = share(cast, tlp=Label.GREEN, title="Passed on")
    Placement.objects.create(item=document, room=cast.schools, by=cast.luc)
    eva = signed_in(cast.eva)
    assert "Passed on" in eva.get("/rooms/schools/documents/").content.decode()
    page = eva.get(f"/documents/{document.uid}/").content.decode()
    assert "Families" not in page
    assert "/rooms/schools/" in page


def test_the_list_is_filtered_by_words_kind_and_language(cast: Cast) -> None:
    share(cast, title="Guide for visits", kind="guide", language="en")
    share(cast, title="Minutes of May", kind="minutes", language="fr")
    client = signed_in(cast.anna)

    def titles(query: str) -> list[bool]:
        page = client.get(f"/rooms/families/documents/?{query}").content.decode()
        return ["Guide for visits" in page, "Minutes of May" in page]

    assert titles("") == [True, True]
    assert titles("kind=guide") == [True, False]
    assert titles("language=fr") == [False, True]
    assert titles("q=visit") == [True, False]
    assert titles("q=nowhere") == [False, False]
    assert titles("order=title&page=99") == [True, True]


def test_without_a_second_factor_the_list_says_in_one_line_that_there_is_more(cast: Cast, settings: Settings) -> None:
    settings.LIAISE_REQUIRE_MFA = True
    share(cast, by=cast.anna, tlp=Label.RED, title="For Anna alone")
    locked = signed_in(cast.anna).get("/rooms/families/documents/").content.decode()
    assert "Unlock it with your second factor" in locked
    assert "For Anna alone" not in locked
    assert "Unlock it" not in signed_in(cast.luc).get("/rooms/families/documents/").content.decode()
    document = Document.objects.get()
    assert signed_in(cast.anna).get(f"/documents/{document.uid}/").status_code == 403
    assert signed_in(cast.luc).get(f"/documents/{document.uid}/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_number_of_questions(
    cast: Cast, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        share(cast, title=f"Document {number}", by=cast.anna if number % 2 else cast.luc)
    client = signed_in(cast.anna)
    with django_assert_num_queries(LIST_QUERIES):
        client.get("/rooms/families/documents/?q=document")


LIST_QUERIES = 15


# --- one document


def test_its_digest_is_that_of_the_stored_file_and_of_marked_copies_that_is_said(cast: Cast) -> None:
    for label, said in ((Label.AMBER, True), (Label.GREEN, False)):
        document = share(cast, tlp=label)
        assert document.newest is not None
        page = signed_in(cast.anna).get(f"/documents/{document.uid}/").content.decode()
        assert document.newest.sha256 in page
        assert ("a marked copy has another" in page) is said


def test_the_page_of_one_says_what_it_is_and_who_sees_it(cast: Cast) -> None:
    document = share(cast, description="**What** to say", kind="guide")
    page = signed_in(cast.anna).get(f"/documents/{document.uid}/").content.decode()
    for words in ("Guide for home visits", "guide.pdf", "TLP:AMBER", "7 people of 4 partners", "Luc Delvaux"):
        assert words in page
    assert "<strong>What</strong> to say" in page
    assert f"/documents/{document.uid}/download/" in page


def test_versions_are_asked_for_by_number(cast: Cast) -> None:
    document = share(cast)
    add_version(document)
    client = signed_in(cast.anna)
    assert "guide-2.pdf" in client.get(f"/documents/{document.uid}/").content.decode()
    old = client.get(f"/documents/{document.uid}/?version=1").content.decode()
    assert "This is version 1." in old
    assert "download/?version=1" in old
    for unknown in ("3", "0", "-1", "x", "1.0", "9" * 30, "²"):
        assert client.get(f"/documents/{document.uid}/", {"version": unknown}).status_code == 404


def test_strangers_learn_nothing_of_what_is_not_released(cast: Cast) -> None:
    document = share(cast, tlp=Label.CLEAR)
    there = Client().get(f"/documents/{document.uid}/")
    nowhere = Client().get("/documents/00000000-0000-4000-8000-000000000000/")
    assert there.status_code == nowhere.status_code == 302
    assert there["Location"].replace(str(document.uid), "") == nowhere["Location"].replace(
        "00000000-0000-4000-8000-000000000000", ""
    )


def test_who_sees_it_only_by_its_release_gets_the_public_page(cast: Cast) -> None:
    document = share(cast, tlp=Label.CLEAR, kind="guide", language="fr")
    Release.objects.create(item=document, version=1)
    add_version(document)
    for reader in (Client(), signed_in(cast.olga)):
        response = reader.get(f"/documents/{document.uid}/")
        page = response.content.decode()
        assert response.status_code == 200
        for words in ("Guide for home visits", "TLP:CLEAR", "French", "guide.pdf", "Liège"):
            assert words in page
        for words in ("Families", "Luc", "guide-2.pdf", "people", "families"):
            assert words not in page.split("<main")[1].split("</main>")[0]
        assert reader.get(f"/documents/{document.uid}/?version=1").status_code == 200
    assert signed_in(cast.olga).get(f"/documents/{document.uid}/?version=2").status_code == 404
    assert Client().get(f"/documents/{document.uid}/?version=2").status_code == 302
    assert "Luc Delvaux" in signed_in(cast.anna).get(f"/documents/{document.uid}/").content.decode()


@pytest.mark.parametrize("size", [1, 3])
def test_the_page_of_one_asks_the_same_number_of_questions(
    cast: Cast, size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    document = share(cast, tlp=Label.GREEN)
    for number in range(size):
        add_version(document)
        room = RoomFactory()
        grant(cast.malmo, Level.VIEW, room)
        Placement.objects.create(item=document, room=room, by=cast.luc)
        member_of(cast.malmo, name=f"New {number}")
    client = signed_in(cast.anna)
    with django_assert_num_queries(PAGE_QUERIES):
        client.get(f"/documents/{document.uid}/")


PAGE_QUERIES = 37


def test_removed_documents_are_gone_for_readers_and_stay_for_author_and_moderators(cast: Cast) -> None:
    document = share(cast)
    Document.objects.filter(pk=document.pk).update(state=State.REMOVED)
    address = f"/documents/{document.uid}/"
    assert signed_in(cast.anna).get(address).status_code == 404
    assert signed_in(cast.luc).get(address).status_code == 200
    assert signed_in(cast.mona).get(address).status_code == 200
    assert "Guide for home visits" not in signed_in(cast.luc).get("/rooms/families/documents/").content.decode()


def test_nothing_is_reachable_by_a_media_address(cast: Cast) -> None:
    document = share(cast)
    assert document.newest is not None
    assert settings.MEDIA_URL in ("", "/")
    path = document.newest.blob.path
    for address in (f"/{path}", f"/media/{path}", f"/files/{path}", f"/static/{path}"):
        assert signed_in(cast.luc).get(address).status_code == 404
