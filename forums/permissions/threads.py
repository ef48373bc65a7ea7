"""Who may begin, answer, lock and moderate. Seeing comes first: what one may not see is Unseen."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext_lazy as _

from forums import trees
from forums.models.threads import Cause, Post, Thread
from forums.querysets import PostQuerySet
from network.labels import Label
from network.models.items import Item, State
from network.models.people import User
from network.models.rooms import Room
from network.permissions import Level, allowed, is_guest, muted_in, muted_words, require, told_until, who_may
from network.permissions.items import check_seen, first_state
from network.permissions.whole import whole
from network.refusals import Forbidden, Invalid, Unseen, Words

OUTSIDE = _("Replies are written in this discussion's home room, by those who contribute there.")
GONE = _("The post that you answer is not here any more. Your reply can still stand by itself.")
LOCKED = _("This discussion is locked. It can be read, but no longer answered.")
CLOSED: dict[str, Words] = {
    Cause.ANSWERED: _("This discussion is closed, since it is answered. It can be read, but no longer answered."),
    Cause.SETTLED: _("This discussion is closed, since it is settled. It can be read, but no longer answered."),
    Cause.ELSEWHERE: _("This discussion goes on elsewhere. It can be read, but no longer answered here."),
}
MOVED = _("What you answer has moved to this discussion meanwhile. Look at who reads it here, and send it again.")
NEWCOMER = _(
    "A moderator reads what a guest writes first, which would tell here that you are a guest. Write in another "
    "discussion of this room first."
)
NOT_OPEN: dict[str, Words] = {
    State.HELD: _("This waits for a moderator. Replies are possible once it is approved."),
    State.ARCHIVED: _("This is archived. It can be read, but no longer answered."),
    State.REMOVED: _("This was taken away. It can no longer be answered."),
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
    require(by, Level.CONTRIBUTE, room, because=contributors_only(room))


def check_reply(by: User, thread: Thread) -> None:
    """Replies come from contributors of the home room, while the discussion stands open."""
    check_seen(by, thread, inside=True)
    contributes = allowed(by, Level.CONTRIBUTE, thread.room)
    at_home = contributes or allowed(by, Level.VIEW, thread.room)
    muted = muted_here(by, thread, contributes=contributes) if at_home else None
    demand_reply(thread, contributes=contributes, at_home=at_home, muted=muted)
    if thread.chatham:
        check_newcomer(by, thread.room, thread.effective_label)


def muted_here(by: User, thread: Thread, *, contributes: bool) -> Words | None:
    """Why somebody who views the home room does not write in a discussion for a while. One query, or none.

    Under the Chatham House Rule somebody may be kept from this one discussion; nobody else sees that.
    """
    if not contributes:
        return None if thread.room.is_archived else muted_words(by, thread.room)
    if not thread.chatham:
        return None
    until = muted_in(by, thread).order_by("-until").values_list("until", flat=True).first()
    return None if until is None else told_until(until)


def demand_unmuted(by: User, thread: Thread) -> None:
    """Raises Forbidden for whoever is kept from this one discussion. One query under the Chatham House Rule, else none.

    Who is muted in a room does not contribute to it, which is asked of the room.
    """
    if thread.chatham and (muted := muted_here(by, thread, contributes=True)):
        raise Forbidden(muted)


def demand_reply(thread: Thread, *, contributes: bool, at_home: bool, muted: Words | None = None) -> None:
    """The same for a page that has asked the gate already: may they contribute, and view the home room?"""
    if muted:
        raise Forbidden(muted)
    if not contributes:
        raise Forbidden(contributors_only(thread.room) if at_home else OUTSIDE)
    _demand_open(thread)
    if thread.parent is not None:
        _demand_open(thread.parent)
    if thread.is_locked:
        raise Forbidden(CLOSED.get(thread.lock_cause, LOCKED))
    if thread.is_announcement and not thread.replies_welcome:
        raise Forbidden(_("This is an announcement without replies."))


def check_comment(by: User, item: Item, room: Room) -> None:
    """Comments are begun in the item's home room or where it was passed on, by who contributes there."""
    check_seen(by, item, inside=True)
    if not _stands_in(item, room):
        raise Unseen
    require(by, Level.CONTRIBUTE, room, because=contributors_only(room))
    if item.parent_id is not None or item.kind == Thread.KIND:
        raise Forbidden(_("A discussion is answered, not commented on."))
    _demand_open(item)


def check_moderate(by: User, thread: Thread) -> None:
    """Moderators of the home room, as far as the label lets them see the discussion."""
    check_seen(by, thread, inside=True)
    require(by, Level.MODERATE, thread.room)


def check_decide(by: User, post: Post) -> None:
    """As check_moderate; nobody decides that what they wrote themselves may stand."""
    check_moderate(by, post.thread)
    if post.author_id == by.pk and post.state != State.PUBLISHED:
        raise Forbidden(_("Another moderator decides about what you wrote yourself."))


def check_take_away(by: User, post: Post) -> None:
    """As check_moderate; under the Chatham House Rule of what others wrote alone.

    What somebody does with their own is no decision: where the log of the room has none, a moderator wrote it.
    """
    check_moderate(by, post.thread)
    demand_of_others(by, post)


def demand_of_others(by: User, post: Post) -> None:
    """The same of a post that the caller has found for somebody who moderates."""
    if post.thread.chatham and post.author_id == by.pk:
        raise Forbidden(_("Another moderator decides about what you wrote yourself. You can withdraw it."))


class Moved(Invalid):
    """What is answered stands in another discussion by now: `thread`, which the caller asks the gate for."""

    def __init__(self, thread: uuid.UUID) -> None:
        super().__init__("body", MOVED)
        self.thread = thread


def parent_for(by: User, thread: Thread, parent: uuid.UUID | None) -> Post | None:
    """The post that is answered: the named one, else the opening post; None above all comments.

    Raises Invalid at "parent" for a post of another thread, or one that this person cannot read.
    """
    posts = Post.objects.filter(thread=thread).select_related("author")
    if parent is None:
        if thread.parent_id:
            return None
        found = _first(thread.pk) or list(posts.filter(parent__isnull=True)[:1])
        for opening in found:
            opening.thread = thread
        return found[0] if found else None
    answered = posts.visible_to(by).filter(uid=parent).exclude(state=State.REMOVED).first()
    if answered is None:
        moved = Post.objects.visible_to(by).filter(uid=parent, thread__parent=None).exclude(thread=thread)
        where = moved.values_list("thread__uid", flat=True).first() if thread.changed_at else None
        raise Moved(where) if where else Invalid("parent", GONE)
    answered.thread = thread
    return answered


@whole
def _first(thread: int) -> PostQuerySet:
    """The opening post by its place: not by what it is, for which a long discussion would be looked through."""
    opening = Post.objects.filter(thread=thread, path=trees.segment(0), parent__isnull=True)
    return opening.select_related("author")


def check_newcomer(by: User, room: Room, label: Label) -> None:
    """Under the Chatham House Rule a guest whom nobody has checked yet does not write: that it is held would tell."""
    if guest_is_checked(by, room, label):
        raise Forbidden(NEWCOMER)


def post_state(by: User, room: Room, label: Label, *, chatham: bool = False, thread: Thread | None = None) -> str:
    """Held or published, by the room's moderation; `label` is the tighter of thread's and parent's.

    Where only a person's first contribution is checked, a published post counts as one. A guest's first is always
    checked, except of what is never checked first. Under the rule (`chatham`) what is held must not depend on who
    wrote it: only on what they have written in the same `thread`.
    """
    if chatham:
        return _state_under_rule(by, room, label, thread)
    state = first_state(by, room, label)
    if state == State.HELD and room.moderation == Room.Moderation.FIRST:
        return State.PUBLISHED if _has_spoken(by, room) else State.HELD
    return State.HELD if guest_is_checked(by, room, label) else state


def guest_is_checked(by: User, room: Room, label: Label) -> bool:
    """Whether a room that checks nobody has to check this person, since they are a guest who is new in it."""
    free = room.moderation == Room.Moderation.FREE and label <= Label.AMBER and not room.is_direct
    return free and is_guest(by) and not allowed(by, Level.MODERATE, room) and not _has_spoken(by, room)


def _state_under_rule(by: User, room: Room, label: Label, thread: Thread | None) -> str:
    """What moderators write waits for another one as well: that it did not would tell who they are."""
    if room.moderation == Room.Moderation.FREE or label > Label.AMBER:
        return State.PUBLISHED
    if who_may(Level.MODERATE, room).count() < 2 and allowed(by, Level.MODERATE, room):
        # There is nobody else who could look at it, nor who could see that it did not wait.
        return State.PUBLISHED
    if room.moderation == Room.Moderation.FIRST and thread is not None:
        spoken = Post.objects.filter(author=by, thread=thread, state=State.PUBLISHED)
        return State.PUBLISHED if spoken.exists() else State.HELD
    return State.HELD


def _has_spoken(by: User, room: Room) -> bool:
    """Whether something of theirs in a discussion of this room can be read by all.

    Nothing that they said under the Chatham House Rule: that they are checked no more would tell that they did.
    """
    spoken = Post.objects.filter(author=by, thread__room=room, thread__chatham=False, state=State.PUBLISHED)
    return spoken.filter(thread__state__in=(State.PUBLISHED, State.ARCHIVED)).exists()


def _demand_open(item: Item) -> None:
    if item.state != State.PUBLISHED:
        raise Forbidden(NOT_OPEN[item.state])


def _stands_in(item: Item, room: Room) -> bool:
    if item.room_id == room.pk:
        return True
    return item.tlp <= Label.GREEN and item.placements.filter(room=room).exists()


def contributors_only(room: Room) -> Words:
    """Why somebody who reads a room may not write in it."""
    if room.is_archived:
        return _("This room is archived. It can be read, but nothing is added any more.")
    return _("You may read here, but not contribute.")
