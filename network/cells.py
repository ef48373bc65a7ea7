"""Cells of tables that people open in a spreadsheet, which would run what looks like a formula."""

from __future__ import annotations

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: object) -> str:
    """The text of a cell; with an apostrophe before it where a spreadsheet would read a formula."""
    words = str(text)
    return f"'{words}" if words.startswith(FORMULA) else words
