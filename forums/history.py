"""A part of a room's chat as its reader sees it: fifty messages, by day, the newest last."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from forums.models.chat import MESSAGE, ChatMessage, ChatQuerySet, ChatReaction
from network import rendering
from network.models.items import State
from network.models.people import User
from network.models.records import RoomEvent
from network.models.rooms import Room

A_PAGE = 50
QUOTE = 90  # characters of what is answered

Row = dict[str, Any]


@dataclass(frozen=True)
class Cut:
    """Which part: `older` messages up to the number `at`, and `newer` beyond it. The newest where `at` is None."""

    at: int | None = None
    older: int = A_PAGE
    newer: int = 0


def below(number: int) -> Cut:
    """What was said before the message of this number."""
    return Cut(at=number - 1)


def above(number: int) -> Cut:
    """What was said after the message of this number."""
    return Cut(at=number, older=0, newer=A_PAGE)


def around(number: int) -> Cut:
    """What led to the message of this number, and what followed."""
    return Cut(at=number, older=A_PAGE // 2, newer=A_PAGE // 2)


@dataclass(frozen=True)
class History:
    """`days`: (day, rows); `before` and `after`: the numbers beyond which there is more, None where there is not;
    `newest`: the newest number of the log when the room was fetched, from which a socket goes on."""

    days: list[tuple[date, list[Row]]]
    before: int | None
    after: int | None
    newest: int


def read(user: User, room: Room, *, moderates: bool, cut: Cut = Cut(), linked: int | None = None) -> History:
    """That part of the room's chat, or the newest where nothing lies there. Three queries, for the newest two.

    `room` is fetched before, so that its newest number is not beyond what is shown here. `linked` is the number of
    the message that a link has led to.
    """
    rows = _placed(user, room, moderates=moderates).select_related("author", "partner", "reply_to__author")
    older = rows if cut.at is None else rows.filter(seq__lte=cut.at)
    # One more on either side tells whether there is more.
    back = list(older.order_by("-seq")[: cut.older + 1])
    on = list(rows.filter(seq__gt=cut.at).order_by("seq")[: cut.newer + 1]) if cut.at is not None else []
    shown = [*reversed(back[: cut.older]), *on[: cut.newer]]
    if not shown and cut.at is not None:
        return read(user, room, moderates=moderates)
    there = {message.seq for message in shown}
    pressed = _pressed(user, shown)
    return History(
        days=_by_day(
            [
                row(user, message, there)
                | {"linked": message.seq == linked}
                | _own_reactions(pressed.get(message.pk, 0))
                for message in shown
            ]
        ),
        before=shown[0].seq if len(back) > cut.older else None,
        after=shown[-1].seq if len(on) > cut.newer else None,
        newest=room.last_seq,
    )


def _pressed(user: User, shown: Iterable[ChatMessage]) -> dict[int, int]:
    """Message → the kinds of reactions that are this person's own, as one number."""
    own = ChatReaction.objects.filter(user=user, message__in=[message.pk for message in shown])
    return dict(own.order_by().values("message").annotate(bits=Sum("kind")).values_list("message", "bits"))


def _own_reactions(bits: int) -> Row:
    return {"thanked": bool(bits & ChatReaction.Kind.THANK), "agrees": bool(bits & ChatReaction.Kind.AGREE)}


def pinned(user: User, room: Room) -> list[Quote]:
    """What is pinned in the room, each with its first words and its number. One query."""
    rows = ChatMessage.objects.visible_to(user).pinned_in(room).select_related("author")
    return [shown for message in rows if (shown := quote(message)) is not None]


def standing(user: User, room: Room, number: int, *, moderates: bool) -> int | None:
    """The number under which the message stands now that was once said under `number`; None for none that is there
    for this person. One query."""
    said = RoomEvent.objects.filter(room=room, seq=number, kind=MESSAGE).values("part_id")
    found = _placed(user, room, moderates=moderates).filter(pk__in=said)
    return found.values_list("seq", flat=True).first()


def first_on(user: User, room: Room, day: date, *, moderates: bool) -> int | None:
    """The number of the first message of that day, in the reader's zone, or of the first day after it. One query."""
    begin = timezone.make_aware(datetime.combine(day, time.min))
    rows = _placed(user, room, moderates=moderates).filter(shown_at__gte=begin)
    return rows.order_by("shown_at", "seq").values_list("seq", flat=True).first()


def _placed(user: User, room: Room, *, moderates: bool) -> ChatQuerySet:
    return ChatMessage.objects.filter(room=room, seq__isnull=False).placed_for(user, moderates=moderates)


def row(user: User, message: ChatMessage, there: Container[int | None]) -> Row:
    """What a template says of one message; `there` are the numbers that stand on the same page."""
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
        "withdrawn": message.withdrawn_at is not None,
        "edited": None if retracted else message.edited_at,
        "held": message.state == State.HELD,
        "quote": None if retracted else quote(message.reply_to),
        "quote_url": _address(message.reply_to.seq, there) if message.reply_to else "",
        "pinned": not retracted and message.pinned_at is not None,
        "thanks": 0 if retracted else message.thanks,
        "agreed": 0 if retracted else message.agreed,
        "report_url": "" if retracted or message.author_id == user.pk else f"?report={message.seq}",
        "reply_to": message.reply_to.seq if message.reply_to else None,
    }


def _address(number: int | None, there: Container[int | None]) -> str:
    return f"#message-{number}" if number in there else f"?message={number}#message-{number}"


@dataclass(frozen=True)
class Quote:
    """What an answer shows of the message it answers: its first words as they are now, none where it is gone."""

    seq: int | None
    name: str
    words: str
    gone: bool

    def __str__(self) -> str:
        return (
            _("A message that is not there any more")
            if self.gone
            else _("%(name)s: %(words)s") % {"name": self.name, "words": self.words}
        )


def quote(answered: ChatMessage | None) -> Quote | None:
    """The quotation of what is answered. What cannot be read by all is quoted for nobody, moderators included."""
    if answered is None:
        return None
    if answered.state != State.PUBLISHED:
        return Quote(answered.seq, "", "", gone=True)
    words = Truncator(" ".join(rendering.to_text(answered.html).split())).chars(QUOTE)
    return Quote(answered.seq, answered.author.name, words, gone=False)


def _by_day(rows: list[Row]) -> list[tuple[date, list[Row]]]:
    days: list[tuple[date, list[Row]]] = []
    for one in rows:
        # Messages stand in the order in which all could read them; the day only ever goes on.
        if not days or one["day"] > days[-1][0]:
            days.append((one["day"], []))
        days[-1][1].append(one)
    return days
