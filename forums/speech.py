"""A chat message as HTML: a little Markdown, and everything else as it was typed.

Unlike a post, a message is plain text first: markup in it is shown and not followed, so that nobody
loses a word by writing "a < b", and an address is shown in full and never hidden behind other words.
"""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt

VERSION = 1

TAGS = {"blockquote", "br", "code", "em", "li", "ol", "p", "pre", "s", "strong", "ul"}
RULES = ["backticks", "blockquote", "emphasis", "escape", "fence", "list", "newline", "strikethrough"]

# One line end is meant where it is typed.
_markdown = MarkdownIt("zero", {"html": False, "breaks": True}).enable(RULES)


def to_html(body: str) -> str:
    """Safe HTML of a message: emphasis, code, quotes and lists."""
    return nh3.clean(_markdown.render(body), tags=TAGS, attributes={"ol": {"start"}})
