"""The order of a discussion as text: each post's path is its parent's and its own number there.

Numbers have a fixed width in base 36, so that sorting by path is reading the tree from its top,
each answer below what it answers, the older before the younger.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

WIDTH = 4  # 36 ** 4: more than a million and a half answers to one post
DEEPEST = 50  # below, answers stand beside what they answer; a path stays short enough to index
SHOWN_DEPTH = 3  # steps that a page indents, so four levels; deeper ones stand in line and say whom they answer

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Behind every path. Where a question names both ends, PostgreSQL looks along the paths whatever else it could go by.
END = "Z" * WIDTH * (DEEPEST + 2)


def segment(number: int) -> str:
    """The number of a post among its siblings (from 0) as a piece of a path. OverflowError beyond."""
    if not 0 <= number < 36**WIDTH:
        raise OverflowError(f"no place for answer {number}")
    digits = ""
    for _ in range(WIDTH):
        number, rest = divmod(number, 36)
        digits = DIGITS[rest] + digits
    return digits


def ancestor(path: str) -> str:
    """The path of what stands above; "" for a post at the top."""
    return path[:-WIDTH]


def nested(depths: Sequence[int]) -> Iterator[tuple[str, str]]:
    """The list markup before and after each row of a page, whose depths are given in order.

    A page may begin in the middle of a tree and leave out what one may not see, so depths may jump:
    every jump down opens one list, and each list is closed that is deeper than what follows.
    """
    open_lists: list[int] = []
    for index, depth in enumerate(depths):
        if open_lists and open_lists[-1] == depth:
            before = "<li>"
        else:
            open_lists.append(depth)
            before = '<ol class="thread"><li>'
        following = depths[index + 1] if index + 1 < len(depths) else -1
        after = ""
        if following <= depth:
            after = "</li>"
            while open_lists and open_lists[-1] > following:
                open_lists.pop()
                after += "</ol>"
                if open_lists and open_lists[-1] >= following:
                    after += "</li>"
        yield before, after


def shown_depth(row: dict[str, Any], top: int) -> int:
    """How far a page indents a post: from the replies at `top` on, at most SHOWN_DEPTH steps."""
    return min(max(row["depth"] - top, 0), SHOWN_DEPTH)
