"""Where the pages of a long discussion begin, without counting it: its tree cut into stretches of known length.

Each stretch is kept with the path from which on it reaches and how many posts have a place there. A page is found by
adding up lengths, and at most one stretch is read to get to it, however long the discussion is. Of a discussion that is
no longer than one stretch nothing is kept.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

LONGEST = 200

# The path from which on a stretch reaches, "" for the first, and how many posts have a place in it.
Stretches = list[tuple[str, int]]


def parsed(text: str, total: int) -> Stretches:
    """The stretches that a text stands for; one of all where it does not speak of so many posts."""
    found: Stretches = []
    for piece in text.split():
        length, _colon, path = piece.partition(":")
        found.append((path, int(length)))
    return found if found and sum(length for _path, length in found) == total else [("", total)]


def text(found: Stretches) -> str:
    """The text that stands for stretches."""
    return " ".join(f"{length}:{path}" for path, length in found)


def cut(paths: Sequence[str]) -> Stretches:
    """A whole discussion, whose paths are given in order, in stretches that have room to grow."""
    half = LONGEST // 2
    return [("" if not at else paths[at], len(paths[at : at + half])) for at in range(0, len(paths), half)]


def holding(found: Stretches, path: str) -> int:
    """Which of the stretches a path lies in."""
    return max(bisect_right([first for first, _length in found], path) - 1, 0)


def reaching(found: Stretches, position: int) -> tuple[str, int]:
    """From which path on to read, and how many posts to pass over, to reach the post at `position`, from 0."""
    ends = list(accumulate(length for _path, length in found))
    at = min(bisect_right(ends, position), len(found) - 1)
    return found[at][0], position - (ends[at] - found[at][1])


def before(found: Stretches, path: str) -> tuple[str, int]:
    """From which path on to count to a path, and how many posts have a place before that one."""
    at = holding(found, path)
    return found[at][0], sum(length for _path, length in found[:at])
