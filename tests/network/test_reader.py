"""Pages speak to their reader: in a language that the interface has, in the reader's own time."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from network.languages import spoken
from tests.cast import Cast


def test_whose_language_the_interface_lacks_reads_english_throughout(settings: Settings) -> None:
    assert [spoken(code) for code in ("en", "fr", "sv")] == ["en", "en", "en"]
    settings.LANGUAGES = [("en", "English"), ("fr", "French")]
    assert [spoken(code) for code in ("en", "fr", "sv")] == ["en", "fr", "en"]


@pytest.mark.django_db
def test_a_page_is_not_half_in_another_language(cast: Cast, client: Client) -> None:
    cast.luc.language = "fr"
    cast.luc.save()
    client.force_login(cast.luc)
    page = client.get("/", headers={"Accept-Language": "fr"})
    assert '<html lang="en"' in page.content.decode()
    assert "Aujourd" not in page.content.decode()


@pytest.mark.django_db
def test_the_profile_keeps_ones_own_language(cast: Cast, client: Client) -> None:
    cast.luc.language = "fr"
    cast.luc.save()
    client.force_login(cast.luc)
    page = client.get("/accounts/profile/").content.decode()
    assert '<option value="fr" selected' in page


@pytest.mark.django_db
def test_a_stranger_reads_the_networks_time(client: Client, settings: Settings) -> None:
    settings.LIAISE_TIME_ZONE = "Europe/Athens"
    response = client.get("/")
    assert response.context["TIME_ZONE"] == "Europe/Athens"
