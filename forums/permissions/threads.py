"""Who may begin, answer, lock and moderate. Seeing comes first: what one may not see is Unseen."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext_lazy as _

from forums.models.threads import Post, Thread
from network.labels import Label
from network.models.items import Item, State
from network.models.people import User
from network.models.rooms import Room
from network.permissions import Level, allowed, require
from network.permissions.items import check_seen, first_state
from network.refusals import Forbidden, Invalid, Unseen, Words

OUTSIDE = _("Replies are written in this discussion's home room, by those who contribute there.")
GONE = _("The post that you answer is not here any more. Your reply can still stand by itself.")
NOT_OPEN: dict[str, Words] = {
    State.HELD: _("This waits for a moderator. Replies are possible once it is approved."),
    State.ARCHIVED: _("This is archived. It can be read, but no longer answered."),
    State.REMOVED: _("This was removed by a moderator."),
    State.DRAFT: _("This is a draft. It can be answered once it is shared."),
}


def check_start(by: User, room: Room) -> None:
    """Discussions are begun by those who contribute to the room."""
    require(by, Level.CONTRIBUTE, room)


def check_announce(by: User, room: Room) -> None:
    """Moderators say something to everybody who reads the room, while it is open for contributions."""
    require(by, Level.MODERATE, room)
    if room.is_direct:
        raise Forbidden(_("In a direct room, say it in the chat."))
    require(by, Level.CONTRIBUTE, room, because=_contributors_only(room))


def check_reply(by: User, thread: Thread) -> None:
    """Replies come from contributors of the home room, while the discussion stands open."""
    check_seen(by, thread, inside=True)
    contributes = allowed(by, Level.CONTRIBUTE, thread.room)
    demand_reply(thread, contributes=contributes, at_home=contributes or allowed(by, Level.VIEW, thread.room))


def demand_reply(thread: Thread, *, contributes: bool, at_home: bool) -> None:
    """The same for a page that has asked the gate already: may they contribute, and view the home room?"""
    if not contributes:
        raise Forbidden(_contributors_only(thread.room) if at_home else OUTSIDE)
    _demand_open(thread)
    if thread.parent is not None:
        _demand_open(thread.parent)
    if thread.is_locked:
        raise Forbidden(_("This discussion is locked. It can be read, but no longer answered."))


def check_comment(by: User, item: Item, room: Room) -> None:
    """Comments are begun in the item's home room or where it was passed on, by who contributes there."""
    check_seen(by, item, inside=True)
    if not _stands_in(item, room):
        raise Unseen
    require(by, Level.CONTRIBUTE, room, because=_contributors_only(room))
    if item.parent_id is not None or item.kind == Thread.KIND:
        raise Forbidden(_("A discussion is answered, not commented on."))
    _demand_open(item)


def check_moderate(by: User, thread: Thread) -> None:
    """Moderators of the home room, as far as the label lets them see the discussion."""
    check_seen(by, thread, inside=True)
    require(by, Level.MODERATE, thread.room)


def check_decide(by: User, post: Post) -> None:
    """As check_moderate; nobody decides that their own held post may stand."""
    check_moderate(by, post.thread)
    if post.author_id == by.pk and post.state == State.HELD:
        raise Forbidden(_("Another moderator decides about what you wrote yourself."))


def parent_for(by: User, thread: Thread, parent: uuid.UUID | None) -> Post | None:
    """The post that is answered: the named one, else the opening post; None above all comments.

    Raises Invalid at "parent" for a post of another thread, or one that this person cannot read.
    """
    posts = Post.objects.filter(thread=thread).select_related("thread")
    if parent is None:
        return None if thread.parent_id else posts.filter(parent__isnull=True).first()
    answered = posts.visible_to(by).filter(uid=parent).exclude(state=State.REMOVED).first()
    if answered is None:
        raise Invalid("parent", GONE)
    return answered


def post_state(by: User, room: Room, label: Label) -> str:
    """Held or published, by the room's moderation; `label` is the tighter of thread's and parent's.

    Where only a person's first contribution is checked, a published post counts as one.
    """
    state = first_state(by, room, label)
    if state == State.HELD and room.moderation == Room.Moderation.FIRST:
        spoken = Post.objects.filter(author=by, thread__room=room, state=State.PUBLISHED)
        if spoken.filter(thread__state__in=(State.PUBLISHED, State.ARCHIVED)).exists():
            return State.PUBLISHED
    return state


def _demand_open(item: Item) -> None:
    if item.state != State.PUBLISHED:
        raise Forbidden(NOT_OPEN[item.state])


def _stands_in(item: Item, room: Room) -> bool:
    if item.room_id == room.pk:
        return True
    return item.tlp <= Label.GREEN and item.placements.filter(room=room).exists()


def _contributors_only(room: Room) -> Words:
    if room.is_archived:
        return _("This room is archived. It can be read, but nothing is added any more.")
    return _("You may read here, but not contribute.")
