"""Whom it would reach if a discussion stood elsewhere: asked before it is moved, split, joined, and that undone."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import QuerySet

from forums.models.threads import Post, Thread
from network import headcount
from network.headcount import Change, Headcount
from network.labels import Label
from network.models.items import State
from network.models.people import User
from network.models.rooms import Room
from network.permissions import Level, Reach, audience, audience_of, who_may

WITHHELD = (State.HELD, State.REMOVED)


def change_by_move(thread: Thread, room: Room) -> Change:
    """Who would come to read a discussion in that room, and who would not read it any more."""
    return _told(thread, audience(thread), audience_of(_in(thread, room)))


def moderators_gained(thread: Thread, room: Room) -> QuerySet[User]:
    """Who would come to read what moderators hold or took away in it; nobody where there is no such word."""
    if not Post.objects.filter(thread=thread, state__in=WITHHELD).exclude(body="").exists():
        return User.objects.none()
    before = audience(thread).filter(pk__in=who_may(Level.MODERATE, thread.room).values("pk"))
    after = audience_of(_in(thread, room)).filter(pk__in=who_may(Level.MODERATE, room).values("pk"))
    return after.exclude(pk__in=before.values("pk"))


def change_between(thread: Thread, other: Thread) -> Change:
    """Who reads what is in the first only once it is in the second, and who does not any more."""
    return _told(thread, audience(thread), audience(other))


def gains(thread: Thread, room: Room) -> bool:
    """Whether anybody would read words in that room which they do not read now."""
    gained = audience_of(_in(thread, room)).exclude(pk__in=audience(thread).values("pk"))
    return gained.exists() or moderators_gained(thread, room).exists()


def would_gain(before: Thread, after: Thread) -> bool:
    """Whether somebody who reads the second does not read the first."""
    return audience(after).exclude(pk__in=audience(before).values("pk")).exists()


def _in(thread: Thread, room: Room) -> Reach:
    reach = Reach.of(thread)
    placed = [one for one in reach.placed_in if one.pk != room.pk]
    return replace(reach, home=room, placed_in=placed, label=Label(thread.tlp))


def _told(thread: Thread, before: QuerySet[User], after: QuerySet[User]) -> Change:
    """Under the Chatham House Rule people are counted, and nothing is said of partners."""
    change = headcount.change(before, after)
    if not thread.chatham:
        return change
    return Change(gained=_alone(change.gained), lost=_alone(change.lost))


def _alone(count: Headcount) -> Headcount:
    return Headcount(count.people, keys=count.keys)
