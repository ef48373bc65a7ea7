"""The day and the search: what they name, and what they keep to themselves."""

import pytest
from django.test import Client

from exchange.words import index_document
from forums.actions import threads
from network import clock, search
from network.labels import Label
from network.models import Item, Room
from tests.cast import Cast
from tests.exchange.making import share
from tests.releasing import release
from tests.workshops.announcing import announced
from workshops.models import Workshop


def page_of(person: object, address: str) -> str:
    client = Client()
    client.force_login(person)
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_what_is_found_by_its_release_alone_names_its_partner_and_no_people(cast: Cast) -> None:
    document = share(cast, title="Manifesto of the cities", tlp=Label.CLEAR)
    release(by=cast.clara, item=document)
    outside = page_of(cast.olga, "/search/?q=manifesto")
    assert "Manifesto of the cities" in outside
    assert "Liège" in outside
    assert "Luc Delvaux" not in outside
    assert "Families" not in outside
    assert "Luc Delvaux" in page_of(cast.anna, "/search/?q=manifesto")


def test_a_release_does_not_tell_what_words_stand_in_its_discussion(cast: Cast) -> None:
    thread = threads.start_thread(by=cast.luc, room=cast.families, title="Open question", body="Who?", tlp=Label.CLEAR)
    release(by=cast.clara, item=thread)
    threads.reply(by=cast.anna, thread=thread, body="The Rosengård school.")
    assert search.find(cast.anna, "Rosengård").count() == 1
    assert search.find(cast.olga, "Open question").count() == 1
    assert search.find(cast.olga, "Rosengård").count() == 0


@pytest.mark.parametrize("address", ["/", "/rooms/families/", "/people/{anna}/", "/partners/malmo/"])
def test_that_somebody_commented_is_not_told_while_it_waits(cast: Cast, address: str) -> None:
    document = share(cast, title="Script for the first call")
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    comment = threads.comment_on(
        by=cast.anna, item=document, room=Room.objects.get(pk=cast.families.pk), body="May we translate it?"
    )
    assert comment.state == "held"
    page = page_of(cast.carlo, address.format(anna=cast.anna.uid))
    assert comment.thread.get_absolute_url() not in page


def test_a_page_of_a_person_does_not_name_them_as_author_of_what_was_released(cast: Cast) -> None:
    document = share(cast, title="Manifesto of the cities", tlp=Label.CLEAR)
    release(by=cast.clara, item=document)
    index_document(document)
    assert "Manifesto of the cities" not in page_of(cast.olga, f"/people/{cast.luc.uid}/")
    assert "Manifesto of the cities" in page_of(cast.anna, f"/people/{cast.luc.uid}/")
    assert "Manifesto of the cities" in page_of(cast.olga, "/partners/liege/")
    assert Item.objects.visible_to(cast.olga).get() == document.item_ptr


def test_nobody_is_told_that_they_could_register_where_they_cannot(cast: Cast) -> None:
    workshop = announced(cast, title="First hundred days", tlp=Label.CLEAR)
    release(by=cast.clara, item=workshop)
    assert "You could register" in page_of(cast.anna, "/")
    for person in (cast.ivan, cast.olga):  # whose time has ended; who is not in the room
        page = page_of(person, "/")
        assert "You could register" not in page
        assert "First hundred days" not in page
    Workshop.objects.update(registration_closes_at=clock.now())
    assert "You could register" not in page_of(cast.anna, "/")


@pytest.mark.parametrize("tab", ["", "documents/", "practices/", "discussions/", "workshops/", "chat/"])
def test_an_empty_room_that_is_archived_invites_nobody_to_share(cast: Cast, tab: str) -> None:
    archived = "nothing is added any more"
    assert archived not in page_of(cast.clara, f"/rooms/schools/{tab}")
    Room.objects.filter(slug="schools").update(archived_at=clock.now())
    page = page_of(cast.clara, f"/rooms/schools/{tab}")
    assert archived in page
    for words in ("Share the first document", "could use", "can invite the others", "has its place here"):
        assert words not in page
