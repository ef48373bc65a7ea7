"""What people do in a room's chat: speak, and decide about what is held."""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from forums import rules, speech, targets
from forums.actions.moderation import clean_reason
from forums.actions.records import note, tell_author
from forums.models.cases import Action
from forums.models.chat import MESSAGE, REMOVED, ChatMessage, EarlierWords
from forums.permissions.chat import answered, check_decide, check_say, check_view, message_state
from forums.permissions.pace import check_pace_in_chat
from network import clock, live, search
from network.audit import record
from network.effects import after_commit, ring_bells, send_mail_soon
from network.models.items import State
from network.models.people import Partner, User
from network.models.rooms import Room
from network.notifications import notify, withdraw
from network.permissions import Level, who_may
from network.permissions.items import speaker_for
from network.refusals import Invalid

LONGEST = 4_000  # code points, after trimming


def say(
    *,
    by: User,
    room: Room,
    body: str,
    client_id: uuid.UUID,
    reply_to: int | None = None,
    partner: Partner | None = None,
) -> ChatMessage:
    """Says something in the room; held first where the room wants that.

    `client_id` is made by who sends: with the same room and words it finds what was said the first
    time, with others it is refused. `reply_to` is the number of a message of this room.
    Raises Unseen, Forbidden, TooFast, TooLong, Invalid (body, id, reply_to, partner).
    """
    words = clean_body(body)
    try:
        with transaction.atomic():
            return _say(by, room, words, client_id, reply_to, partner)
    except IntegrityError:
        # The same sending, at the same moment, on another connection: the first one stands.
        first = said_before(by, room, words, client_id)
        if first is None:
            raise
        return first


def _say(
    by: User, room: Room, words: str, client_id: uuid.UUID, reply_to: int | None, partner: Partner | None
) -> ChatMessage:
    again = said_before(by, room, words, client_id)
    if again is not None:
        return again
    check_say(by, room)
    check_pace_in_chat(by, room)
    rule, now = rules.held_by(room, words, by), clock.now()
    state = State.HELD if rule else message_state(by, room)
    message = ChatMessage.objects.create(
        room=room,
        author=by,
        partner=speaker_for(by, room, partner),
        client_id=client_id,
        body=words,
        html=speech.to_html(words),
        renderer=speech.VERSION,
        reply_to=answered(by, room, reply_to),
        state=state,
        reason=rules.why_held(rule) if rule else "",
        first_held=state == State.HELD,
        at=now,
        shown_at=None if state == State.HELD else now,
    )
    record("forums.said", by=by, target=message, room=room, partner=message.partner)
    if state == State.HELD:
        notify(who_may(Level.MODERATE, room), kind="message_held", room=room, part=("message", message.pk), by=by)
        _tell_after_commit()
    else:
        index(message)
    # Last, since the room is locked from here on.
    message.seq = message.first_seq = live.append(room, MESSAGE, message.pk)
    ChatMessage.objects.filter(pk=message.pk).update(seq=message.seq, first_seq=message.seq)
    return message


def said_before(by: User, room: Room, words: str, client_id: uuid.UUID) -> ChatMessage | None:
    """What this person said with this id; raises Invalid where it was something else.

    Raises Unseen first, so that the answer tells nothing of a room that is not there for them.
    """
    message = ChatMessage.objects.filter(author=by, client_id=client_id).first()
    if message is not None:
        check_view(by, room)
        if (message.room_id, message.body) != (room.pk, words):
            raise Invalid("id", _("This id was used for another message."))
    return message


def clean_body(body: str) -> str:
    """Trimmed, with plain line ends. Raises Invalid where nothing is left, TooLong beyond 4,000."""
    words = body.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not words:
        raise Invalid("body", _("Write something first."))
    if "\0" in words:
        raise Invalid("body", _("The message holds a character that cannot be stored."))
    if len(words) > LONGEST:
        raise live.TooLong(_("A message may have 4,000 characters at most. What is longer belongs in a discussion."))
    return words


@transaction.atomic
def approve_message(*, by: User, message: ChatMessage) -> None:
    """Lets everybody read a held message, from now on under a new number. Approved twice is once."""
    message = fetch(message)
    check_decide(by, message)
    if message.state != State.HELD:
        return
    note(by=by, target=targets.of_message(message), action=Action.STANDS)
    put_back(by=by, message=message)
    part = ("message", message.pk)
    notify([message.author], kind="message_approved", room=message.room, part=part, by=by)
    _tell_after_commit()


def put_back(*, by: User, message: ChatMessage) -> None:
    """Lets a held or removed message be read, under a new number, for a caller who has asked who may, and tells.

    What its author took back stays taken back, whatever a moderator decided of it since.
    """
    if message.withdrawn_at is not None:
        return
    message.shown_at, message.reason = clock.now(), ""
    _decide(message, State.PUBLISHED, by)
    index(message)
    record("forums.message_approved", by=by, target=message, room=message.room)
    withdraw("message_held", room=message.room, part=("message", message.pk))
    message.seq = live.append(message.room, MESSAGE, message.pk)
    message.save(update_fields=["seq"])


@transaction.atomic
def remove_message(*, by: User, message: ChatMessage, reason: str, ground: str = "") -> None:
    """Takes a message away: its words for all but the moderators. Removed twice is once."""
    message = fetch(message)
    check_decide(by, message)
    if message.state == State.REMOVED:
        return
    words = clean_reason(reason)
    decision = note(by=by, target=targets.of_message(message), action=Action.REMOVED, facts=words, ground=ground)
    # Without the part: its words are not the author's to read any more, but the notice is.
    tell_author(decision, message.author, kind="message_removed", room=message.room, by=by)
    _tell_after_commit()
    take_away(by=by, message=message, reason=words)


def take_away(*, by: User, message: ChatMessage, reason: str, erase: bool = False) -> None:
    """Takes a message out of sight, for a caller who has locked it, has asked who may, and tells. Twice is once.

    `erase` leaves no word of it anywhere.
    """
    if erase:
        message.body = message.html = ""
        message.save(update_fields=["body", "html"])
        EarlierWords.objects.filter(message=message).delete()
    if message.state == State.REMOVED:
        return
    message.reason, message.pinned_at = reason, None
    _decide(message, State.REMOVED, by)
    search.forget(room=message.room, part=("message", message.pk))
    record("forums.message_removed", by=by, target=message, room=message.room, reason=message.reason)
    withdraw("message_held", room=message.room, part=("message", message.pk))
    # Last, since the room is locked from here on.
    live.append(message.room, REMOVED, message.pk)


def decide_message(pk: int, decision: str, by: User, reason: str = "", ground: str = "") -> None:
    """What the queue asks for: "approve" or "remove" (network.parts)."""
    message = ChatMessage.objects.select_related("room").get(pk=pk)
    if decision == "approve":
        approve_message(by=by, message=message)
    elif decision == "remove":
        remove_message(by=by, message=message, reason=reason, ground=ground)
    else:
        raise Invalid("decision", _("Approve it or remove it."))


def fetch(message: ChatMessage) -> ChatMessage:
    """The message as it is now, locked until this transaction ends."""
    rows = ChatMessage.objects.select_for_update(of=("self",)).select_related("room", "author")
    return rows.get(pk=message.pk)


def _decide(message: ChatMessage, state: str, by: User) -> None:
    message.state, message.decided_at, message.decided_by = state, clock.now(), by
    message.save(update_fields=["state", "decided_at", "decided_by", "reason", "shown_at", "pinned_at"])


def index(message: ChatMessage) -> None:
    """Lets what it says now be found."""
    search.index(room=message.room, part=("message", message.pk), text=message.html, language=message.author.language)


def _tell_after_commit() -> None:
    after_commit(ring_bells)
    after_commit(send_mail_soon)
