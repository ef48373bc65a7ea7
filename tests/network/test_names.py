"""Names that others may rely on: in one alphabet, and with nothing in them that one cannot see."""

from __future__ import annotations

import unicodedata

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from network.names import NameField, alphabets, check_name, seen_only
from tests.cast import Cast

LOOK_ALIKES = [
    "\u0410nna Lindqvist",  # a Cyrillic А
    "Anna Lind\u0443vist",
    "Ann\u0251\u03b1 Lindqvist",  # a Greek α
    "\u0391nna Lindqvist",  # a Greek Α
    "Lu\u0441 Delvaux",  # a Cyrillic с
    "\u13aanna Lindqvist",  # Cherokee
    "Anna Lindqvist \u0410\u043d\u043d\u0430",
]
UNSEEN = [
    "Anna\u200b Lindqvist",
    "An\u200dna Lindqvist",
    "Anna\ufeff Lindqvist",
    "Anna\u00ad Lindqvist",
    "Anna\u2060 Lindqvist",
    "Anna\u3164 Lindqvist",
    "Anna\ufe0f Lindqvist",
    "Anna\U000e0041 Lindqvist",
    "\U0001d400nna Lindqvist",
    "\uff21nna Lindqvist",
]
GOOD = [
    "Anna Lindqvist", "Łukasz Żółć", "Ελένη Παπαδοπούλου", "Олена Шевченко", "Nguyễn Thị Ánh", "O’Brien-Müller",
    "محمد علي", "山田 はなこ", "Ən̂ İlqar", "J. R. R.",
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_a_name_with_letters_that_only_look_alike_is_refused_with_a_word(cast: Cast, name: str) -> None:
    client = Client()
    client.force_login(cast.anna)
    page = client.post("/accounts/profile/", {"name": name, "language": "en", "time_zone": "Europe/Stockholm"})
    cast.anna.refresh_from_db()
    assert cast.anna.name == "Anna Lindqvist"
    assert "in one alphabet" in page.content.decode()


@pytest.mark.parametrize("name", UNSEEN)
def test_signs_that_nobody_sees_make_no_second_name(name: str) -> None:
    assert NameField().clean(name) == "Anna Lindqvist"


@pytest.mark.parametrize("name", ["Anna\u202enitsuj", "Anna\u2066nitsuj"])
def test_no_mark_turns_the_direction_of_a_name(name: str) -> None:
    assert NameField().clean(name) == "Anna nitsuj"


@pytest.mark.parametrize("name", GOOD)
def test_names_as_people_have_them_stay_as_they_are(name: str) -> None:
    assert NameField().clean(name) == unicodedata.normalize("NFKC", name)


def test_a_letter_carries_only_so_many_marks() -> None:
    with pytest.raises(Exception, match="more marks"):
        NameField().clean("A" + "\u0300\u0301\u0302\u0303\u0304" + "nna")


def test_a_name_of_signs_without_a_shape_is_no_name() -> None:
    with pytest.raises(Exception, match="required"):
        NameField().clean("\u200b\u3164\u2800")


@given(st.text(max_size=40))
def test_whatever_is_typed_what_is_kept_can_be_seen(name: str) -> None:
    kept = seen_only(name)
    assert not any(unicodedata.category(sign) in ("Cf", "Cc", "Co", "Cn", "Cs") for sign in kept)
    assert kept == " ".join(kept.split())
    if len(alphabets(kept)) > 1:
        with pytest.raises(Exception, match="alphabet"):
            check_name(kept)
