"""Changing what is said about a document: who may, and what follows."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from exchange.actions.describing import describe_document
from exchange.models import Document
from network import search
from network.actions import items
from network.labels import Label
from network.models import AuditEntry, Release, Room, State
from network.refusals import Forbidden, Invalid, Unseen
from tests.cast import Cast
from tests.exchange.making import share
from tests.exchange.sending import signed_in
from tests.factories import ThemeFactory
from tests.releasing import release

pytestmark = pytest.mark.django_db


def words(document: Document, **other: Any) -> dict[str, Any]:
    """What is said about it now, but for what the test says."""
    said: dict[str, Any] = {"title": document.title, "kind": document.doc_kind, "description": document.description}
    said |= {"language": document.language, "themes": [], "open_to_versions": document.open_to_versions}
    return said | other


def changes() -> int:
    return AuditEntry.objects.filter(verb="exchange.document_described").count()


def test_its_source_changes_all_that_is_said_and_it_is_found_by_the_new_words(cast: Cast) -> None:
    document, theme = share(cast, description="About parents."), ThemeFactory(slug="schools")
    new = words(document, title="Checklist  for teachers", kind="guide", language="nl", themes=[theme])
    describe_document(by=cast.luc, document=document, **new | {"description": "Lampposts.", "open_to_versions": True})
    document.refresh_from_db()
    assert (document.title, document.doc_kind, document.language) == ("Checklist for teachers", "guide", "nl")
    assert (document.description, document.open_to_versions) == ("Lampposts.", True)
    assert list(document.themes.all()) == [theme]
    assert [hit.item_id for hit in search.find(cast.anna, "lampposts")] == [document.pk]
    assert not list(search.find(cast.anna, "parents"))
    assert changes() == 1


def test_a_colleague_who_represents_the_partner_may_and_others_may_not(cast: Cast) -> None:
    document = share(cast, by=cast.maud, partner=cast.liege)
    describe_document(by=cast.luc, document=document, **words(document, title="By Luc"))
    for person in (cast.anna, cast.mona, cast.clara):
        with pytest.raises(Forbidden):
            describe_document(by=person, document=document, **words(document, title="By others"))
    with pytest.raises(Unseen):
        describe_document(by=cast.olga, document=document, **words(document, title="By a stranger"))


def test_where_nothing_is_new_nothing_happens(cast: Cast) -> None:
    document = share(cast)
    describe_document(by=cast.luc, document=document, **words(document))
    assert changes() == 0


def test_in_a_room_that_is_checked_the_new_words_wait_for_a_moderator(cast: Cast) -> None:
    document = share(cast)
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    describe_document(by=cast.luc, document=document, **words(document, open_to_versions=True))
    document.refresh_from_db()
    assert document.state == State.PUBLISHED
    describe_document(by=cast.luc, document=document, **words(document, title="Quite another"))
    document.refresh_from_db()
    assert document.state == State.HELD
    assert not Document.objects.visible_to(cast.anna).exists()


def test_what_stood_on_the_public_site_is_taken_off_it(cast: Cast) -> None:
    document = share(cast, tlp=Label.CLEAR)
    release(by=cast.clara, item=document)
    describe_document(by=cast.luc, document=document, **words(document, title="New"))
    assert not Release.objects.exists()
    assert AuditEntry.objects.filter(verb="network.unreleased").exists()


@pytest.mark.parametrize(
    "wrong", [{"title": " "}, {"title": "x" * 201}, {"kind": "spell"}, {"language": "xx"}, {"themes": [None] * 7}]
)
def test_what_cannot_be_said_is_refused(cast: Cast, wrong: dict[str, Any]) -> None:
    document = share(cast)
    with pytest.raises(Invalid):
        describe_document(by=cast.luc, document=document, **words(document, **wrong))
    assert changes() == 0


def test_what_is_archived_stays_as_it_is(cast: Cast) -> None:
    document = share(cast)
    items.archive(by=cast.luc, item=document)
    with pytest.raises(Forbidden):
        describe_document(by=cast.luc, document=document, **words(document, title="New"))


def test_the_page_shows_what_is_said_and_saves_what_is_typed(cast: Cast) -> None:
    document = share(cast, description="About parents.")
    client, address = signed_in(cast.luc), reverse("exchange:document-describe", args=[document.uid])
    assert "Change title and description" in client.get(document.get_absolute_url()).content.decode()
    assert "About parents." in client.get(address).content.decode()
    refused = client.post(address, {"title": "", "kind": "guide", "language": "fr"})
    assert refused.status_code == 422
    assert "Give it a title" in refused.content.decode()
    saved = client.post(address, {"title": "New", "kind": "guide", "language": "fr"}, follow=True)
    assert "What is said about the document is saved." in saved.content.decode()
    assert address not in signed_in(cast.anna).get(document.get_absolute_url()).content.decode()
