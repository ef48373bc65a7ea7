"""The words of two texts beside each other: sentence by sentence, and within a sentence word by word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from itertools import islice, zip_longest

MOST_LETTERS = 300_000  # of each version that are compared
MOST_SENTENCES = 4_000
MOST_ROWS = 400  # that are shown
LONGEST_SENTENCE = 1_500  # letters; longer ones are compared as a whole
MOST_STEPS = 10_000_000  # of comparing, for one page; about a second
ALIKE = 0.4  # of the words of two sentences that are in both, from which on one is taken for the other, changed
STEPS_A_PAIR = 5  # what it costs to hold one sentence against another
AROUND = 1  # sentences that stay the same, shown on each side of a change

SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n\s*\n|\n(?=\s*(?:[-•–*#]|\d+[.)])\s)")
WORD = re.compile(r"\w+|\s+|[^\w\s]")
WORDS = re.compile(r"\w+")


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


class _Spent(Exception):  # noqa: N818 - it is an answer, not an error
    """The steps that a page may take are used up."""


@dataclass
class _Budget:
    """The steps that are left. Texts can be made so that comparing them takes the cube of their length."""

    left: int


class _Matcher(SequenceMatcher[str]):
    """Finds what is alike, step by step out of a budget. Raises _Spent."""

    b2j: dict[str, list[int]]  # where on the other side each word stands

    def __init__(self, before: list[str], after: list[str], budget: _Budget, *, autojunk: bool = False) -> None:
        super().__init__(None, before, after, autojunk=autojunk)
        self.budget = budget
        self.times = [1 + len(self.b2j.get(one, ())) for one in before]

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        """As it is found there: each word is held against all of the other side that are the same."""
        self.budget.left -= sum(self.times[alo:ahi])
        if self.budget.left < 0:
            raise _Spent
        return super().find_longest_match(alo, ahi, blo, bhi)


def compare(old: Iterable[str], new: Iterable[str], *, steps: int | None = None) -> Comparison:
    """Two texts, each in pieces that follow one another: the pages of a document, or one text by itself.

    `steps` is for a page that compares several times: how many of the most that a page may take this one may.
    """
    (before, cut_before), (after, cut_after) = _sentences(old), _sentences(new)
    # One more than is shown, to say that there are more.
    rows = list(islice(_rows(before, after, _Budget(steps or MOST_STEPS)), MOST_ROWS + 1))
    return Comparison(rows[:MOST_ROWS], cut_before or cut_after or len(rows) > MOST_ROWS)


def _sentences(pieces: Iterable[str]) -> tuple[list[str], bool]:
    """The sentences, with the ends of lines gone: what moved to another line has not changed."""
    length, texts = 0, []
    for text in pieces:
        texts.append(text[: MOST_LETTERS - length])
        length += len(text)
        if length > MOST_LETTERS:
            break
    parted = (" ".join(sentence.split()) for text in texts for sentence in SENTENCE.split(text))
    sentences = [sentence for sentence in parted if sentence]
    return sentences[:MOST_SENTENCES], length > MOST_LETTERS or len(sentences) > MOST_SENTENCES


def _rows(before: list[str], after: list[str], budget: _Budget) -> Iterator[Row]:
    try:
        steps = _Matcher(before, after, budget, autojunk=True).get_opcodes()
    except _Spent:
        steps = [("replace", 0, len(before), 0, len(after))]
    for kind, a, b, c, d in steps:
        if kind == "equal":
            yield from _same(before[a:b], at_start=a == 0, at_end=b == len(before) and d == len(after))
            continue
        for left, right in _paired(before[a:b], after[c:d], budget):
            yield _beside(left, right, budget)


def _paired(old: list[str], new: list[str], budget: _Budget) -> Iterator[tuple[str, str]]:
    """What belongs together in a passage that changed: in order, and as much alike as it can be.

    What has nothing like it on the other side stands beside what has not, either, or beside nothing.
    """
    pairs, steps = [], STEPS_A_PAIR * len(old) * len(new)
    # As much is left for the words as goes into this.
    if max(len(old), len(new)) > 1 and 2 * steps <= budget.left:
        budget.left -= steps
        pairs = _most_alike(old, new)
    a = c = 0
    for b, d in [*pairs, (len(old), len(new))]:
        yield from zip_longest(old[a:b], new[c:d], fillvalue="")
        if b < len(old):
            yield old[b], new[d]
        a, c = b + 1, d + 1


def _most_alike(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """Of all pairs that keep the order of both sides those whose likeness is greatest together."""
    before, after = ([set(WORDS.findall(one.lower())) for one in side] for side in (old, new))
    # From the end: how alike the rest is at best, and what to do for it: take both, or leave out one.
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            likeness = 2 * len(before[i] & after[j]) / (len(before[i]) + len(after[j]) or 1)
            both = likeness + best[i + 1][j + 1] if likeness >= ALIKE else 0.0
            best[i][j] = max(both, best[i + 1][j], best[i][j + 1])
    pairs, i, j = [], 0, 0
    while i < len(old) and j < len(new):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return pairs


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


def _beside(old: str, new: str, budget: _Budget) -> Row:
    """Word by word; where one is missing, or too long, or the budget is spent, as wholly changed."""
    differs = old != new
    whole = Row([Piece(old, differs)] if old else [], [Piece(new, differs)] if new else [])
    if not old or not new or max(len(old), len(new)) > LONGEST_SENTENCE:
        return whole
    before, after = WORD.findall(old), WORD.findall(new)
    left, right = [], []
    try:
        steps = _Matcher(before, after, budget).get_opcodes()
    except _Spent:
        return whole
    for kind, a, b, c, d in steps:
        changed = kind != "equal"
        if b > a:
            left.append(Piece("".join(before[a:b]), changed))
        if d > c:
            right.append(Piece("".join(after[c:d]), changed))
    return Row(left, right)
