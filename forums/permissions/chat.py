"""Who may speak in a room's chat, and who decides about what is held."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from forums.models.chat import ChatMessage, ChatReaction
from network.models.items import State
from network.models.people import User
from network.models.rooms import Room
from network.permissions import Level, allowed, is_guest, require, where_allowed
from network.refusals import Forbidden, Invalid, Unseen

MOST_PINNED = 10


def check_view(by: User, room: Room) -> None:
    """Raises Unseen to whom the room does not exist."""
    require(by, Level.VIEW, room)


def check_say(by: User, room: Room) -> None:
    """Those who contribute to the room speak in it."""
    because = (
        _("This room is archived. Its chat can be read, but nothing is added any more.")
        if room.is_archived
        else _("You may read along here, but not write.")
    )
    require(by, Level.CONTRIBUTE, room, because=because)


def check_decide(by: User, message: ChatMessage) -> None:
    """Moderators of the room; nobody decides that their own held message may stand."""
    require(by, Level.MODERATE, message.room)
    if message.author_id == by.pk and message.state == State.HELD:
        raise Forbidden(_("Another moderator decides about what you wrote yourself."))


def message_state(by: User, room: Room) -> str:
    """Held or published, by the room's moderation; what moderators say is never held.

    Where only a person's first contribution is checked, a message that all can read counts as one. A guest's
    first is always checked, but in direct rooms, which nobody moderates.
    """
    if room.moderation == Room.Moderation.FREE and (room.is_direct or not is_guest(by)):
        return State.PUBLISHED
    if allowed(by, Level.MODERATE, room):
        return State.PUBLISHED
    if room.moderation == Room.Moderation.EVERY:
        return State.HELD
    spoken = ChatMessage.objects.filter(room=room, author=by, state=State.PUBLISHED)
    return State.PUBLISHED if spoken.exists() else State.HELD


def answered(by: User, room: Room, seq: int | None) -> ChatMessage | None:
    """The message that is answered, by its number in this room; None for none.

    Only what all can read is answered, since the answer quotes it. Raises Invalid at "reply_to" alike for a number
    that is not there, of something else, or of a message that waits or is gone.
    """
    if seq is None:
        return None
    messages = ChatMessage.objects.visible_to(by).filter(room=room, state=State.PUBLISHED)
    found = messages.filter(Q(seq=seq) | Q(first_seq=seq)).first()
    if found is None:
        raise Invalid("reply_to", _("The message that you answer is not here any more."))
    return found


def numbered(by: User, room: Room, number: int) -> ChatMessage:
    """The message of this number that this person reads, or wrote; raises Unseen for none."""
    there = ChatMessage.objects.filter(room=room).filter(Q(seq=number) | Q(first_seq=number))
    own = Q(author_id=by.pk, room__in=where_allowed(by, Level.VIEW).values("pk"))
    readable = Q(pk__in=ChatMessage.objects.visible_to(by).filter(room=room).values("pk"))
    found = there.filter(readable | own).select_related("room", "author").first()
    if found is None:
        raise Unseen
    return found


def check_edit(by: User, message: ChatMessage) -> None:
    """An author changes their own words while they could still say something there. Raises Unseen, Forbidden."""
    _check_own(by, message, _("Only its author changes what a message says."))
    if message.state == State.REMOVED:
        raise Forbidden(_("This message is not here any more. Its words cannot be changed."))
    check_say(by, message.room)


def check_retract(by: User, message: ChatMessage) -> None:
    """An author takes back what they said, also where they say no more. Raises Unseen, Forbidden."""
    _check_own(by, message, _("Only its author takes a message back. Report it if something is wrong with it."))
    if message.state == State.REMOVED:
        raise Forbidden(_("This message is not here any more."))


def _check_own(by: User, message: ChatMessage, because: object) -> None:
    check_view(by, message.room)
    if message.author_id != by.pk:
        raise Forbidden(because)  # type: ignore[arg-type]


def check_react(by: User, message: ChatMessage, kind: int) -> None:
    """Whoever reads a message of somebody else's may thank and agree. Raises Unseen, Forbidden, Invalid (kind)."""
    check_message_seen(by, message)
    if kind not in ChatReaction.Kind.values:
        raise Invalid("kind", _("Thank or agree."))
    if message.author_id == by.pk:
        raise Forbidden(_("You said this yourself."))
    if message.state != State.PUBLISHED:
        raise Forbidden(_("This cannot be read by all at the moment."))
    if message.room.is_archived:
        raise Forbidden(_("This room is archived. It can be read, but nothing is added any more."))


def check_message_seen(by: User, message: ChatMessage) -> None:
    """Raises Unseen where this person may not read the message now."""
    if not ChatMessage.objects.visible_to(by).filter(pk=message.pk).exists():
        raise Unseen


def check_pin(by: User, message: ChatMessage) -> None:
    """Moderators of the room pin what all can read, up to `MOST_PINNED`. Raises Unseen, Forbidden."""
    check_unpin(by, message)
    if message.state != State.PUBLISHED:
        raise Forbidden(_("This cannot be read by all at the moment."))
    if message.pinned_at is None and ChatMessage.objects.pinned_in(message.room).count() >= MOST_PINNED:
        raise Forbidden(_("So much is pinned here already that nobody finds it. Take a pin off another message first."))


def check_unpin(by: User, message: ChatMessage) -> None:
    """Moderators of the room. Raises Unseen, Forbidden."""
    require(by, Level.MODERATE, message.room, because=_("Moderators of the room pin messages."))
