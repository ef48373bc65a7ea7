"""Who moves discussions, takes them apart, joins and undoes; and whom that must not reach."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from forums import reach
from forums.models.cases import Appeal, Decision
from forums.models.changes import Change
from forums.models.threads import Thread
from forums.permissions.threads import check_moderate, contributors_only
from network.labels import Label
from network.models.items import Release, State
from network.models.people import User
from network.models.rooms import Room
from network.permissions import Level, allowed, require, where_allowed
from network.permissions.items import check_seen
from network.refusals import Forbidden, Invalid

STANDING = (State.PUBLISHED, State.ARCHIVED)
NOBODY_MORE = _("What is AMBER or stricter goes only where nobody comes to read it who does not read it now.")
ANSWERED_SINCE = _("Others have written in it since, for those who read it now, and this would show it to more people.")


def check_rearrange(by: User, thread: Thread) -> None:
    """Moderators of the home room, of a discussion that stands by itself and that everybody reads."""
    check_moderate(by, thread)
    if thread.parent_id is not None:
        raise Forbidden(_("Comments stay with what they are about."))
    if thread.state not in STANDING:
        raise Forbidden(_("Decide first whether it stands: it is not read by everybody now."))
    if thread.room.is_direct:
        raise Forbidden(_("What was said in a direct room stays there."))
    require(by, Level.CONTRIBUTE, thread.room, because=contributors_only(thread.room))


def check_move(by: User, thread: Thread, room: Room) -> None:
    """As check_rearrange, into a room where one contributes; what moderators alone say, where one moderates."""
    check_rearrange(by, thread)
    require(by, Level.CONTRIBUTE, room, because=_("You may read that room, but not contribute to it."))
    if room.pk == thread.room_id:
        raise Invalid("room", _("It is in this room already."))
    if room.is_direct:
        raise Invalid("room", _("Nothing is moved into a direct room: its people are chosen when it is opened."))
    if thread.is_announcement:
        require(by, Level.MODERATE, room, because=_("Only moderators of that room announce something there."))
    if thread.tlp > Label.GREEN and reach.gains(thread, room):
        raise Forbidden(NOBODY_MORE)


def rooms_to(by: User, thread: Thread) -> QuerySet[Room]:
    """Where a discussion that this person may move could go; what its label forbids is said of the one they choose."""
    rooms = where_allowed(by, Level.CONTRIBUTE).exclude(pk=thread.room_id).exclude(kind=Room.Kind.DIRECT)
    return rooms.order_by("name")


def check_split(by: User, thread: Thread) -> None:
    """As check_rearrange; under the Chatham House Rule not where a label names people or partners.

    Whether whoever wrote the first of the posts is among them would decide, and the answer would tell who they are.
    """
    check_rearrange(by, thread)
    if thread.chatham and thread.tlp > Label.AMBER:
        raise Forbidden(_("Under the Chatham House Rule nothing is split off what only those who are named read."))


def check_merge(by: User, thread: Thread, into: Thread) -> None:
    """As check_rearrange for both, of one room: nobody may come to read words that they do not read now."""
    check_rearrange(by, thread)
    check_rearrange(by, into)
    if thread.pk == into.pk:
        raise Invalid("into", _("This is the same discussion."))
    if thread.room_id != into.room_id:
        raise Invalid("into", _("It is in another room. Move one of the two first."))
    if thread.chatham or into.chatham:
        raise Forbidden(
            _("Under the Chatham House Rule two discussions cannot be joined: a number would be two people.")
        )
    if thread.is_announcement or into.is_announcement:
        raise Forbidden(_("An announcement stands by itself."))
    if into.tlp < thread.tlp:
        raise Forbidden(_("The other discussion has a wider label. It goes only into one that is as tight or tighter."))
    if Release.objects.filter(item__in=(thread.pk, into.pk)).exists():
        raise Forbidden(_("One of the two stands on the public site. Take it off first."))
    if reach.would_gain(thread, into):
        raise Forbidden(_("People read the other discussion who do not read this one. They would come to read it."))


def check_undo(by: User, change: Change) -> None:
    """Moderators of the room where it was done, or where it is now, for a day, the newest of its kind first."""
    now = change.other if change.kind == Change.Kind.MERGED and change.other else change.thread
    check_seen(by, now, inside=True)
    if not allowed(by, Level.MODERATE, change.room):
        require(by, Level.MODERATE, now.room)
    if change.kind == Change.Kind.MOVED:
        require(by, Level.CONTRIBUTE, change.room, because=_("You may not add anything to the room where it was."))
    if change.decision is not None:
        _check_decided(by, change.decision)
    if not change.is_fresh:
        raise Forbidden(_("This can be undone for a day, and the day is over."))
    check_nothing_since(change)


def _check_decided(by: User, decision: Decision) -> None:
    """What was decided about what somebody wrote is not theirs to undo, nor once they have appealed."""
    if decision.case.author_id == by.pk:
        raise Forbidden(_("It was decided about what you wrote. You may appeal; somebody else looks at it again."))
    if Appeal.objects.filter(decision=decision).exists():
        raise Forbidden(_("Its author has appealed. What becomes of it is decided there."))


def check_nothing_since(change: Change) -> None:
    """Of what undoes one another the newest is undone first. Raises Forbidden."""
    touched = [one for one in (change.thread_id, change.other_id) if one]
    for row in Change.objects.filter(kind__in=change.group, undone_at=None, pk__gt=change.pk):
        if row.thread_id in touched or row.other_id in touched:
            raise Forbidden(_("Something else was done with it since. Undo that first."))
