"""Plain text, in whichever of the usual codings it was written."""

from __future__ import annotations

from typing import BinaryIO

from exchange.looking.wire import MOST_WORDS, Words


def look(file: BinaryIO) -> None:
    """All of it is its first page."""
    Words().say(1, decoded(file.read(MOST_WORDS)))


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
