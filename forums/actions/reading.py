"""Reading: what somebody has seen of a discussion, and "mark all as read". Read marks are not audited."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from forums import numbers
from forums.models.marks import Reading, RoomReading
from forums.models.threads import Post, Thread
from forums.unread import beyond_the_mark, standing_at
from network import clock
from network.labels import Label
from network.models.items import State
from network.models.people import User
from network.models.rooms import Room
from network.permissions import Level, require


@transaction.atomic
def read(*, by: User, thread: Thread, seen: numbers.Runs) -> None:
    """Somebody has had the posts of these numbers before them. Twice is once.

    The caller has fetched the discussion through the gate, or has written the post.
    """
    row, new = Reading.objects.get_or_create(user=by, thread=thread, defaults={"numbers": numbers.text(seen)})
    if new:
        return
    # Two pages of one discussion opened at once: neither takes away what the other has written down.
    row = Reading.objects.select_for_update().get(pk=row.pk)
    known = numbers.runs(row.numbers)
    together = numbers.joined(known, seen)
    if together != known:
        row.numbers, row.at = numbers.text(together), clock.now()
        row.save(update_fields=["numbers", "at"])


def see(*, by: User, thread: Thread, seen: Iterable[int]) -> None:
    """A page has shown these numbers of a thread that was fetched `with_reading`. All written down: nothing to do."""
    known, runs = numbers.runs(thread.read_numbers or ""), numbers.of(seen)
    if numbers.joined(known, runs) != known:
        read(by=by, thread=thread, seen=runs)


def choose_order(*, by: User, in_time: bool) -> None:
    """Somebody wants discussions in the order of time from now on, or as a tree. Twice is once."""
    if by.reads_in_time != in_time:
        by.reads_in_time = in_time
        by.save(update_fields=["reads_in_time"])


@transaction.atomic
def read_room(*, by: User, room: Room, until: datetime | None = None) -> None:
    """Nothing that could be read in the room's discussions before `until` (when the page was made) is new to them.

    One mark for all of the room's own, however many there are. What a stricter label or another home room may let
    them see later, but not yet, gets a row for each that they see now. A mark never goes back. Raises Unseen.
    """
    require(by, Level.VIEW, room)
    at = min(until or clock.now(), clock.now())
    mark, new = RoomReading.objects.get_or_create(user=by, room=room, defaults={"at": at})
    if not new and mark.at < at:
        RoomReading.objects.filter(pk=mark.pk, at__lt=at).update(at=at)
    apart = list(Thread.objects.in_room(room).filter(beyond_the_mark(room)).seen_inside_by(by))
    read_by_then = standing_at(apart, at)
    known = {
        row.thread_id: row
        for row in Reading.objects.select_for_update().filter(user=by, thread__in=apart).order_by("pk")
    }
    rows = []
    for thread in apart:
        row = known.get(thread.pk) or Reading(user=by, thread=thread)
        together = numbers.joined(numbers.runs(row.numbers), read_by_then[thread.pk])
        row.numbers, row.at = numbers.text(together), clock.now()
        rows.append(row)
    Reading.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["user", "thread"], update_fields=["numbers", "at"], batch_size=500
    )


def settle_marks(thread: Thread) -> None:
    """Writes down for each person what their mark on its room says of a locked thread: no mark speaks for it any more.

    Called before it goes to another room, or its posts to another discussion, where they would say something else.
    """
    moment = clock.now()
    if thread.effective_label <= Label.AMBER:
        marks = RoomReading.objects.filter(room=thread.room)
        if thread.marked_from is not None:
            marks = marks.filter(at__gte=thread.marked_from)
        posts = Post.objects.filter(thread=thread, state=State.PUBLISHED, number__isnull=False)
        shown = sorted((one.shown_at, one.number) for one in posts.only("shown_at", "number") if one.shown_at)
        at = [moment for moment, _number in shown]
        had = {
            mark.user_id: numbers.of(number or 0 for _at, number in shown[: bisect_right(at, mark.at)])
            for mark in marks
        }
        _add(thread, {person: runs for person, runs in had.items() if runs})
    Thread.objects.filter(pk=thread.pk).update(marked_from=moment)
    thread.marked_from = moment


def take_along(source: Thread, target: Thread, given: dict[int, int]) -> None:
    """What people have read under an old number they have read under the new one: `given` has the new of each old."""
    had: dict[int, numbers.Runs] = {}
    for row in Reading.objects.filter(thread=source):
        known = numbers.runs(row.numbers)
        if read_there := [new for old, new in given.items() if numbers.holds(known, old)]:
            had[row.user_id] = numbers.of(read_there)
    _add(target, had)


def _add(thread: Thread, had: dict[int, numbers.Runs]) -> None:
    """To what each of these people has read of a thread. Two queries."""
    mine = Reading.objects.select_for_update().filter(thread=thread, user__in=had).order_by("pk")
    known = {row.user_id: row for row in mine}
    rows = []
    for person, runs in sorted(had.items()):
        row = known.get(person) or Reading(user_id=person, thread=thread)
        row.numbers, row.at = numbers.text(numbers.joined(numbers.runs(row.numbers), runs)), clock.now()
        rows.append(row)
    Reading.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["user", "thread"], update_fields=["numbers", "at"], batch_size=500
    )
