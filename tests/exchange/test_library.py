"""The library: documents that were made to be read by many."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from network.labels import Label
from network.models import Release, User
from tests.cast import Cast
from tests.exchange.making import add_version, share
from tests.factories import ThemeFactory

pytestmark = pytest.mark.django_db


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_it_holds_what_was_made_for_many_and_one_may_see(cast: Cast) -> None:
    for kind in ("publication", "guide", "thematic_report", "leaflet", "video"):
        share(cast, title=f"The {kind}", kind=kind)
    share(cast, title="The minutes", kind="minutes")
    share(cast, title="The guide of Liège alone", kind="guide", tlp=Label.AMBER_STRICT)
    page = signed_in(cast.anna).get("/library/").content.decode()
    assert "5 titles" in page
    assert "The minutes" not in page
    assert "of Liège alone" not in page
    assert "0 titles" in signed_in(cast.olga).get("/library/").content.decode()
    assert Client().get("/library/").status_code == 302


def test_who_sees_a_title_only_by_its_release_learns_nothing_of_newer_files(cast: Cast) -> None:
    document = share(cast, kind="guide", tlp=Label.CLEAR)
    Release.objects.create(item=document, version=1)
    add_version(document)
    outside = signed_in(cast.olga).get("/library/").content.decode()
    assert "Guide for home visits" in outside
    assert "14 bytes" not in outside
    assert "Families" not in outside
    inside = signed_in(cast.anna).get("/library/").content.decode()
    assert "14 bytes" in inside
    assert "Families" in inside


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"A", "B"}),
        ("kind=leaflet", {"B"}),
        ("language=de", {"B"}),
        ("theme=schools", {"B"}),
        ("q=alpha", {"A"}),
        ("kind=minutes", {"A", "B"}),
    ],
)
def test_it_is_filtered_by_kind_language_theme_and_words(cast: Cast, query: str, found: set[str]) -> None:
    share(cast, title="Title A", kind="guide", description="alpha")
    share(cast, title="Title B", kind="leaflet", language="de", themes=[ThemeFactory(slug="schools")])
    page = signed_in(cast.anna).get(f"/library/?{query}").content.decode()
    assert {letter for letter in "AB" if f"Title {letter}" in page} == found


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_number_of_questions(
    cast: Cast, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        share(cast, title=f"Guide {number}", kind="guide", room=cast.families if number % 2 else cast.schools)
    client = signed_in(cast.luc)
    with django_assert_num_queries(11):
        client.get("/library/?q=guide")
