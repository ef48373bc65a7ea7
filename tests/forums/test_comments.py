"""Comments on any item, through the one tag that other rooms of the house load."""

from typing import Any

import pytest
from django.db import connection
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from forums.actions import moderation, threads
from forums.models import Post
from network.actions import items
from network.labels import Label
from network.models import Item, Release, Room
from network.refusals import Forbidden
from tests.cast import Cast
from tests.factories import ItemFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(cast: Cast) -> Item:
    return ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege, title="Script for the first call")


def shown(item: Item, person: Any, room: Room | None = None) -> str:
    request = RequestFactory().get("/")
    request.user = person
    template = Template("{% load comments %}{% comments item room %}")
    return template.render(Context({"request": request, "item": item, "room": room, "csrf_token": "secret"}))


def test_an_item_shows_what_was_said_about_it_and_a_form(cast: Cast, document: Item) -> None:
    assert "Nobody has commented yet." in shown(document, cast.anna)
    first = threads.comment_on(by=cast.anna, item=document, room=cast.families, body="May we *translate* it?")
    threads.comment_on(by=cast.luc, item=document, room=cast.families, body="Please do.", parent=first)
    page = shown(document, cast.carlo)
    assert "May we <em>translate</em> it?" in page
    assert page.index("translate") < page.index("Please do.")
    assert f'action="/rooms/families/comments/{document.uid}/"' in page
    assert "will see this" in page


def test_who_only_views_reads_comments_without_a_form(cast: Cast, document: Item) -> None:
    threads.comment_on(by=cast.anna, item=document, room=cast.families, body="May we translate it?")
    page = shown(document, cast.vera)
    assert "May we translate it?" in page
    assert "<textarea" not in page
    assert "You may read here, but not contribute." in page


def test_a_comment_leads_back_to_the_item(cast: Cast, document: Item) -> None:
    client = Client()
    client.force_login(cast.anna)
    response = client.post(f"/rooms/families/comments/{document.uid}/", {"body": "May we translate it?"})
    assert response.status_code == 302
    assert response.url.startswith(f"/documents/{document.uid}/#post-")


def test_a_bad_comment_keeps_its_words(cast: Cast, document: Item) -> None:
    client = Client()
    client.force_login(cast.anna)
    response = client.post(f"/rooms/families/comments/{document.uid}/", {"body": "x" * 50_001})
    assert response.status_code == 422
    assert "x" * 50_001 in response.content.decode()
    client.force_login(cast.vera)
    response = client.post(f"/rooms/families/comments/{document.uid}/", {"body": "Words that stay."})
    assert response.status_code == 403
    assert "Words that stay." in response.content.decode()


def test_one_cannot_comment_on_what_one_may_not_see(cast: Cast) -> None:
    secret = ItemFactory(room=cast.families, author=cast.luc, tlp=Label.RED)
    client = Client()
    client.force_login(cast.anna)
    assert client.post(f"/rooms/families/comments/{secret.uid}/", {"body": "What?"}).status_code == 404
    client.force_login(cast.olga)
    assert client.post(f"/rooms/families/comments/{secret.uid}/", {"body": "What?"}).status_code == 404


def test_each_room_reads_its_own_comments(cast: Cast) -> None:
    item = ItemFactory(room=cast.families, author=cast.luc, tlp=Label.GREEN, placed_in=[cast.schools])
    threads.comment_on(by=cast.anna, item=item, room=cast.families, body="Said in Families.")
    said = threads.comment_on(by=cast.eva, item=item, room=cast.schools, body="Said in Schools.")
    # Hers is held first, as every guest's first one is.
    moderation.approve_post(by=cast.clara, post=said)
    assert "Said in Families." not in shown(item, cast.eva)
    assert "Said in Schools." in shown(item, cast.eva)
    both = shown(item, cast.luc)
    assert "Said in Families." in both
    assert "Said in Schools." not in both
    assert ">Schools</a>" in both
    assert "Said in Schools." in shown(item, cast.luc, cast.schools)
    assert "Families" not in shown(item, cast.eva)


def test_a_release_shows_no_comments_and_no_form(cast: Cast) -> None:
    item = ItemFactory(room=cast.families, author=cast.luc, tlp=Label.CLEAR)
    threads.comment_on(by=cast.anna, item=item, room=cast.families, body="Inside.")
    Release.objects.create(item=item)
    assert shown(item, cast.olga).strip() == ""


def test_comments_take_as_many_queries_for_forty_as_for_two(cast: Cast, document: Item) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            shown(document, cast.luc)
        return len(caught)

    for n in range(2):
        threads.comment_on(by=cast.anna, item=document, room=cast.families, body=f"Word {n}.")
    asked()  # at first, what is read is written down
    assert asked() == 6
    for n in range(38):
        threads.comment_on(by=cast.carlo, item=document, room=cast.families, body=f"More {n}.")
    asked()
    assert asked() == 6


def test_an_item_under_the_rule_hides_who_comments(cast: Cast, document: Item) -> None:
    Item.objects.filter(pk=document.pk).update(chatham=True)
    document.refresh_from_db()
    threads.comment_on(by=cast.anna, item=document, room=cast.families, body="Between us.")
    page = shown(document, cast.mona)
    assert "Participant 1" in page
    assert "Anna" not in page


def test_talk_about_an_item_stands_in_the_rooms_list_once_something_was_said(cast: Cast, document: Item) -> None:
    client = Client()
    client.force_login(cast.carlo)
    assert "Script for the first call" not in client.get("/rooms/families/discussions/").content.decode()
    threads.comment_on(by=cast.anna, item=document, room=cast.families, body="May we translate it?")
    assert "Script for the first call" in client.get("/rooms/families/discussions/").content.decode()


def test_a_discussion_is_not_commented_on(cast: Cast) -> None:
    thread = threads.start_thread(by=cast.luc, room=cast.families, title="Talk", body="Words.")
    assert shown(thread, cast.anna).strip() == ""
    client = Client()
    client.force_login(cast.anna)
    assert client.post(f"/rooms/families/comments/{thread.uid}/", {"body": "Hm."}).status_code == 403


def test_who_commented_first_neither_takes_away_nor_narrows_what_others_say(cast: Cast, document: Item) -> None:
    first = threads.comment_on(by=cast.anna, item=document, room=cast.families, body="May we translate it?")
    for _round in range(2):
        for act in (
            lambda: items.remove(by=cast.anna, item=first.thread, reason="Mine."),
            lambda: items.archive(by=cast.anna, item=first.thread),
            lambda: items.relabel(by=cast.anna, item=first.thread, tlp=Label.RED),
        ):
            with pytest.raises(Forbidden):
                act()
        threads.comment_on(by=cast.carlo, item=document, room=cast.families, body="Into German, too?")
    assert "Into German, too?" in shown(document, cast.carlo)
    items.remove(by=cast.mona, item=first.thread, reason="Off the point.")


def test_who_began_a_discussion_takes_it_away_only_until_others_have_written_in_it(cast: Cast) -> None:
    alone = threads.start_thread(by=cast.luc, room=cast.families, title="Talk", body="Words.")
    items.remove(by=cast.luc, item=alone, reason="")
    thread = threads.start_thread(by=cast.luc, room=cast.families, title="Talk", body="Words.")
    threads.reply(by=cast.anna, thread=thread, body="Mine.")
    with pytest.raises(Forbidden):
        items.remove(by=cast.luc, item=thread, reason="I changed my mind.")


def test_what_was_said_to_the_few_who_were_named_is_not_opened_to_the_room(cast: Cast) -> None:
    secret = ItemFactory(
        room=cast.families, author=cast.luc, partner=cast.liege, tlp=Label.RED, named_people=[cast.anna]
    )
    said = threads.comment_on(by=cast.anna, item=secret, room=cast.families, body="It is the Berg family.")
    with pytest.raises(Forbidden):
        items.relabel(by=cast.luc, item=secret, tlp=Label.AMBER)
    assert not Post.objects.visible_to(cast.carlo).filter(pk=said.pk).exists()
    unspoken = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege, tlp=Label.RED)
    threads.comment_on(by=cast.luc, item=unspoken, room=cast.families, body="A note of my own.")
    items.relabel(by=cast.luc, item=unspoken, tlp=Label.AMBER)
