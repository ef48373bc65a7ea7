"""Who may ask for votes, vote, and end a vote."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from forums.models.polls import Poll
from forums.models.threads import Thread
from forums.permissions.reactions import check_post_seen, demand_reactions
from forums.permissions.threads import demand_unmuted
from network.models.people import Partner, User
from network.models.rooms import Room
from network.permissions import Level, allowed, by_hat, level_in, partners_to_act_for, require
from network.permissions.items import check_seen
from network.refusals import Forbidden

CLOSED = _("This vote is closed. It can be read, but nobody votes any more.")
LOCKED = _("This discussion is closed, and its vote with it. It can be read, but nobody votes any more.")
STANDS = _("You have voted already. A secret vote stands as it was cast, since nobody can tell which one it is.")


def check_ask(by: User, thread: Thread) -> None:
    """A vote is asked for by who started the discussion and still contributes, or by a moderator of its home room."""
    check_seen(by, thread, inside=True)
    level = level_in(by, thread.room)
    if thread.author_id == by.pk and not (level is not None and level >= Level.MODERATE):
        demand_unmuted(by, thread)
    demand_ask(
        by,
        thread,
        contributes=level is not None and level >= Level.CONTRIBUTE and not thread.room.is_archived,
        moderates=level is not None and level >= Level.MODERATE,
    )


def demand_ask(by: User, thread: Thread, *, contributes: bool, moderates: bool) -> None:
    """The same for a page that has asked the gate already: may they contribute to the home room, and moderate it?"""
    demand_reactions(thread)
    if thread.is_locked:
        raise Forbidden(_("This discussion is closed. Open it again before you ask for votes."))
    if thread.parent_id is not None:
        raise Forbidden(_("A vote stands below the post that opens a discussion. Start one about this."))
    if not (moderates or (thread.author_id == by.pk and contributes)):
        raise Forbidden(_("A vote is asked for by who started the discussion, or by a moderator."))


def check_vote(by: User, poll: Poll) -> None:
    """Whoever reads the post and contributes to the home room votes until it or its discussion is closed."""
    check_post_seen(by, poll.post)
    thread = poll.post.thread
    demand_reactions(thread)
    require(by, Level.CONTRIBUTE, thread.room, because=_("You may read here, but not contribute."))
    demand_unmuted(by, thread)
    if thread.is_locked:
        raise Forbidden(LOCKED)
    if poll.is_closed:
        raise Forbidden(CLOSED)


def voter(by: User, poll: Poll, room: Room, partner: Partner | None) -> Partner | None:
    """For whom they vote: a partner, by hat where none is named; None where each person has a vote.

    Raises Forbidden where only partners vote and they speak for none, or not for this one.
    """
    if not poll.by_partner:
        return None
    own = partners_to_act_for(by, room).order_by(*by_hat(by))
    speaks = own.filter(pk=partner.pk).first() if partner is not None else own.first()
    if speaks is None:
        raise Forbidden(_("Each partner has one vote, and you may not speak for one in this room."))
    return speaks


def check_close(by: User, poll: Poll) -> None:
    """Whoever asked for the votes or moderates the home room ends it."""
    check_post_seen(by, poll.post)
    thread = poll.post.thread
    if not _asked(by, poll) or not allowed(by, Level.CONTRIBUTE, thread.room):
        require(by, Level.MODERATE, thread.room)


def may_close(by: User, poll: Poll, *, contributes: bool, moderates: bool) -> bool:
    """The same for a page that has asked the gate already: may they contribute to the home room, and moderate it?"""
    return not poll.is_closed and (moderates or (contributes and _asked(by, poll)))


def _asked(by: User, poll: Poll) -> bool:
    return by.pk in (poll.author_id, poll.post.thread.author_id)
