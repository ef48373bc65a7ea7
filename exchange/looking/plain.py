"""Plain text, in whichever of the usual codings it was written, and tables in plain text (CSV)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import BinaryIO

from exchange.looking.wire import MOST_WORDS, Words

# What may stand between the cells of a CSV; first those that are rarer within a cell.
BETWEEN = ";\t,|"
FIRST_LINES = 20  # by which it is told


def look(file: BinaryIO, *, table: bool = False) -> None:
    """All of it is its first page."""
    content = file.read(MOST_WORDS + 1)
    text = decoded(content[:MOST_WORDS])
    Words().say(1, _rows(text) if table else text, more=len(content) > MOST_WORDS)


def row(cells: Iterable[str]) -> str:
    """A row of a table as a line whose cells stand apart; empty ones at its end are left out."""
    return " | ".join(" ".join(cell.split()) for cell in cells).rstrip(" |")


def _rows(text: str) -> str:
    lines = text[: FIRST_LINES * 1_000].splitlines()[:FIRST_LINES]
    # Python's own sniffer takes the comma of 1,5;2,5 for what stands between.
    between = max(BETWEEN, key=lambda one: sum(one in line for line in lines))
    try:
        return "\n".join(row(cells) for cells in csv.reader(io.StringIO(text, newline=""), delimiter=between))
    except csv.Error:
        return text  # no table that can be read: as it was written


def decoded(content: bytes) -> str:
    """UTF-8 or UTF-16 where it says or is so, else what Windows writes in western Europe."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        if len(content) == MOST_WORDS and fault.start > len(content) - 4:
            return content.decode("utf-8-sig", errors="ignore")  # cut off within a letter
        return content.decode("cp1252", errors="replace")
