"""Finding a document in a room: filters, orders, and what they cost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from exchange.models import Document
from network import clock
from network.labels import Label
from network.models import Item, User
from tests.cast import Cast
from tests.exchange.making import pdf, share
from tests.factories import ThemeFactory

pytestmark = pytest.mark.django_db

DOCUMENTS = "/rooms/families/documents/"


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def titles(client: Client, query: str = "") -> list[str]:
    """What the page lists, in its order."""
    return [document.title for document in client.get(f"{DOCUMENTS}?{query}").context["page"]]


def age(document: Document, days: int) -> None:
    Item.objects.filter(pk=document.pk).update(active_at=clock.now() - timedelta(days=days))


def test_a_list_is_filtered_by_theme_author_partner_label_and_day(cast: Cast) -> None:
    theme = ThemeFactory(slug="families")
    share(cast, title="Of Luc", themes=[theme], tlp=Label.GREEN)
    old = share(cast, title="Of Anna", by=cast.anna)
    age(old, 10)
    client = signed_in(cast.maud)
    day = (clock.now() - timedelta(days=5)).date()
    for query, found in {
        "theme=families": ["Of Luc"],
        "author=LINDQ": ["Of Anna"],
        "author=nobody": [],
        "partner=malm": ["Of Anna"],
        "partner=City+of+Li": ["Of Luc"],
        "label=GREEN": ["Of Luc"],
        "label=AMBER": ["Of Anna"],
        f"since={day}": ["Of Luc"],
        f"until={day}": ["Of Anna"],
        f"since={day}&partner=malm": [],
    }.items():
        assert titles(client, query) == found, query


def test_a_list_comes_in_the_order_that_is_asked_for(cast: Cast) -> None:
    big = share(cast, title="B big", kind="minutes", file=pdf("b.pdf", b"%PDF-1.7" + bytes(9000)))
    small = share(cast, title="C small", kind="agenda", file=pdf("c.pdf", b"%PDF-1.7"))
    age(big, 3)
    age(small, 2)
    share(cast, title="A middle", kind="guide", file=pdf("a.pdf", b"%PDF-1.7" + bytes(500)))
    client = signed_in(cast.anna)
    for order, first in {
        "new": ["A middle", "C small", "B big"],
        "old": ["B big", "C small", "A middle"],
        "title": ["A middle", "B big", "C small"],
        "kind": ["C small", "A middle", "B big"],
        "large": ["B big", "A middle", "C small"],
        "small": ["C small", "A middle", "B big"],
    }.items():
        assert titles(client, f"order={order}") == first, order


@pytest.mark.parametrize(
    "query",
    ["since=x", "until=9999-12-31", "label=PURPLE", "order=x", "theme=x", "author=%00", "page=x", "kind=x", "q=%00"],
)
def test_what_makes_no_sense_in_an_address_breaks_nothing(cast: Cast, query: str) -> None:
    share(cast)
    assert signed_in(cast.anna).get(f"{DOCUMENTS}?{query}").status_code == 200


def test_days_in_the_wrong_order_are_said_at_their_field(cast: Cast) -> None:
    share(cast)
    page = signed_in(cast.luc).get("/rooms/families/documents/?since=2026-05-02&until=2026-05-01").content.decode()
    assert "This day lies before the first one." in page


def test_no_filter_finds_or_counts_what_its_reader_does_not_see(cast: Cast) -> None:
    share(cast, title="Red of Luc", tlp=Label.RED, themes=[ThemeFactory(slug="families")])
    client = signed_in(cast.anna)
    for query in ("theme=families", "author=Luc", "partner=Li", "label=RED", "q=Red", "order=large"):
        answer = client.get(f"{DOCUMENTS}?{query}")
        assert answer.context["page"].paginator.count == 0, query
        assert "Red of Luc" not in answer.content.decode()


def test_the_folded_filters_stand_open_only_where_one_is_in_use(cast: Cast) -> None:
    share(cast)
    client = signed_in(cast.anna)
    assert not client.get(DOCUMENTS).context["filter"].narrowed
    assert client.get(f"{DOCUMENTS}?label=AMBER").context["filter"].narrowed


@pytest.mark.parametrize("query", ["", "order=large", "author=l&partner=l&label=AMBER&order=title", "q=guide"])
def test_forty_documents_cost_no_more_questions_than_two(cast: Cast, query: str) -> None:
    for n in range(2):
        share(cast, title=f"Guide {n}")
    client = signed_in(cast.anna)
    client.get(f"{DOCUMENTS}?{query}")
    with CaptureQueriesContext(connection) as few:
        client.get(f"{DOCUMENTS}?{query}")
    for n in range(2, 40):
        share(cast, title=f"Guide {n}", by=cast.anna if n % 2 else cast.luc)
    with CaptureQueriesContext(connection) as many:
        client.get(f"{DOCUMENTS}?{query}")
    assert len(many) == len(few)
    assert sum("COUNT(" in question["sql"] and "exchange_document" in question["sql"] for question in many) <= 1
