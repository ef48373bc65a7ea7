"""Cells of tables that people open in a spreadsheet, which would run what looks like a formula."""

from __future__ import annotations

import re

# The last four are the wide signs of East Asia, which spreadsheets read as the plain ones.
SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
FORMULA = (*SIGNS, "\t", "\r", "\n")
# In most of Europe a spreadsheet takes the semicolon for the separator of any CSV. Then it knows nothing of our
# quotation marks either, and a new cell begins inside of a text: after each semicolon, and on each new line.
_BEGINS = f"^(?='*[{re.escape(''.join(FORMULA))}])|[;\\t\\r\\n][\" ]*(?='*[{re.escape(''.join(SIGNS))}])"
_WOULD_RUN = re.compile(_BEGINS)
_MADE_HARMLESS = re.compile(f"({_BEGINS})'")


def harmless(text: object) -> str:
    """The text of a cell; with an apostrophe wherever a spreadsheet would begin to read a formula.

    A text that looks as if it had been made harmless already gets one more, so that `typed` gives back what it was.
    """
    return _WOULD_RUN.sub(r"\g<0>'", str(text))


def typed(cell: str) -> str:
    """What stood in a cell before it was made harmless."""
    return _MADE_HARMLESS.sub(r"\1", cell)
