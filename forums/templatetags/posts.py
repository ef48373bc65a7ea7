"""The posts of a page and the discussions of a list, written out (forums.markup, forums.row_markup)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.template import Context
from django.template.defaulttags import CsrfTokenNode
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from forums.markup import Writer
from forums.row_markup import Rows

register = template.Library()


@register.simple_tag(takes_context=True)
def posts(context: Context, rows: list[dict[str, Any]]) -> SafeString:
    """All of them, as the page says of its reader: may_reply, moderates, may_mark, answer (forums/_posts.html)."""
    writer = Writer(
        may_reply=bool(context.get("may_reply")),
        moderates=bool(context.get("moderates")),
        may_mark=bool(context.get("may_mark")),
        answer=context.get("answer"),
        token=SafeString(CsrfTokenNode().render(context)),
    )
    poll = next((row["poll"] for row in rows if row.get("poll")), None)
    if poll is None:
        return writer.written(rows)
    about = {"poll": poll, "linked": True, "csrf_token": context.get("csrf_token")}
    return writer.written(rows, poll=render_to_string("forums/_poll.html", about))


@register.simple_tag
def threads(found: Iterable[Any], *, rooms: object = False, pins: object = False) -> SafeString:
    """The rows of a list; `rooms` and `pins` say what else each row says (forums/_threads.html)."""
    return Rows(rooms=bool(rooms), pins=bool(pins)).written(found)
