"""Closing a discussion with a reason, by its starter or a moderator, and opening it again."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from forums.actions import polls
from forums.actions.changes import note_change
from forums.actions.moderation import clean_reason
from forums.actions.posts import lock
from forums.models.changes import Change
from forums.models.threads import Cause, Thread
from forums.permissions.kinds import (
    CLOSED_ALREADY,
    check_close,
    check_reopen,
    check_replies,
    is_starter,
    may_lock_closed,
)
from forums.permissions.threads import check_moderate
from network import chatham, clock
from network.audit import record
from network.models.people import User
from network.refusals import Forbidden, Invalid

LONGEST_LINK = 500
WORDS = (Cause.ANSWERED, Cause.SETTLED, Cause.ELSEWHERE)


@transaction.atomic
def close_thread(*, by: User, thread: Thread, cause: str, reason: str = "", link: str = "") -> None:
    """It is read, but no longer answered, and says why; where it goes on elsewhere, with the way there. Twice is once.

    Raises Unseen, Forbidden (a moderator has closed it), Invalid (cause, reason, link).
    """
    thread = lock(thread)
    check_close(by, thread)
    if cause not in WORDS:
        raise Invalid("cause", _("Say why it is closed."))
    words = clean_reason(reason, demanded=False)
    where = clean_link(link) if cause == Cause.ELSEWHERE else ""
    if thread.is_locked and thread.lock_cause == cause and thread.locked_by_id == by.pk:
        return
    if thread.is_locked:
        raise Forbidden(CLOSED_ALREADY)
    _shut(by, thread, cause, words, where)


@transaction.atomic
def lock_thread(*, by: User, thread: Thread, reason: str = "") -> None:
    """A moderator closes it: nobody replies any more, everything stays readable. Twice is once."""
    thread = lock(thread)
    check_moderate(by, thread)
    shut(by=by, thread=thread, reason=clean_reason(reason, demanded=False))


def shut(*, by: User, thread: Thread, reason: str) -> None:
    """The same of a locked row, for a caller who has asked who may; also of what its starter had closed."""
    if thread.is_locked and not may_lock_closed(by, thread):
        return
    # Where it goes on elsewhere, the way there stays.
    _shut(by, thread, Cause.LOCKED, reason, thread.lock_link)


@transaction.atomic
def reopen_thread(*, by: User, thread: Thread) -> None:
    """Replies are possible again. Twice is once. Raises Unseen, Forbidden."""
    thread = lock(thread)
    check_reopen(by, thread)
    open_again(by=by, thread=thread)


def open_again(*, by: User, thread: Thread) -> None:
    """The same of a locked row, for a caller who has asked who may."""
    if thread.locked_at is None:
        return
    as_starter = is_starter(by, thread) and thread.is_closed_by_starter
    note_change(by=by, thread=thread, kind=Change.Kind.REOPENED, before=lock_of(thread), as_starter=as_starter)
    Thread.objects.filter(pk=thread.pk).update(
        locked_at=None, locked_by=None, lock_cause="", lock_reason="", lock_link=""
    )
    actor = (chatham.subject if as_starter else chatham.moderator)(thread, by)
    record("forums.unlocked", by=actor, target=thread, room=thread.room)
    polls.resume_with_thread(actor=actor, thread=thread)


@transaction.atomic
def welcome_replies(*, by: User, thread: Thread, welcome: bool) -> None:
    """A moderator says whether an announcement is answered. Twice is once. Raises Unseen, Forbidden, Invalid."""
    thread = lock(thread)
    check_replies(by, thread)
    if thread.replies_welcome == welcome:
        return
    Thread.objects.filter(pk=thread.pk).update(replies_welcome=welcome)
    verb = "forums.replies_welcomed" if welcome else "forums.replies_ended"
    record(verb, by=chatham.moderator(thread, by), target=thread, room=thread.room)


def lock_of(thread: Thread) -> dict[str, object]:
    """How it is closed, as a change keeps it."""
    return {
        "locked_at": thread.locked_at.isoformat() if thread.locked_at else None,
        "locked_by": thread.locked_by_id,
        "lock_cause": thread.lock_cause,
        "lock_reason": thread.lock_reason,
        "lock_link": thread.lock_link,
    }


def clean_link(link: str) -> str:
    """A web address, or "" for none. Raises Invalid: anything that is not one."""
    address = link.strip()
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        sound = False
    if not sound or len(address) > LONGEST_LINK or not address.isprintable() or " " in address:
        raise Invalid("link", _("Give the whole address, beginning with https://, as the browser shows it."))
    return address


def _shut(by: User, thread: Thread, cause: str, reason: str, link: str) -> None:
    as_starter = is_starter(by, thread) and cause != Cause.LOCKED
    before = lock_of(thread)
    note_change(by=by, thread=thread, kind=Change.Kind.CLOSED, reason=reason, before=before, as_starter=as_starter)
    Thread.objects.filter(pk=thread.pk).update(
        locked_at=clock.now(), locked_by=by, lock_cause=cause, lock_reason=reason, lock_link=link
    )
    verb = "forums.locked" if cause == Cause.LOCKED else "forums.closed"
    actor = (chatham.subject if as_starter else chatham.moderator)(thread, by)
    record(verb, by=actor, target=thread, room=thread.room, reason=reason)
    polls.end_with_thread(by=by, actor=actor, thread=thread)
