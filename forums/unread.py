"""What is new for somebody in discussions, told from numbers that are stored: no posts are counted.

A discussion numbers its posts as they become readable for all. New for somebody is what of these numbers still stands
and is not in what they have read; held posts have no number, removed ones are gone, their own are read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from forums import numbers
from forums.models.threads import Post, Thread
from network.labels import Label
from network.models.rooms import Room


def reckon(threads: Iterable[Any]) -> None:
    """Sets `read` and `unread` on threads that were fetched `with_reading`. No query, or two for all of one room.

    The two are for those in which something was said since their reader marked the room as read.
    """
    marked: dict[datetime, list[Any]] = {}
    for thread in threads:
        thread.read = numbers.runs(thread.read_numbers or "")
        if not _is_under_the_mark(thread):
            continue
        if thread.active_at <= thread.room_read_at:
            thread.read = numbers.joined(thread.read, _standing(thread, thread.last_number))
        elif numbers.lacking(_read_or_gone(thread), thread.last_number):
            marked.setdefault(thread.room_read_at, []).append(thread)
    for moment, late in marked.items():
        by_then = standing_at(late, moment)
        for thread in late:
            thread.read = numbers.joined(thread.read, by_then[thread.pk])
    for thread in threads:
        thread.unread = numbers.lacking(_read_or_gone(thread), thread.last_number)


def first_new(thread: Thread) -> int | None:
    """The number of the oldest post that is new for whom `reckon` was asked."""
    return numbers.first_lacking(_read_or_gone(thread), thread.last_number)


def beyond_the_mark(room: Room) -> Q:
    """On Thread, in a room: those that the room's mark does not speak for.

    Whoever marks a room as read has not seen what a strict label keeps from them, and might be named one day.
    """
    strict = Q(tlp__gt=Label.AMBER) | Q(parent__tlp__gt=Label.AMBER)
    return strict | ~Q(room=room)


def standing_at(threads: Collection[Thread], moment: datetime) -> dict[int, numbers.Runs]:
    """By thread, the numbers of what all could read at that moment and still can, undisturbed. Two queries."""
    then = Post.objects.filter(thread=OuterRef("pk"), shown_at__lte=moment).order_by("-number").values("number")
    rows = Thread.objects.filter(pk__in=[thread.pk for thread in threads]).annotate(last_then=Subquery(then[:1]))
    last = {pk: number or 0 for pk, number in rows.values_list("pk", "last_then")}
    # What was let stand again has come later than its number says.
    again = Post.objects.filter(thread__in=list(last), shown_at__gt=moment, decided_at__isnull=False)
    later: dict[int, list[int]] = {}
    for pk, number in again.values_list("thread", "number"):
        later.setdefault(pk, []).append(number or 0)
    return {
        thread.pk: numbers.without(_standing(thread, last[thread.pk]), numbers.of(later.get(thread.pk, ())))
        for thread in threads
    }


def _is_under_the_mark(thread: Any) -> bool:
    mark = thread.room_read_at
    if mark is None or (thread.marked_from is not None and mark < thread.marked_from):
        return False
    return thread.effective_label <= Label.AMBER


def _standing(thread: Thread, last: int) -> numbers.Runs:
    return numbers.without(numbers.up_to(last), numbers.runs(thread.gone))


def _read_or_gone(thread: Thread) -> numbers.Runs:
    return numbers.joined(thread.read, numbers.runs(thread.gone))
