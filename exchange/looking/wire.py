"""What the looking process says, and how much of it: a line of JSON, then as many bytes as the line announces.

{"kind": "pages", "number": 300, "bytes": 0}
{"kind": "text", "number": 1, "bytes": 2048} and the words of page 1 in UTF-8
{"kind": "picture", "number": 1, "width": 320, "height": 453, "bytes": 9000} and a WebP
{"kind": "cut", "bytes": 0} there are more words than are said: before or among them, at most once
{"kind": "done", "bytes": 0} last of all: without it, it did not end by itself
"""

from __future__ import annotations

import json
import sys
from typing import Any

MOST_TEXTS = 2_000  # pages with their words
MOST_PICTURES = 500  # pages with their pictures
MOST_WORDS = 5_000_000  # bytes of all words together
LARGEST_PICTURE = 4_000_000  # bytes of one
LONGEST_LINE = 500  # bytes
WIDTHS = (1200, 320)
TALLEST = 3  # times as high as wide; what is higher is shown smaller, with white beside it
SECONDS = 150  # of the processor, after which no further page is begun; what comes later is cut off


def say(kind: str, payload: bytes = b"", **more: Any) -> None:
    """One thing that was found."""
    line = json.dumps({"kind": kind, **more, "bytes": len(payload)})
    sys.stdout.buffer.write(line.encode() + b"\n" + payload)


class Words:
    """Says the words of pages until there are enough of them."""

    def __init__(self) -> None:
        self.left = MOST_WORDS
        self.cut = False

    def say(self, number: int, text: str, *, more: bool = False) -> None:
        """The words of one page; what is beyond the bounds is left out, and that is said. `more`: was left out before.

        It is said first, so that it is known even where the process is ended before it is done.
        """
        payload = text.encode(errors="replace")
        if more or number > MOST_TEXTS or len(payload) > self.left:
            self.say_cut()
        if number > MOST_TEXTS or self.left <= 0:
            return
        if len(payload) > self.left:
            payload = payload[: self.left].decode(errors="ignore").encode()  # no half letter at its end
            self.left = 0
        else:
            self.left -= len(payload)
        say("text", payload, number=number)

    def say_cut(self) -> None:
        """There is more to read than is said."""
        if not self.cut:
            self.cut = True
            say("cut")
