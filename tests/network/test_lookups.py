"""Names are found however they are accented or written large, alike on both databases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.lookups import folded
from network.models import Partner
from tests.factories import PartnerFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("words", ["Liège", "liege", "LIEGE", "LIÈGE", "lie\u0300ge", "ège"])
def test_a_name_is_found_with_and_without_its_accents(words: str) -> None:
    PartnerFactory(name="Ville de Liège")
    PartnerFactory(name="Stadt Augsburg")
    assert [one.name for one in Partner.objects.filter(name__holds=words)] == ["Ville de Liège"]


@pytest.mark.parametrize(
    ("name", "words"), [("Łódź", "łodz"), ("Malmö", "MALMO"), ("Inês 100%", "100%"), ("a_b", "A_B")]
)
def test_signs_that_a_pattern_knows_stand_for_themselves(name: str, words: str) -> None:
    PartnerFactory(name=name)
    PartnerFactory(name="Inês 1000 a-b")
    assert [one.name for one in Partner.objects.filter(name__holds=words)] == [name]


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)
