"""Cells of tables that people open in a spreadsheet, which would run what looks like a formula."""

from __future__ import annotations

import re

# The last four are the wide signs of East Asia, which spreadsheets read as the plain ones.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_SIGNS = "".join(FORMULA).replace("-", r"\-")
_WOULD_RUN = re.compile(f"'*[{_SIGNS}]")
_MADE_HARMLESS = re.compile(f"'+[{_SIGNS}]")


def harmless(text: object) -> str:
    """The text of a cell; with an apostrophe before it where a spreadsheet would read a formula.

    A text that looks as if it had been made harmless already gets one more, so that `typed` gives back what it was.
    """
    words = str(text)
    return f"'{words}" if _WOULD_RUN.match(words) else words


def typed(cell: str) -> str:
    """What stood in a cell before it was made harmless."""
    return cell[1:] if _MADE_HARMLESS.match(cell) else cell
