"""Slow mode: how often somebody writes in a room that wants it. Moderators write as they need to."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from forums.models.chat import ChatMessage
from forums.models.threads import Post, Thread
from network import clock
from network.models.people import User
from network.models.rooms import Room
from network.permissions import Level, allowed
from network.refusals import TooFast


def check_pace(by: User, room: Room, *, thread: Thread | None = None) -> None:
    """One post in the discussions of a room within its pause. Raises TooFast.

    Under the Chatham House Rule (a `thread` under it) nothing counts but the thread itself, and moderators wait like
    everybody: the pauses would tell who somebody is, or is not.
    """
    if not room.slow_seconds or room.is_direct:
        return
    posts = Post.objects.filter(author=by)
    if thread is not None and thread.chatham:
        _wait(by, room, posts.filter(thread=thread))
    elif not allowed(by, Level.MODERATE, room):
        _wait(by, room, posts.filter(thread__room=room, thread__chatham=False))


def check_pace_in_chat(by: User, room: Room) -> None:
    """One message in a room's chat within its pause. Raises TooFast."""
    if room.slow_seconds and not room.is_direct and not allowed(by, Level.MODERATE, room):
        _wait(by, room, ChatMessage.objects.filter(author=by, room=room))


def _wait(by: User, room: Room, written: QuerySet[Post] | QuerySet[ChatMessage]) -> None:
    # Two at the same moment, in two discussions: one waits here until the other is written.
    User.objects.select_for_update(no_key=True).only("pk").get(pk=by.pk)
    last: datetime | None = written.aggregate(last=Max("at"))["last"]
    until = last + timedelta(seconds=room.slow_seconds) if last is not None else None
    if until is None or until <= clock.now():
        return
    moment = timezone.localtime(until, by.zone)
    raise TooFast(
        _("This room is in slow mode. You can write again at %(moment)s.") % {"moment": date_format(moment, "H:i:s")},
        retry_after=max(1, ceil((until - clock.now()).total_seconds())),
    )
