"""The frame around every page: whose it is, where they are, and what a stranger gets."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from pytest_django import Settings

from tests.cast import Cast

pytestmark = pytest.mark.django_db


def text_of(html: str, opening: str, closing: str) -> str:
    """The words between two pieces of markup, without tags and with single spaces."""
    part = html.split(opening, 1)[1].split(closing, 1)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", part).split())


def page(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_the_masthead_names_the_person_and_the_partner_they_speak_for(client: Client, cast: Cast) -> None:
    client.force_login(cast.anna)
    summary = text_of(page(client, "/rooms/"), '<details class="menu">', "</summary>")
    assert summary == "Anna Lindqvist , Malmö"


def test_a_guest_is_named_without_a_partner(client: Client, cast: Cast) -> None:
    client.force_login(cast.guest)
    assert text_of(page(client, "/rooms/"), '<details class="menu">', "</summary>") == "Eva Vogel"


def test_the_rail_lists_ones_own_rooms_and_marks_where_one_is(client: Client, cast: Cast) -> None:
    client.force_login(cast.anna)
    html = page(client, "/rooms/families/")
    rail = html.split('<nav class="rail"', 1)[1].split("</nav>", 1)[0]
    assert 'href="/rooms/families/" aria-current="true"' in rail
    assert 'href="/rooms/commons/"' in rail
    assert "schools" not in rail
    assert "steering" not in rail


def test_one_signs_out_by_a_form_and_not_by_a_link(client: Client, cast: Cast) -> None:
    client.force_login(cast.anna)
    html = page(client, "/rooms/")
    assert '<form method="post" action="/accounts/logout/"' in html
    assert 'href="/accounts/logout/"' not in html


def test_only_who_moderates_somewhere_is_shown_the_queue(client: Client, cast: Cast) -> None:
    client.force_login(cast.anna)
    assert 'href="/moderation/"' not in page(client, "/rooms/")
    client.force_login(cast.moderator)
    assert 'href="/moderation/"' in page(client, "/rooms/")


def test_a_stranger_gets_a_way_in_and_no_rooms(client: Client, cast: Cast) -> None:
    html = page(client, "/accounts/login/")
    assert '<body class="frame frame-open">' in html
    assert 'class="rail"' not in html
    assert 'class="bottombar"' not in html
    assert "/rooms/" not in html


def test_the_frame_speaks_the_readers_language_and_zone(client: Client, cast: Cast, settings: Settings) -> None:
    settings.LANGUAGES = [("en", "English"), ("fr", "French")]
    client.force_login(cast.luc)
    assert '<html lang="fr">' in page(client, "/rooms/")
    cast.anna.time_zone = "Europe/Athens"
    cast.anna.save()
    client.force_login(cast.anna)
    assert "All times are those of Athens" in page(client, "/rooms/")


def test_what_is_not_there_and_what_is_hidden_look_the_same(client: Client, cast: Cast) -> None:
    client.force_login(cast.anna)
    hidden, absent = client.get("/rooms/steering-4f9c1d/"), client.get("/rooms/steering-000000/")
    assert hidden.status_code == absent.status_code == 404
    assert re.sub(r'value="[^"]{64}"', "", hidden.content.decode()) == re.sub(
        r'value="[^"]{64}"', "", absent.content.decode()
    )


def test_no_page_brings_a_script_or_a_style_of_its_own(client: Client, cast: Cast) -> None:
    client.force_login(cast.anna)
    for path in ("/rooms/", "/rooms/families/", "/rooms/families/members/", "/notifications/", "/accounts/2fa/"):
        response = client.get(path)
        html = response.content.decode()
        assert "style=" not in html
        assert not re.search(r"<script(?![^>]*\bsrc=)", html)
        assert "unsafe" not in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("who", "told"),
    [("anna", False), ("eva", False), ("olga", False), ("ivan", True), ("gus", True), ("sven", True)],
)
def test_whoever_takes_no_part_at_present_is_told_so_and_nobody_else(
    client: Client, cast: Cast, who: str, told: bool
) -> None:
    client.force_login(getattr(cast, who))
    assert ("You do not take part in the network at present" in page(client, "/")) is told
