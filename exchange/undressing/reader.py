"""Reading exactly so many bytes, and copying them block by block, so that no picture is ever whole in memory."""

from __future__ import annotations

from typing import IO

BLOCK = 256 * 1024


class Damaged(Exception):  # noqa: N818 - a finding, not an error
    """The picture is not made as its kind is."""


def exactly(source: IO[bytes], count: int) -> bytes:
    """The next `count` bytes. Raises Damaged where there are fewer."""
    found = source.read(count)
    if len(found) != count:
        raise Damaged
    return found


def copy(source: IO[bytes], target: IO[bytes], count: int) -> None:
    """The next `count` bytes go over. Raises Damaged where there are fewer."""
    while count:
        block = exactly(source, min(count, BLOCK))
        target.write(block)
        count -= len(block)


def skip(source: IO[bytes], count: int) -> None:
    """The next `count` bytes stay behind. Raises Damaged where there are fewer."""
    while count:
        count -= len(exactly(source, min(count, BLOCK)))
