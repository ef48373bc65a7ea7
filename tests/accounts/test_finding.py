"""Finding partners and people in the directory: filters, the map, and many of them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from network.labels import Label
from network.models import Membership, Partner
from tests.cast import Cast
from tests.factories import ItemFactory, PartnerFactory, ThemeFactory, member_of

Queries = Callable[[int], Any]


def found(client: Client, **asked: str) -> set[str]:
    """The short names of the partners that the directory lists."""
    page = client.get("/partners/", asked)
    return {partner.short_name for partner in page.context["page"]}


def test_partners_are_found_by_country_kind_language_and_words(client: Client, cast: Cast) -> None:
    Partner.objects.filter(pk=cast.malmo.pk).update(
        country="SE", kind="regional_authority", languages=["sv", "en"], city="Malmö", profile="A helpline for parents."
    )
    client.force_login(cast.luc)
    for asked in (
        {"country": "SE"},
        {"kind": "regional_authority"},
        {"language": "sv"},
        {"q": "helpline parents"},
        {"country": "SE", "language": "en", "q": "MALMÖ"[:4]},
    ):
        assert found(client, **asked) == {cast.malmo.short_name}, asked
    assert found(client, country="SE", language="fr") == set()
    assert "No partner like that" in client.get("/partners/", {"q": "nowhere"}).content.decode()


def test_a_theme_finds_who_shared_something_that_the_reader_sees(client: Client, cast: Cast) -> None:
    theme = ThemeFactory(slug="families")
    own, hidden, released = (
        ItemFactory(room=room, author=who, partner=partner, tlp=tlp)
        for room, who, partner, tlp in (
            (cast.families, cast.luc, cast.liege, Label.AMBER),
            (cast.families, cast.carlo, cast.augsburg, Label.RED),
            (cast.schools, cast.luc, cast.liege, Label.CLEAR),
        )
    )
    for item in (own, hidden, released):
        item.themes.add(theme)
    client.force_login(cast.anna)
    assert found(client, theme="families") == {cast.liege.short_name}
    client.force_login(cast.olga)
    assert found(client, theme="families") == set()
    client.logout()
    assert found(client, theme="families") == set()


def test_what_was_begun_under_the_chatham_house_rule_finds_nobody(client: Client, cast: Cast) -> None:
    theme = ThemeFactory(slug="families")
    ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege, chatham=True).themes.add(theme)
    client.force_login(cast.anna)
    assert found(client, theme="families") == set()


def test_people_are_found_by_country_role_and_language(client: Client, cast: Cast) -> None:
    cast.anna.languages = ["sv"]
    cast.anna.save()
    Partner.objects.filter(pk=cast.malmo.pk).update(country="SE")
    Partner.objects.exclude(pk=cast.malmo.pk).update(country="BE")
    client.force_login(cast.luc)

    def names(**asked: str) -> set[str]:
        return {person.name for person, _partners in client.get("/people/", asked).context["persons"]}

    assert names(language="sv") == {cast.anna.name}
    assert names(country="SE") == {cast.anna.name, cast.mona.name}
    representatives = Membership.objects.effective().filter(role="representative")
    assert names(role="representative") == set(representatives.values_list("user__name", flat=True))


def test_a_guest_finds_by_no_filter_whom_they_may_not_know(client: Client, cast: Cast) -> None:
    client.force_login(cast.eva)
    for asked in ({"q": cast.anna.name}, {"role": "member"}, {"country": cast.malmo.country}):
        assert cast.anna.name not in client.get("/people/", asked).content.decode().replace(f'"{cast.anna.name}"', "")
    assert cast.malmo.short_name not in found(client)


def test_the_map_leads_to_the_partners_of_the_list_by_keyboard(client: Client, cast: Cast) -> None:
    Partner.objects.filter(pk=cast.liege.pk).update(latitude=50.63, longitude=5.57, country="BE")
    page = client.get("/partners/", {"country": "BE", "q": cast.liege.short_name}).content.decode()
    assert f'<a class="map-link" href="/partners/liege/" aria-label="{cast.liege.short_name}">' in page
    assert "map-land-shaded" in page


def test_a_page_beyond_the_last_is_the_first(client: Client, cast: Cast) -> None:
    client.force_login(cast.luc)
    for number in ("999", "-1", "x", "0", "9" * 40):
        assert cast.anna.name in client.get("/people/", {"page": number}).content.decode()


@pytest.mark.parametrize("size", [10, 1000])
def test_the_directory_asks_nine_questions_with_ten_partners_as_with_a_thousand(
    client: Client, cast: Cast, django_assert_num_queries: Queries, size: int
) -> None:
    some = PartnerFactory()
    member_of(some)
    places = [(40 + number % 17, -8 + number % 37) for number in range(size)]
    for number, (latitude, longitude) in enumerate(places):
        if number < 10:
            member_of(PartnerFactory(latitude=latitude, longitude=longitude))
    rest = [
        Partner(
            slug=f"many-{number}", name=f"City {number}", short_name=f"C{number}", kind="local_authority",
            country="FR", latitude=latitude, longitude=longitude, group=None,
        )
        for number, (latitude, longitude) in enumerate(places[10:])
    ]  # fmt: skip
    for partner in rest:
        partner.save()
    client.force_login(cast.luc)
    item = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege)
    item.themes.add(ThemeFactory(slug="schools"))
    narrowed = "country=BE&q=l&language=fr&kind=local_authority&theme=schools"
    for address in ("/partners/", "/partners/?theme=schools", f"/partners/?{narrowed}", "/people/?q=e&role=member"):
        client.get(address)
        with django_assert_num_queries(9):
            client.get(address)
