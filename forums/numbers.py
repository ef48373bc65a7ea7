"""Sets of numbers as text: "1-40 43". A discussion counts its posts; what somebody has read of it is such a set.

A text rather than a number up to which one has read: a page is read in the order of the tree, and a post that is
removed and let stand again is neither lost nor new to who had read it.
"""

from __future__ import annotations

from collections.abc import Iterable

# First and last of each run, in order, with a hole between two runs.
Runs = tuple[tuple[int, int], ...]


def runs(text: str) -> Runs:
    """The set that a text stands for; "" is none."""
    found = []
    for piece in text.split():
        first, _dash, last = piece.partition("-")
        found.append((int(first), int(last or first)))
    return tuple(found)


def text(numbers: Runs) -> str:
    """The text that stands for a set."""
    return " ".join(str(first) if first == last else f"{first}-{last}" for first, last in numbers)


def of(numbers: Iterable[int]) -> Runs:
    """These numbers as a set."""
    return joined((number, number) for number in numbers)


def up_to(last: int) -> Runs:
    """All numbers from 1 to `last`."""
    return ((1, last),) if last > 0 else ()


def joined(*sets: Iterable[tuple[int, int]]) -> Runs:
    """What is in any of these."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(run for one in sets for run in one):
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return tuple(found)


def without(numbers: Runs, others: Runs) -> Runs:
    """The set less what is in the other."""
    found = list(numbers)
    for start, end in others:
        cut = [((first, min(last, start - 1)), (max(first, end + 1), last)) for first, last in found]
        found = [run for pieces in cut for run in pieces if run[0] <= run[1]]
    return joined(found)


def holds(numbers: Runs, one: int) -> bool:
    """Whether the number is in the set."""
    return any(first <= one <= last for first, last in numbers)


def lacking(numbers: Runs, last: int) -> int:
    """How many numbers from 1 to `last` are not in the set."""
    return last - sum(min(end, last) - first + 1 for first, end in numbers if first <= last)


def first_lacking(numbers: Runs, last: int) -> int | None:
    """The first number from 1 to `last` that is not in the set."""
    wanted = 1
    for first, end in numbers:
        if first > wanted:
            break
        wanted = end + 1
    return wanted if wanted <= last else None
