"""Who may answer a post with one press."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from forums.models.reactions import Reaction
from forums.models.threads import Post, Thread
from forums.permissions.threads import demand_unmuted
from network.models.items import State
from network.models.people import User
from network.permissions import Level, allowed
from network.permissions.items import check_seen
from network.refusals import Forbidden, Invalid, Unseen


def check_react(by: User, post: Post, kind: int) -> None:
    """Whoever reads a post of somebody else's may thank and agree, also where the discussion is locked.

    "We do this too" is said by those who contribute to the home room. Raises Invalid at "kind" for no known one.
    """
    check_post_seen(by, post)
    if kind not in Reaction.Kind.values:
        raise Invalid("kind", _("Thank, agree, or say that you do this too."))
    if post.author_id == by.pk:
        raise Forbidden(_("You wrote this yourself."))
    if post.state != State.PUBLISHED:
        raise Forbidden(_("This cannot be read by all at the moment."))
    demand_reactions(post.thread)
    if kind == Reaction.Kind.TOO:
        if not allowed(by, Level.CONTRIBUTE, post.thread.room):
            raise Forbidden(_("You may read here, but not contribute."))
        demand_unmuted(by, post.thread)


def demand_reactions(thread: Thread) -> None:
    """Raises Forbidden where nothing is added any more: it is archived or not shared, or its room is archived.

    A locked discussion is still read, so one may still thank somebody for what they wrote.
    """
    for item in (thread, thread.parent):
        if item is not None and item.state != State.PUBLISHED:
            raise Forbidden(_("This can be read, but nothing is added to it any more."))
    if thread.room.is_archived:
        raise Forbidden(_("This room is archived. It can be read, but nothing is added any more."))


def check_post_seen(by: User, post: Post) -> None:
    """Raises Unseen where this person may not read the post now, NeedsSecondFactor where only that lacks."""
    check_seen(by, post.thread, inside=True)
    if not Post.objects.visible_to(by).filter(pk=post.pk).exists():
        raise Unseen
