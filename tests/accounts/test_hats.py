"""Who belongs to two partners wears one hat at a time, sees which, and every form begins with it."""

from __future__ import annotations

from django.test import Client

from forums.models import Post
from network import clock
from network.models import Item, Membership
from tests.cast import Cast
from tests.factories import MembershipFactory
from tests.stage import set_stage


def text(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def test_the_hat_stands_in_the_frame_and_first_in_every_form(client: Client, cast: Cast) -> None:
    MembershipFactory(user=cast.luc, partner=cast.malmo)
    stage = set_stage(cast)
    client.force_login(cast.luc)
    assert "Speaking for Liège" in text(client, "/rooms/")
    back = client.post("/accounts/hat/", {"partner": "malmo", "next": "/rooms/families/"})
    assert back.url == "/rooms/families/"
    assert "Speaking for Malmö" in text(client, "/rooms/")
    assert '<option value="malmo" selected' in text(client, "/rooms/families/documents/new/")
    thread = f"/discussions/{stage.thread.uid}/"
    assert '<option value="malmo" selected' in text(client, thread)
    assert "You speak for Malmö." in text(client, "/rooms/families/chat/")
    client.post(f"{thread}reply/", {"body": "For Malmö."})
    assert Post.objects.latest("pk").partner == cast.malmo
    client.post("/rooms/families/discussions/new/", {"title": "Hats", "body": "Which?", "tlp": "AMBER"})
    assert Item.objects.get(title="Hats").partner == cast.malmo


def test_a_hat_of_a_partner_that_one_has_left_falls_back_silently(client: Client, cast: Cast) -> None:
    MembershipFactory(user=cast.luc, partner=cast.malmo)
    client.force_login(cast.luc)
    client.post("/accounts/hat/", {"partner": "malmo"})
    Membership.objects.filter(user=cast.luc, partner=cast.malmo).update(until=clock.now())
    page = text(client, "/rooms/families/documents/new/")
    assert "Speaking for" not in page
    assert "Luc Delvaux" in page
    assert ", for Liège" in page


def test_a_hat_is_one_of_ones_own_and_the_way_back_stays_in_the_house(client: Client, cast: Cast) -> None:
    client.force_login(cast.luc)
    assert client.post("/accounts/hat/", {"partner": "malmo", "next": "https://elsewhere.example/"}).url == "/"
    cast.luc.refresh_from_db()
    assert cast.luc.hat is None
