"""The pages of rooms: list, one room, its members; and notifications."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from network.actions import joining
from network.models import Notification, Room
from network.notifications import notify
from network.permissions import Level, level_in
from tests.cast import Cast
from tests.confirming import say_yes
from tests.factories import ItemFactory, RoomFactory, grant, member_of

Queries = Callable[[int], Any]


def test_the_list_tells_rooms_one_enters_from_rooms_one_only_knows_of(client: Client, cast: Cast) -> None:
    client.force_login(cast.olga)
    page = client.get("/rooms/").content.decode()
    assert "Commons" in page
    assert "Families" in page  # restricted: a member knows of it
    assert "Steering" not in page
    assert 'href="/rooms/families/"' in page


def test_a_guest_finds_their_room_and_no_other(client: Client, cast: Cast) -> None:
    client.force_login(cast.eva)
    page = client.get("/rooms/").content.decode()
    assert "Schools" in page
    assert "Families" not in page
    assert "Commons" not in page


def test_of_a_restricted_room_an_outsider_reads_name_and_purpose_and_may_ask(client: Client, cast: Cast) -> None:
    ItemFactory(room=cast.families, author=cast.luc, title="Six evenings")
    client.force_login(cast.olga)
    page = client.get("/rooms/families/").content.decode()
    assert "Where a test happens." in page
    assert "Six evenings" not in page
    assert cast.luc.name not in page
    answer = client.post("/rooms/families/", {"note": "We begin a helpline."}, follow=True)
    assert "You have asked to join" in answer.content.decode()
    client.force_login(cast.maud)
    assert "We begin a helpline." in client.get("/rooms/families/members/").content.decode()


def test_everything_below_a_room_one_only_knows_of_is_not_found(client: Client, cast: Cast) -> None:
    client.force_login(cast.olga)
    assert client.get("/rooms/families/members/").status_code == 404
    assert client.get(f"/rooms/{cast.steering.slug}/").status_code == 404
    assert client.get("/rooms/nowhere/").status_code == 404


def test_a_manager_gives_a_place_by_the_form_and_takes_it_back(client: Client, cast: Cast) -> None:
    client.force_login(cast.maud)
    say_yes(client, "/rooms/families/members/", {"person": cast.olga.email, "level": Level.VIEW.value})
    assert level_in(cast.olga, cast.families) == Level.VIEW
    say_yes(client, "/rooms/families/members/withdraw/", {"person": cast.olga.uid})
    assert level_in(cast.olga, cast.families) is None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"level": "2"}, "Choose a partner, or give a person’s address."),
        ({"person": "nobody@city.example", "level": "2"}, "Nobody in the network has this address"),
        ({"person": "a\x00b", "level": "2"}, "Null characters are not allowed"),
        ({"person": "eva@university.example", "level": "2"}, "needs an end"),
        ({"person": "eva@university.example", "level": "2", "until": "1999-01-01"}, "must lie in the future"),
        ({"person": "olga@augsburg.example", "level": "9"}, "Select a valid choice"),
    ],
)
def test_a_form_that_cannot_be_used_says_why_at_its_field(
    client: Client, cast: Cast, given: dict[str, str], words: str
) -> None:
    client.force_login(cast.maud)
    answer = client.post("/rooms/families/members/", given)
    assert words.replace("’", "") in answer.content.decode().replace("&#x27;", "").replace("’", "")
    if "person" in given and "\x00" not in given["person"]:
        assert f'value="{given["person"]}"' in answer.content.decode()


def test_a_viewer_sees_the_members_but_may_not_give_places(client: Client, cast: Cast) -> None:
    client.force_login(cast.vera)
    assert client.get("/rooms/families/members/").status_code == 200
    answer = client.post("/rooms/families/members/", {"person": cast.olga.email, "level": "1"})
    assert answer.status_code == 403
    assert "Only the managers of this room may do this." in answer.content.decode()


def test_a_coordinator_opens_a_room_by_the_form(client: Client, cast: Cast) -> None:
    client.force_login(cast.clara)
    given = {"name": "Returnees", "kind": "restricted", "moderation": "free"}
    assert client.post("/rooms/new/", given).url == "/rooms/returnees/members/"
    client.force_login(cast.luc)
    assert client.get("/rooms/new/").status_code == 403


@pytest.mark.parametrize(
    ("address", "queries"), [("/rooms/", 9), ("/rooms/families/", 14), ("/rooms/families/members/", 20)]
)
@pytest.mark.parametrize("size", [1, 8])
def test_a_page_asks_the_same_number_of_questions_whatever_the_size(
    client: Client, cast: Cast, django_assert_num_queries: Queries, address: str, queries: int, size: int
) -> None:
    for _ in range(size):
        person = member_of(cast.liege)
        ItemFactory(room=cast.families, author=person, partner=cast.liege)
        other = RoomFactory()
        grant(cast.liege, Level.MANAGE, other)
        grant(member_of(cast.malmo), Level.MANAGE, cast.families)
        joining.ask_to_join(by=member_of(cast.augsburg), room=cast.families)
        joining.ask_to_join(by=member_of(cast.augsburg), room=other)
    client.force_login(cast.maud)
    client.get(address)
    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("size", [1, 8])
def test_notifications_are_read_at_the_same_cost_whatever_their_number(
    client: Client, cast: Cast, django_assert_num_queries: Queries, size: int
) -> None:
    for _ in range(size):
        item = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege)
        notify([cast.anna], kind="item_approved", item=item, by=cast.luc)
    client.force_login(cast.anna)
    client.get("/notifications/")
    with django_assert_num_queries(8):
        assert client.get("/notifications/").content.decode().count("was approved") == size


def test_a_notice_leads_to_what_it_is_about_and_is_read_then(client: Client, cast: Cast) -> None:
    item = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege)
    notify([cast.anna], kind="item_approved", item=item, by=cast.luc)
    row = Notification.objects.get()
    client.force_login(cast.anna)
    assert client.post(f"/notifications/{row.uid}/").url == item.get_absolute_url()
    row.refresh_from_db()
    assert row.read_at is not None
    client.force_login(cast.luc)
    assert client.post(f"/notifications/{row.uid}/").status_code == 404


def test_a_stranger_is_sent_to_sign_in_the_same_way_for_what_exists_and_what_does_not(
    client: Client, cast: Cast
) -> None:
    here, there = client.get("/rooms/families/"), client.get("/rooms/nowhere/")
    assert here.status_code == there.status_code == 302
    assert here.url.replace("families", "nowhere") == there.url
    assert Room.objects.filter(slug="families").exists()
