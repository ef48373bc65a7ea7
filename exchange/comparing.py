"""The words of two versions beside each other: sentence by sentence, and within a sentence word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from exchange.models import Blob, PageText

MOST_LETTERS = 300_000  # of each version that are compared
MOST_SENTENCES = 4_000
MOST_ROWS = 400  # that are shown
LONGEST_SENTENCE = 1_500  # letters; longer ones are compared as a whole
AROUND = 1  # sentences that stay the same, shown on each side of a change

SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n\s*\n|\n(?=\s*(?:[-•–*#]|\d+[.)])\s)")
WORD = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True)
class Piece:
    """Some words of a side, and whether the other side has them not."""

    text: str
    changed: bool


@dataclass(frozen=True)
class Row:
    """What stands beside each other. `same` says how many sentences are left out here, both sides alike."""

    old: list[Piece]
    new: list[Piece]
    same: int = 0

    @property
    def changed(self) -> bool:
        """Whether the sides differ."""
        return [one.text for one in self.old] != [one.text for one in self.new]


@dataclass(frozen=True)
class Comparison:
    """The rows, and whether something was left out for its length: of the versions, or of the rows."""

    rows: list[Row]
    cut: bool

    @property
    def alike(self) -> bool:
        """Whether the words of both are the same."""
        return not any(row.changed for row in self.rows)


def compare(old: Blob, new: Blob) -> Comparison:
    """Two queries."""
    (before, cut_before), (after, cut_after) = _sentences(old), _sentences(new)
    rows = list(_rows(before, after))
    return Comparison(rows[:MOST_ROWS], cut_before or cut_after or len(rows) > MOST_ROWS)


def _sentences(blob: Blob) -> tuple[list[str], bool]:
    """The sentences, with the ends of lines gone: what moved to another line has not changed."""
    length, texts = 0, []
    for text in PageText.objects.filter(blob=blob).order_by("number").values_list("text", flat=True).iterator():
        texts.append(text[: MOST_LETTERS - length])
        length += len(text)
        if length > MOST_LETTERS:
            break
    parted = (" ".join(sentence.split()) for text in texts for sentence in SENTENCE.split(text))
    sentences = [sentence for sentence in parted if sentence]
    return sentences[:MOST_SENTENCES], length > MOST_LETTERS or len(sentences) > MOST_SENTENCES


def _rows(before: list[str], after: list[str]) -> Iterator[Row]:
    for kind, a, b, c, d in SequenceMatcher(None, before, after).get_opcodes():
        if kind == "equal":
            yield from _same(before[a:b], at_start=a == 0, at_end=b == len(before) and d == len(after))
            continue
        old, new = before[a:b], after[c:d]
        for number in range(max(len(old), len(new))):
            yield _beside(old[number] if number < len(old) else "", new[number] if number < len(new) else "")


def _same(sentences: list[str], *, at_start: bool, at_end: bool) -> Iterator[Row]:
    """The sentences next to changes; how many lie between them is told instead."""
    first = 0 if at_start else AROUND
    last = 0 if at_end else AROUND
    if len(sentences) <= first + last:
        first, last = len(sentences), 0
    for sentence in sentences[:first]:
        yield Row([Piece(sentence, False)], [Piece(sentence, False)])
    if left := len(sentences) - first - last:
        yield Row([], [], same=left)
    for sentence in sentences[len(sentences) - last :]:
        yield Row([Piece(sentence, False)], [Piece(sentence, False)])


def _beside(old: str, new: str) -> Row:
    if not old or not new or max(len(old), len(new)) > LONGEST_SENTENCE:
        return Row([Piece(old, True)] if old else [], [Piece(new, True)] if new else [])
    before, after = WORD.findall(old), WORD.findall(new)
    left, right = [], []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        changed = kind != "equal"
        if b > a:
            left.append(Piece("".join(before[a:b]), changed))
        if d > c:
            right.append(Piece("".join(after[c:d]), changed))
    return Row(left, right)
