"""Bookmarks: one's own marks on what one sees, asked of the gate each time they are shown."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from network.actions.bookmarks import bookmark, take_bookmark_away
from network.labels import Label
from network.models import Bookmark, Item
from network.models.items import State
from network.refusals import Unseen
from tests.cast import Cast
from tests.drawing import examples
from tests.factories import ItemFactory
from tests.forums.test_discussing import start
from tests.forums.test_properties import undone
from tests.stage import set_stage

pytestmark = pytest.mark.django_db


def marked(client: Client, **query: str) -> list[str]:
    return [item.title for item in client.get("/bookmarks/", query).context["page"].object_list]


def test_whatever_one_sees_is_marked_on_its_page_and_found_in_the_list(cast: Cast, client: Client) -> None:
    stage = set_stage(cast)
    client.force_login(cast.carlo)
    things = (stage.document, stage.practice, stage.workshop, stage.thread)
    for thing in things:
        assert "Bookmark it" in client.get(thing.get_absolute_url()).content.decode()
        answer = client.post(f"/items/{thing.uid}/bookmark/", {"marked": "1"})
        assert answer["Location"] == thing.get_absolute_url()
        assert "Take my bookmark away" in client.get(thing.get_absolute_url()).content.decode()
    assert marked(client) == [thing.title for thing in reversed(things)]
    assert marked(client, kind="workshop") == [stage.workshop.title]
    assert marked(client, kind="nonsense") == marked(client)
    answer = client.post(f"/items/{stage.workshop.uid}/bookmark/", {"marked": "0", "from": "list"})
    assert answer["Location"] == "/bookmarks/"
    assert marked(client, kind="workshop") == []
    assert "None of this kind" in client.get("/bookmarks/", {"kind": "workshop"}).content.decode()


def test_twice_is_once_and_nobody_marks_what_they_may_not_see(cast: Cast) -> None:
    thread = start(cast)
    for _ in range(2):
        bookmark(by=cast.carlo, item=thread)
    assert Bookmark.objects.filter(user=cast.carlo).count() == 1
    for act in (bookmark, take_bookmark_away):
        with pytest.raises(Unseen):
            act(by=cast.olga, item=thread)
    for _ in range(2):
        take_bookmark_away(by=cast.carlo, item=thread)
    assert not Bookmark.objects.exists()


def test_ones_marks_are_ones_own(cast: Cast, client: Client) -> None:
    thread = start(cast)
    bookmark(by=cast.carlo, item=thread)
    client.force_login(cast.maud)
    assert marked(client) == []
    page = client.get(thread.get_absolute_url()).content.decode()
    assert "Bookmark it" in page


def test_under_the_rule_the_list_names_nobody(cast: Cast, client: Client) -> None:
    thread = start(cast, chatham=True)
    bookmark(by=cast.carlo, item=thread)
    client.force_login(cast.carlo)
    page = client.get("/bookmarks/").content.decode()
    assert thread.title in page
    assert cast.luc.name not in page
    assert cast.liege.short_name not in page


def test_a_long_list_comes_in_pages_at_the_same_price(cast: Cast, client: Client) -> None:
    client.force_login(cast.carlo)
    client.get("/bookmarks/")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/bookmarks/")
        return len(queries)

    for _ in range(2):
        bookmark(by=cast.carlo, item=ItemFactory(room=cast.families, author=cast.luc))
    few = asked()
    for _ in range(33):
        bookmark(by=cast.carlo, item=ItemFactory(room=cast.families, author=cast.luc))
    assert asked() == few
    assert len(marked(client)) == 30
    assert len(marked(client, page="2")) == 5


PEOPLE = ("luc", "anna", "carlo", "mona", "vera", "olga", "eva", "sven", "clara")


@settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(label=st.sampled_from(Label), state=st.sampled_from(State), named=st.sets(st.sampled_from(PEOPLE)))
def test_the_list_names_nothing_that_its_reader_may_not_see_now(
    cast: Cast, label: Label, state: str, named: set[str]
) -> None:
    with undone():
        thread = start(cast)
        Bookmark.objects.bulk_create(Bookmark(user=getattr(cast, name), item=thread) for name in PEOPLE)
        Item.objects.filter(pk=thread.pk).update(tlp=label, state=state)
        thread.named_people.set([getattr(cast, name) for name in named])
        thread.named_partners.set([cast.malmo])
        for name in PEOPLE:
            client = Client()
            client.force_login(getattr(cast, name))
            seen = Item.objects.seen_inside_by(getattr(cast, name)).filter(pk=thread.pk).exists()
            page = client.get("/bookmarks/")
            assert (thread.title in page.content.decode()) == seen, name
            assert page.context["page"].paginator.count == int(seen)
