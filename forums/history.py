"""A page of a room's chat as its reader sees it: fifty messages, by day, the newest last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from forums.models.chat import ChatMessage
from network import rendering
from network.models.items import State
from network.models.people import User
from network.models.rooms import Room

A_PAGE = 50
QUOTE = 90  # characters of what is answered

Row = dict[str, Any]


@dataclass(frozen=True)
class History:
    """`days`: (day, rows); `before`: the number that earlier messages lie below, None at the beginning;
    `newest`: the newest number of the log at that moment, None on a page of older messages."""

    days: list[tuple[date, list[Row]]]
    before: int | None
    newest: int | None


def read(user: User, room: Room, *, moderates: bool, below: int | None = None) -> History:
    """The newest messages of the room, or those with a number below `below`. One query.

    `room` is fetched before, so that its newest number is not beyond what is shown here.
    """
    rows = ChatMessage.objects.filter(room=room, seq__isnull=False).placed_for(user, moderates=moderates)
    if below is not None:
        rows = rows.filter(seq__lt=below)
    rows = rows.select_related("author", "partner", "reply_to__author").order_by("-seq")
    found = list(rows[: A_PAGE + 1])
    shown = [row(user, message) for message in reversed(found[:A_PAGE])]
    at_end = below is None or below > room.last_seq
    return History(
        days=_by_day(shown),
        before=found[A_PAGE - 1].seq if len(found) > A_PAGE else None,
        newest=room.last_seq if at_end else None,
    )


def row(user: User, message: ChatMessage) -> Row:
    """What a template says of one message."""
    retracted = message.state == State.REMOVED
    return {
        "seq": message.seq,
        "client_id": message.client_id,
        "author": message.author,
        "partner": message.partner.short_name if message.partner else "",
        "language": message.author.language,
        "own": message.author_id == user.pk,
        "at": message.at,
        "day": timezone.localdate(message.shown_at or message.at),
        "html": "" if retracted else message.html,
        "retracted": retracted,
        "held": message.state == State.HELD,
        "quote": quote(message.reply_to),
        "report_url": "" if retracted or message.author_id == user.pk else f"?report={message.seq}",
        "reply_to": message.reply_to.seq if message.reply_to else None,
    }


def quote(answered: ChatMessage | None) -> str:
    """The first words of what is answered; none of what cannot be read by all."""
    if answered is None:
        return ""
    if answered.state != State.PUBLISHED:
        return _("A message that was taken away")
    words = Truncator(" ".join(rendering.to_text(answered.html).split())).chars(QUOTE)
    return _("%(name)s: %(words)s") % {"name": answered.author.name, "words": words}


def _by_day(rows: list[Row]) -> list[tuple[date, list[Row]]]:
    days: list[tuple[date, list[Row]]] = []
    for one in rows:
        # Messages stand in the order in which all could read them; the day only ever goes on.
        if not days or one["day"] > days[-1][0]:
            days.append((one["day"], []))
        days[-1][1].append(one)
    return days
