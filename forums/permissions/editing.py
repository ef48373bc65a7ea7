"""Who may change, withdraw and put back what stands in a discussion: its author alone, moderators never."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from forums.models.threads import Post, Thread
from forums.permissions.threads import NOT_OPEN, OUTSIDE, contributors_only, muted_here
from network import clock
from network.models.items import Release, State
from network.models.people import User
from network.permissions import Level, allowed, require
from network.permissions.items import check_seen
from network.refusals import Forbidden, Unseen

PUT_BACK_WITHIN = timedelta(days=1)


def check_edit(by: User, post: Post, thread: Thread) -> None:
    """An author changes their own words while they could still write there. Raises Unseen, Forbidden."""
    _check_own(by, post, thread, _("Only its author changes what a post says."))
    if post.state == State.REMOVED:
        raise Forbidden(_("This post is not here any more. Its words cannot be changed."))
    _check_writes(by, thread)
    if post.is_opening:
        if thread.is_announcement:
            require(by, Level.MODERATE, thread.room, because=_("Announcements are made by moderators of the room."))
        _check_not_public(thread)


def demand_writing(thread: Thread, *, contributes: bool, at_home: bool) -> None:
    """That one's own words in it can still be changed, for a page that has asked the gate already."""
    if not contributes:
        raise Forbidden(contributors_only(thread.room) if at_home else OUTSIDE)
    if thread.state not in (State.PUBLISHED, State.HELD):
        raise Forbidden(NOT_OPEN[thread.state])
    if thread.parent is not None and thread.parent.state != State.PUBLISHED:
        raise Forbidden(NOT_OPEN[thread.parent.state])
    if thread.is_locked:
        raise Forbidden(_("This discussion is locked. What stands in it is not changed any more."))


def check_withdraw(by: User, post: Post, thread: Thread) -> None:
    """An author takes back what they wrote, also where they write no more; a discussion while nobody answered it."""
    _check_own(by, post, thread, _("Only its author withdraws a post. Report it if something is wrong with it."))
    if post.state == State.REMOVED:
        raise Forbidden(_("This post is not here any more."))
    if not post.is_opening:
        return
    if thread.state not in (State.PUBLISHED, State.HELD):
        raise Forbidden(NOT_OPEN[thread.state])
    _check_not_public(thread)
    if Post.objects.filter(thread=thread).exclude(author=by).exists():
        raise Forbidden(_("Others have answered here, and their words stand below yours. You can change your own."))


def check_put_back(by: User, post: Post, thread: Thread) -> None:
    """An author lets stand again what they withdrew, within a day, where they could still write."""
    _check_own(by, post, thread, _("Only its author puts a post back."))
    demand_put_back(post)
    if post.is_opening:
        require(by, Level.CONTRIBUTE, thread.room, because=contributors_only(thread.room))
    else:
        _check_writes(by, thread)


def demand_put_back(post: Post) -> None:
    """That what its author withdrew can still be put back by the clock, for a page that has asked who they are."""
    if post.withdrawn_at is None:
        raise Forbidden(_("Only what you withdrew yourself can be put back."))
    if clock.now() >= post.withdrawn_at + PUT_BACK_WITHIN:
        raise Forbidden(_("What was withdrawn can be put back for a day. Write it anew."))
    if not post.body:
        raise Forbidden(_("Its words were erased. It cannot be put back."))


def _check_own(by: User, post: Post, thread: Thread, because: object) -> None:
    """Sees the discussion, sees that there is a post, and wrote it."""
    check_seen(by, thread, inside=True)
    if post.author_id == by.pk:
        return
    if post.state == State.HELD and not allowed(by, Level.MODERATE, thread.room):
        raise Unseen
    raise Forbidden(because)  # type: ignore[arg-type]


def _check_not_public(thread: Thread) -> None:
    if Release.objects.filter(item=thread.pk).exists():
        raise Forbidden(_("This stands on the public site as it is. A coordinator takes it off there first."))


def _check_writes(by: User, thread: Thread) -> None:
    contributes = allowed(by, Level.CONTRIBUTE, thread.room)
    at_home = contributes or allowed(by, Level.VIEW, thread.room)
    muted = muted_here(by, thread, contributes=contributes) if at_home else None
    if muted:
        raise Forbidden(muted)
    demand_writing(thread, contributes=contributes, at_home=at_home)
