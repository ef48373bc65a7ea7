"""Where a phrase stands in a text. Capitals, accents and line ends make no difference, and the last word may go on.

Texts are long and made by others, and no other thread goes on while one call of ours reads one: so they are made plain
slice by slice, letter by letter, and then searched as they are, in which no text takes longer than its length.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

EXCERPT = 70  # letters on each side of what was found
MOST_HITS = 100

SLICE = 20_000  # letters that are made plain in one call
GAP = re.compile(r"\s+")
MARKS = re.compile("[\u0300-\u036f]")  # accents, parted from their letters
LAST_OF_PARTS = 0x2FA1D  # beyond it no letter has parts


@dataclass(frozen=True)
class Hit:
    """One place where a phrase stands: the number of the text, and the words around it."""

    number: int
    before: str
    match: str
    after: str


def find(texts: Iterable[tuple[int, str]], phrase: str) -> tuple[list[Hit], int]:
    """Where the words of `phrase` stand one after the other, and how many places there are beyond those named.

    One place for each text.
    """
    wanted = plain(phrase)
    if not wanted:
        return [], 0
    hits: list[Hit] = []
    more = 0
    for number, text in texts:
        source = evened(text)
        flat = folded(source)
        at = flat.find(wanted)
        if at < 0:
            continue
        if len(hits) == MOST_HITS:
            more += 1
            continue
        hits.append(hit_in(number, as_shown(source, flat), at, at + len(wanted)))
    return hits, more


def hit_in(number: int, text: str, start: int, end: int) -> Hit:
    """One place in a text that is evened, with the words around it."""
    before, after = text[max(0, start - EXCERPT) : start], text[end : end + EXCERPT]
    dots_before, dots_after = "…" if start > EXCERPT else "", "…" if end + EXCERPT < len(text) else ""
    return Hit(number, f"{dots_before}{before}", text[start:end], f"{after}{dots_after}")


def plain(phrase: str) -> str:
    """The words of a phrase, as they stand in a text that is evened and folded; "" for no words."""
    return " ".join(folded(phrase).split())


def evened(text: str) -> str:
    """A text with one space for each of its gaps."""
    parts: list[str] = []
    for part in _slices(text):
        one = GAP.sub(" ", part)
        # A gap may go on from one slice to the next.
        parts.append(one.removeprefix(" ") if parts and parts[-1].endswith(" ") else one)
    return "".join(parts)


def folded(text: str) -> str:
    """A text without capitals and accents."""
    if text.isascii():
        return text.lower()
    return "".join(part.lower().translate(_without_marks()) for part in _slices(text))


def as_shown(text: str, flat: str) -> str:
    """What is shown of a text: where letters became more or fewer by folding, the folded words."""
    return text if len(text) == len(flat) else flat


def _slices(text: str) -> list[str]:
    return [text[start : start + SLICE] for start in range(0, len(text), SLICE)]


@cache
def _without_marks() -> dict[int, str]:
    """Each letter that has parts, with what is left of it without accents.

    Letter by letter, since to bring many marks of a whole text into their order takes the square of their number.
    """
    table = {}
    for code in range(0x80, LAST_OF_PARTS + 1):
        sign = chr(code)
        left = MARKS.sub("", unicodedata.normalize("NFD", sign))
        if left != sign:
            table[code] = left
    return table
