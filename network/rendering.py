"""What people write, as HTML that may stand on a page: Markdown or HTML in, a short list of elements out.

Forbidden markup is dropped, not escaped, and always here on the server, whatever a browser did before.
What is stored beside its source carries `VERSION`, so that a better renderer finds what an older one made.
"""

from __future__ import annotations

import re
from html import unescape

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

VERSION = 2

TAGS = {
    "a", "abbr", "b", "blockquote", "br", "cite", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4",
    "h5", "h6", "hr", "i", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "small", "span", "strong", "sub",
    "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "*": {"lang", "dir"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
SCHEMES = {"http", "https", "mailto"}
# A line end between these is a gap between words once the marks are gone.
BLOCK = re.compile(r"</?(?:p|div|h[1-6]|li|ul|ol|dl|dt|dd|br|hr|tr|td|th|table|blockquote|pre)\b[^>]*>")
HEADING = re.compile(r"<(/?)h([1-6])([ >])")

# What begins with one of these and has no empty line is HTML from end to end, for Markdown as well.
WHOLE = re.compile(r"\s*<(?:p|h[1-6]|ul|ol|blockquote|table|pre|hr|div)[\s>/]", re.IGNORECASE)
LISTING = re.compile(r"<pre[\s>].*?</pre>", re.IGNORECASE | re.DOTALL)
EMPTY_LINE = re.compile(r"\n[ \t]*\n")

# One line end is meant where it is typed: few who write here know that Markdown wants two.
_markdown = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable(["table", "strikethrough"])


def to_html(source: str, *, top: int = 3) -> SafeString:
    """Safe HTML of Markdown, of HTML or of both mixed. No pictures, forms, styles, classes or ids.

    `top` is the level of the highest heading (1 to 6), so that headings follow those of the page without a gap.
    """
    source = source.replace("\0", "")
    clean = nh3.clean(
        source if is_html(source) else _markdown.render(source), tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES
    )
    return mark_safe(_levelled(clean, top))  # noqa: S308 - cleaned in the line above


def is_html(source: str) -> bool:
    """Whether it is HTML from end to end, as the rich text editor sends it: nothing in it is meant as Markdown.

    Listings may hold empty lines, which would end the HTML for Markdown.
    """
    return bool(WHOLE.match(source)) and not EMPTY_LINE.search(LISTING.sub("", source.strip()))


def to_text(html: str) -> str:
    """The words of rendered HTML, a line per block, for search, mail, calendars and excerpts."""
    bare = nh3.clean(BLOCK.sub("\n", html), tags=set())
    lines = (" ".join(line.split()) for line in unescape(bare).splitlines())
    return "\n".join(line for line in lines if line)


def _levelled(html: str, top: int) -> str:
    """Headings from `top` on, none deeper than one below the one before it."""
    used = sorted({int(level) for _slash, level, _end in HEADING.findall(html)})
    wanted = {level: min(6, top + rank) for rank, level in enumerate(used)}
    last = top - 1

    def written(match: re.Match[str]) -> str:
        nonlocal last
        slash, level, end = match.groups()
        if not slash:
            last = min(wanted[int(level)], last + 1)
        return f"<{slash}h{last}{end}"

    return HEADING.sub(written, html)
