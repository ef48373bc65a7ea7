"""A guest knows the people and partners of their rooms, in every list, form and sentence, and nobody else."""

import pytest
from django.test import Client
from django.urls import reverse

from network.models import PersonGrant, User
from network.permissions import Level, is_guest
from tests.cast import Cast
from tests.factories import grant
from tests.stage import set_stage
from tests.test_costs import PAGES
from tests.test_doors import DOORS

MANAGES = "/rooms/schools/members/"


@pytest.fixture
def guest(client: Client, cast: Cast) -> Client:
    """Eva, who manages Schools for thirty days: there she meets Liège and the lead."""
    place = PersonGrant.objects.get(user=cast.eva)
    place.delete()
    grant(cast.eva, Level.MANAGE, cast.schools, until=place.until)
    assert is_guest(cast.eva)
    client.force_login(cast.eva)
    return client


def test_no_page_of_the_house_names_people_of_other_rooms_to_a_guest(guest: Client, cast: Cast) -> None:
    """Malmö and Augsburg have nothing in Schools; strangers see the names of partners, so it is people that count."""
    stage = set_stage(cast)
    strangers = User.objects.filter(memberships__partner__in=[cast.malmo, cast.augsburg, cast.vallombre])
    # Who has gone has no name any more: "Former member" names nobody.
    strangers = strangers.filter(closed_at=None)
    names = [*strangers.values_list("name", flat=True), cast.gus.name]
    assert len(names) > 6
    told = []
    for name in PAGES:
        if DOORS[name].startswith("->"):
            continue
        _method, kwargs, _given = stage.key_to(name)
        page = guest.get(reverse(name, kwargs=kwargs))
        text = page.content.decode() if "text/html" in page.headers.get("Content-Type", "") else ""
        told += [f"{name}: {one}" for one in names if one in text]
    assert told == []


def test_a_guest_who_manages_a_room_is_offered_the_partners_of_it(guest: Client, cast: Cast) -> None:
    page = guest.get(MANAGES).content.decode()
    assert "City of Liège" in page
    assert "City of Malmö" not in page


def test_a_guest_who_manages_a_room_cannot_find_out_addresses(guest: Client, cast: Cast) -> None:
    told = [
        guest.post(MANAGES, {"person": address, "level": "1"}).content.decode().replace(address, "X")
        for address in (cast.anna.email, "nobody@city.example", cast.gus.email)
    ]
    assert all("Nobody in the network has this address" in page for page in told)
    page = guest.post(MANAGES, {"person": cast.luc.email, "level": "1"}).content.decode()
    assert "Nobody in the network has this address" not in page
    assert f"{cast.luc.name} may read" in page


def test_a_guest_finds_nobody_by_searching_the_directory(guest: Client, cast: Cast) -> None:
    for words in (cast.anna.name, "Malmö", cast.anna.email, "anna"):
        page = guest.get("/people/", {"q": words}).content.decode().replace(f'value="{words}"', "")
        assert cast.anna.name not in page
    assert cast.luc.name in guest.get("/people/", {"q": "luc"}).content.decode()


def test_others_read_of_a_guest_only_the_rooms_that_they_view(guest: Client, cast: Cast) -> None:
    grant(cast.eva, Level.VIEW, cast.steering, until=PersonGrant.objects.get(user=cast.eva).until)
    page = guest.get(f"/people/{cast.eva.uid}/").content.decode()
    assert "guest of Schools until" in page
    assert "guest of Steering until" in page
    guest.force_login(cast.luc)
    page = guest.get(f"/people/{cast.eva.uid}/").content.decode()
    assert "guest of Schools until" in page
    assert "Steering" not in page
