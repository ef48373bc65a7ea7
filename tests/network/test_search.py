"""Finding what one may see, by words; the same on both databases."""

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from network import search
from network.labels import Label
from network.models import Item, SearchEntry
from tests.cast import Cast
from tests.drawing import examples
from tests.factories import ItemFactory


def found(user: object, words: str) -> list[str]:
    """Titles, in the order of the answer."""
    return [entry.item.title for entry in search.find(user, words).select_related("item")]


def put(cast: Cast, title: str, text: str = "", language: str = "en", **item: object) -> Item:
    """Something of Luc's in Families, indexed."""
    made = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege, title=title, **item)
    search.index(item=made, title=title, text=text, language=language)
    return made


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("de", "Häuser für Alle", "haus"),
        ("de", "Die Straße", "strasse"),
        ("en", "Three workshops for parents", "workshop parent"),
        ("fr", "Les écoles de Liège", "ecole liege"),
        ("es", "Las familias", "familia"),
        ("it", "Le scuole", "scuola"),
        ("en", "L’Hospitalet de Llobregat", "hospitalet"),
        ("en", "<p>A <em>tele</em>phone line</p>", "line"),
        ("en", "unfinished", "unfin"),
    ],
)
def test_a_word_finds_its_other_forms(cast: Cast, language: str, text: str, words: str) -> None:
    put(cast, "Found", text, language)
    assert found(cast.anna, words) == ["Found"]


def test_all_words_must_be_there(cast: Cast) -> None:
    put(cast, "Parents", "and police")
    assert found(cast.anna, "parents police") == ["Parents"]
    assert found(cast.anna, "parents prison") == []


def test_the_title_counts_more_than_the_text(cast: Cast) -> None:
    put(cast, "A guide", "It speaks of probation.")
    put(cast, "Probation", "")
    put(cast, "Newer", "probation again")
    assert found(cast.anna, "probation") == ["Probation", "Newer", "A guide"]


def test_one_finds_only_what_one_may_see(cast: Cast) -> None:
    put(cast, "Amber helpline")
    put(cast, "Red helpline", tlp=Label.RED)
    put(cast, "Clear helpline", tlp=Label.CLEAR, released=True)
    assert set(found(cast.luc, "helpline")) == {"Amber helpline", "Red helpline", "Clear helpline"}
    assert set(found(cast.anna, "helpline")) == {"Amber helpline", "Clear helpline"}
    assert found(cast.olga, "helpline") == ["Clear helpline"]


def test_indexing_again_replaces_the_words(cast: Cast) -> None:
    item = put(cast, "Old words")
    search.index(item=item, title="New words")
    assert SearchEntry.objects.count() == 1
    assert found(cast.anna, "old") == []


def test_a_question_without_a_word_finds_nothing(cast: Cast) -> None:
    put(cast, "Guide")
    for question in ("", "  ", "!!!", "---", "“”"):
        assert found(cast.anna, question) == []


@given(st.text(max_size=80))
# Asking changes nothing, so the examples may share their rows.
@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_question_breaks_the_database(db_cast: Cast, question: str) -> None:
    list(search.find(db_cast.anna, question.replace("\x00", "")))


@pytest.fixture
def db_cast(cast: Cast) -> Cast:
    put(cast, "Guide", "to everything")
    return cast


def test_one_question_is_one_query(cast: Cast, django_assert_num_queries: object) -> None:
    for number in range(3):
        put(cast, f"Guide {number}")
    with django_assert_num_queries(1):
        list(search.find(cast.anna, "guide"))


def test_accents_without_end_are_never_put_in_order_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths, normalize = [], unicodedata.normalize

    def noted(form: str, text: str) -> str:
        lengths.append(len(text))
        return normalize(form, text)

    monkeypatch.setattr(search.unicodedata, "normalize", noted)
    search.tokens("a" + "\u0301\u0323" * 40_000)
    assert max(lengths) <= 500
    assert search.tokens("cafe\u0301 Zu\u0308rich") == ["café", "zürich"]
