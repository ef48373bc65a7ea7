"""Who may look up whom."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from network.labels import Label
from network.models import Room
from tests.cast import Cast
from tests.factories import ItemFactory, member_of


def test_strangers_read_the_partners_that_take_part_and_no_people(client: Client, cast: Cast) -> None:
    page = client.get("/partners/").content.decode()
    assert cast.liege.name in page
    assert cast.vallombre.name not in page
    page = client.get("/partners/liege/").content.decode()
    assert cast.luc.name not in page
    assert client.get("/people/").status_code == 302
    assert client.get(f"/people/{cast.luc.uid}/").status_code == 302


def test_members_look_up_everybody(client: Client, cast: Cast) -> None:
    client.force_login(cast.olga)
    page = client.get("/people/").content.decode()
    assert cast.luc.name in page
    assert cast.eva.name in page
    assert cast.luc.name in client.get("/partners/liege/").content.decode()
    assert client.get(f"/people/{cast.eva.uid}/").status_code == 200


def test_a_guest_looks_up_those_of_their_rooms(client: Client, cast: Cast) -> None:
    client.force_login(cast.eva)
    page = client.get("/people/").content.decode()
    assert cast.luc.name in page
    assert cast.anna.name not in page
    assert client.get(f"/people/{cast.anna.uid}/").status_code == 404
    assert client.get("/partners/malmo/").status_code == 404
    assert client.get("/partners/liege/").status_code == 200


@pytest.mark.parametrize("who", ["ivan", "gus", "sven"])
def test_whose_time_has_ended_looks_up_nobody_but_themselves(client: Client, cast: Cast, who: str) -> None:
    person = getattr(cast, who)
    client.force_login(person)
    assert client.get(f"/people/{cast.luc.uid}/").status_code == 404
    assert client.get(f"/people/{person.uid}/").status_code == 200


def test_people_are_found_by_name_partner_and_function(client: Client, cast: Cast) -> None:
    member_of(cast.liege, name="Nora Petit", function="Street worker")
    client.force_login(cast.olga)
    for words in ("nora", "street", "Liège"):
        assert "Nora Petit" in client.get("/people/", {"q": words}).content.decode()
    assert "Nobody found" in client.get("/people/", {"q": "zzz\x00"}).content.decode()


def test_a_page_of_a_person_lists_what_the_reader_sees_and_nothing_under_the_chatham_house_rule(
    client: Client, cast: Cast
) -> None:
    ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege, title="Open words")
    ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege, title="Red words", tlp=Label.RED)
    ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege, title="Chatham words", chatham=True)
    client.force_login(cast.anna)
    for address in (f"/people/{cast.luc.uid}/", "/partners/liege/"):
        page = client.get(address).content.decode()
        assert "Open words" in page
        assert "Red words" not in page
        assert "Chatham words" not in page


def test_one_talks_directly_with_somebody_in_one_room_however_often_one_asks(client: Client, cast: Cast) -> None:
    client.force_login(cast.anna)
    first = client.post(f"/people/{cast.luc.uid}/talk/").url
    assert client.post(f"/people/{cast.luc.uid}/talk/").url == first
    client.force_login(cast.luc)
    assert client.post(f"/people/{cast.anna.uid}/talk/").url == first
    assert Room.objects.filter(kind="direct").count() == 1


def test_one_changes_ones_own_profile(client: Client, cast: Cast) -> None:
    client.force_login(cast.anna)
    given = {"name": "Anna Ek", "function": "Lead", "language": "de", "time_zone": "Europe/Athens"}
    client.post("/accounts/profile/", given)
    cast.anna.refresh_from_db()
    assert (cast.anna.name, cast.anna.time_zone, cast.anna.language) == ("Anna Ek", "Europe/Athens", "de")
    page = client.post("/accounts/profile/", {**given, "time_zone": "Mars/Olympus"}).content.decode()
    assert 'value="Anna Ek"' in page


@pytest.mark.parametrize(
    ("address", "queries"),
    [("/partners/", 10), ("/partners/liege/", 17), ("/people/", 10)],
)
@pytest.mark.parametrize("size", [1, 8])
def test_a_page_asks_the_same_number_of_questions_whatever_the_size(
    client: Client,
    cast: Cast,
    django_assert_num_queries: Callable[[int], Any],
    address: str,
    queries: int,
    size: int,
) -> None:
    for _ in range(size):
        ItemFactory(room=cast.families, author=member_of(cast.liege), partner=cast.liege)
    client.force_login(cast.luc)
    client.get(address)
    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200


def test_a_name_cannot_turn_the_words_beside_it_around(client: Client, cast: Cast) -> None:
    client.force_login(cast.anna)
    given = {"name": "Anna\u202e kE", "function": "Lead\u2067", "language": "de", "time_zone": "Europe/Athens"}
    client.post("/accounts/profile/", given)
    cast.anna.refresh_from_db()
    assert (cast.anna.name, cast.anna.function) == ("Anna kE", "Lead")
