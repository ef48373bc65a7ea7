"""A saved web page: its words alone. Nothing of it is run, drawn or fetched; this reader knows only tags and text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import BinaryIO

from exchange.looking.plain import decoded
from exchange.looking.wire import MOST_WORDS, Words

# What stands in these is nothing that anybody reads.
UNREAD = frozenset({"script", "style", "template", "iframe", "object", "svg", "math", "canvas", "noembed", "noframes"})
# After these a line ends; all other marks stand within one.
LINES = frozenset(
    {"address", "article", "aside", "blockquote", "br", "caption", "dd", "details", "div", "dl", "dt", "fieldset"}
    | {"figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend", "li"}
    | {"main", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "title", "tr", "ul"}
)
CELLS = frozenset({"td", "th"})
GAP = re.compile(r"\s+")
# The old codings that a page may name for itself; UTF-8 and UTF-16 are known without.
NAMED = re.compile(rb"charset\s*=\s*[\"']?\s*(windows-125[0-8]|iso-8859-(?:1[013-6]|[1-9])|koi8-[ru])\b", re.IGNORECASE)
HEAD = 4096  # bytes in which it is named


class _Reader(HTMLParser):
    """Collects what a browser would show as text, line by line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.line: list[str] = []
        self.unread: dict[str, int] = {}

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in UNREAD:
            self.unread[tag] = self.unread.get(tag, 0) + 1
        elif tag in LINES:
            self.end_line()

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        if tag in LINES:
            self.end_line()

    def handle_endtag(self, tag: str) -> None:
        if self.unread.get(tag):
            self.unread[tag] -= 1
        elif tag in LINES:
            self.end_line()
        elif tag in CELLS:
            self.line.append(" ")

    def handle_data(self, data: str) -> None:
        if not any(self.unread.values()):
            self.line.append(data)

    def end_line(self) -> None:
        """What has been collected, as one line, where it is more than a gap."""
        text = GAP.sub(" ", "".join(self.line)).strip()
        if text:
            self.lines.append(text)
        self.line = []


def look(file: BinaryIO) -> None:
    """All of it is its first page."""
    whole = file.read(MOST_WORDS + 1)
    content = whole[:MOST_WORDS]
    named = NAMED.search(content[:HEAD])
    text = content.decode(named[1].decode(), errors="replace") if named else decoded(content)
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader.end_line()
    Words().say(1, "\n".join(reader.lines), more=len(whole) > MOST_WORDS)
