"""Two versions of a document beside each other: what changed, and that no text takes too long to compare."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from exchange.comparing import compare
from exchange.models import Document, Version
from network import comparing
from network.labels import Label
from network.models import Release
from tests.cast import Cast
from tests.exchange import papers
from tests.exchange.making import add_version, share
from tests.exchange.test_reading import at, body, signed_in
from tests.working import work_off

# What is in files is the same on either database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


def compared(cast: Cast, old: str, new: str) -> tuple[Document, comparing.Comparison]:
    document = share(cast, file=ContentFile(old.encode(), name="draft.txt"))
    add_version(document, new.encode(), "draft.txt")
    work_off()
    first, second = Version.objects.filter(document=document).order_by("number")
    return document, compare(first.blob, second.blob)


def test_what_changed_between_two_versions_is_marked_word_by_word(cast: Cast) -> None:
    old = "Parents meet on Mondays. " + "Nothing new here. " * 5 + "The end."
    document, found = compared(cast, old, old.replace("Mondays", "Fridays") + " And more.")
    assert not found.alike
    page = body(signed_in(cast.anna), at(document, "compare/?from=1&to=2"))
    assert "Parents meet on <del>Mondays</del>." in page
    assert "Parents meet on <ins>Fridays</ins>." in page
    assert "sentences are the same" in page


def test_where_a_sentence_is_gone_the_others_still_stand_beside_their_own(cast: Cast) -> None:
    old = "Parents meet on Mondays. The room is on the second floor. Coffee is brought by the city. Bring your papers."
    new = "Parents meet on Fridays. Coffee and tea are brought by the city. Bring all your papers. Good night."
    _document, found = compared(cast, old, new)
    sides = [("".join(one.text for one in row.old), "".join(one.text for one in row.new)) for row in found.rows]
    assert sides == [
        ("Parents meet on Mondays.", "Parents meet on Fridays."),
        ("The room is on the second floor.", ""),
        ("Coffee is brought by the city.", "Coffee and tea are brought by the city."),
        ("Bring your papers.", "Bring all your papers."),
        ("", "Good night."),
    ]


def test_what_only_moved_to_another_line_has_not_changed(cast: Cast) -> None:
    _document, found = compared(cast, "One two\nthree four. Five.", "One two three\nfour.\nFive.")
    assert found.alike


def test_versions_without_words_and_versions_that_are_not_there(cast: Cast) -> None:
    document = share(cast)
    client = signed_in(cast.anna)
    add_version(document, papers.paper(["Words"]), "two.pdf")
    assert "have not been read yet" in body(client, at(document, "compare/"))
    work_off()
    assert "No words could be read in all of version 1" in body(client, at(document, "compare/"))
    assert client.get(at(document, "compare/?from=1&to=9")).status_code == 404


def test_very_long_versions_are_compared_in_part_and_in_time(cast: Cast) -> None:
    old = " ".join(f"This is sentence {n}." for n in range(30_000))
    _document, found = compared(cast, old, " ".join(f"That was sentence {n}!" for n in range(30_000)))
    assert found.cut
    assert len(found.rows) == comparing.MOST_ROWS


def test_texts_that_are_made_to_be_compared_for_ever_are_compared_in_time() -> None:
    chance = random.Random(7)
    old, new = ("\n\n".join("".join(chance.choices("()", k=1_490)) for _ in range(200)) for _side in range(2))
    begun = time.process_time()
    rows = list(comparing._rows(old.split("\n\n"), new.split("\n\n"), comparing._Budget(comparing.MOST_STEPS)))
    assert time.process_time() - begun < 20
    # The first word by word, and what is beyond the budget as wholly changed.
    assert len(rows[0].old) > 1
    assert rows[-1].old == [comparing.Piece(old.split("\n\n")[-1], True)]


def test_each_word_counts_as_often_as_it_is_looked_at() -> None:
    # Alike in single words alone: the cube of their length, though neither side is long.
    old, new = ("".join(f"( {letter}{n} " for n in range(180)) for letter in "ab")
    budget = comparing._Budget(comparing.MOST_STEPS)
    comparing._beside(old, new, budget)
    assert comparing.MOST_STEPS - budget.left > len(comparing.WORD.findall(old)) ** 2


def test_sentences_that_are_made_to_be_compared_for_ever_stand_beside_each_other(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "MOST_STEPS", 1)
    _document, found = compared(cast, "One here. Two here. The end.", "One there. Two here. The end.")
    assert [(row.old[0].text, row.new[0].text) for row in found.rows] == [
        ("One here.", "One there."),
        ("Two here.", "Two here."),
        ("The end.", "The end."),
    ]
    assert [row.old[0].changed for row in found.rows] == [True, False, False]


def test_no_more_rows_are_compared_than_are_shown(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    real, count = comparing._beside, [0]

    def beside(*given: Any) -> comparing.Row:
        count[0] += 1
        return real(*given)

    monkeypatch.setattr(comparing, "_beside", beside)
    sides = (" ".join(f"{word} {n}." for n in range(1_000)) for word in ("This", "That"))
    _document, found = compared(cast, *sides)
    assert found.cut
    assert count[0] == comparing.MOST_ROWS + 1


def test_versions_are_compared_only_by_who_sees_them_all(cast: Cast) -> None:
    document, _found = compared(cast, "Old words.", "New words.")
    Document.objects.update(tlp=Label.CLEAR)
    Release.objects.create(item=document, version=1)
    assert signed_in(cast.olga).get(at(document, "compare/")).status_code == 404
    assert Client().get(at(document, "compare/")).status_code == 302
