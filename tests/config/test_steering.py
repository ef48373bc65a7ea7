"""The page from which the network is steered: every way on it opens to whoever it is shown to."""

from django.test import Client
from django.urls import reverse

from network.actions.hosts import appoint_host
from tests.cast import Cast


def ways(client: Client) -> list[str]:
    """The addresses that the page shows."""
    page = client.get("/steering/")
    return [reverse(way.url) for _title, section in page.context["sections"] for way in section]


def test_a_coordinator_may_go_every_way_that_the_page_shows(client: Client, cast: Cast) -> None:
    client.force_login(cast.clara)
    found = ways(client)
    assert {"/texts/", "/partners/import/", "/people/import/"} <= set(found)
    assert "/host/work/" not in found
    assert [address for address in found if client.get(address).status_code != 200] == []


def test_who_coordinates_and_hosts_finds_each_way_once(client: Client, cast: Cast) -> None:
    appoint_host(person=cast.clara)
    client.force_login(cast.clara)
    found = ways(client)
    assert {"/host/work/", "/retention/"} <= set(found)
    assert len(found) == len(set(found))


def test_a_host_who_does_not_coordinate_sees_what_hosts_do_and_no_more(client: Client, cast: Cast) -> None:
    appoint_host(person=cast.anna)
    client.force_login(cast.anna)
    found = ways(client)
    assert "/host/people/" in found
    assert "/texts/" not in found
    assert [address for address in found if client.get(address).status_code != 200] == []


def test_whoever_does_neither_reads_why_not(client: Client, cast: Cast) -> None:
    client.force_login(cast.luc)
    assert client.get("/steering/").status_code == 403
