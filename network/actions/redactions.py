"""Asking moderators, on closing one's account, to take away what one wrote; and what they do about it."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from network import clock, mail
from network.actions import items
from network.actions.rooms import tell_after_commit
from network.audit import record
from network.models.items import Item
from network.models.people import User
from network.models.redactions import RedactionRequest
from network.models.rooms import Room
from network.notifications import notify, withdraw
from network.parts import PARTS
from network.permissions import NETWORK, Level, require, who_may
from network.redactions import left_for, rooms_to_ask
from network.refusals import Invalid

LONGEST = 500


@transaction.atomic
def ask_redaction(*, by: User, note: str = "", answer: bool = False) -> list[RedactionRequest]:
    """Asks the moderators of each room in which something of theirs stays. Twice is once.

    For the action that closes the account, before places end and the address is erased; it calls `tell_moderators`
    when that is done. `answer`: they want a letter when it is settled. Raises Invalid for too long a note.
    """
    words = " ".join(note.split())
    if len(words) > LONGEST:
        raise Invalid("note", _("The text may have 500 characters at most."))
    known = dict(Room.objects.listed_to(by).values_list("pk", "name"))
    asked = []
    for room in rooms_to_ask(by):
        keeping = {"answer_to": by.email, "answer_in": by.language, "known_as": known.get(room.pk, "")}
        request, new = RedactionRequest.objects.get_or_create(
            room=room, user=by, defaults={"note": words, **(keeping if answer else {})}
        )
        if new:
            # Without the note, which is the person's own and is to go with the request.
            record("network.redaction_asked", by=by, target=room, room=room)
        asked.append(request)
    return asked


@transaction.atomic
def tell_moderators(person: User) -> None:
    """Tells the moderators of each room what somebody who has gone asks; where nobody moderates, the coordinators.

    Only now: who moderated a room alone has left it without one, which coordinators may know of from here on.
    """
    for request in RedactionRequest.objects.open().filter(user=person).select_related("room"):
        room = request.room
        moderators = who_may(Level.MODERATE, room)
        if moderators.exists():
            notify(moderators, kind="redaction_asked", room=room, part=("redaction", request.pk), by=person)
        else:
            # They name somebody, who finds the request waiting.
            coordinators = who_may(Level.COORDINATE, NETWORK)
            notify(coordinators, kind="redaction_unmoderated", room=room, by=person, known=True)
        tell_after_commit(room)


@transaction.atomic
def redact(*, by: User, request: RedactionRequest, chosen: Collection[str]) -> int:
    """A moderator removes those of the things left whose keys are `chosen`; how many there were still.

    Each is removed as any moderator removes it, with its trace. Raises Unseen, Forbidden, Invalid.
    """
    request = _open(by, request)
    if not chosen:
        raise Invalid("", _("Tick what is to be taken away first."))
    reason = str(_("Its author asked for it on leaving the network."))
    wanted = set(chosen)
    todo = [one for one in left_for(by, request) if one.key in wanted]
    # What is inside a thing before the thing, so that each is still found where it stands.
    for one in sorted(todo, key=lambda one: one.kind == "item"):
        if one.kind == "item":
            items.remove(by=by, item=Item.objects.get(pk=one.pk), reason=reason)
        elif (decide := PARTS[one.kind].decide) is not None:
            decide(one.pk, "remove", by, reason)
    return len(todo)


@transaction.atomic
def settle_redaction(*, by: User, request: RedactionRequest, done: bool, reason: str = "") -> None:
    """A moderator says that what should go is gone, or that it stays, and why. Whoever left an address is told.

    Raises Unseen, Forbidden; Invalid: declined without a reason, too long a one, or answered already.
    """
    request = _open(by, request)
    words = " ".join(reason.split())
    if not done and not words:
        raise Invalid("reason", _("Say why it stays, so that the other can understand it."))
    if len(words) > LONGEST:
        raise Invalid("reason", _("The reason may have 500 characters at most."))
    RedactionRequest.objects.filter(pk=request.pk).update(
        settled_at=clock.now(), settled_by=by, done=done, reason=words
    )
    room = request.room
    verb = "network.redaction_done" if done else "network.redaction_declined"
    record(verb, by=by, target=request.user, room=room, reason=words)
    withdraw("redaction_asked", room=room, part=("redaction", request.pk))
    if not RedactionRequest.objects.open().filter(room=room).exists():
        withdraw("redaction_unmoderated", room=room)
    if request.answer_to:
        mail.enqueue("redaction_settled", request.pk)
    tell_after_commit(room)


def forget_answer(key: int) -> None:
    """The letter has left, or never will: what was kept for it goes."""
    RedactionRequest.objects.filter(pk=key).update(answer_to="", answer_in="", known_as="")


def _open(by: User, request: RedactionRequest) -> RedactionRequest:
    """The request as it is now, locked, for a moderator. Raises Invalid where somebody has answered it."""
    require(by, Level.MODERATE, request.room)
    rows = RedactionRequest.objects.select_for_update(of=("self",)).select_related("room", "user")
    now = rows.get(pk=request.pk)
    if now.settled_at is not None:
        raise Invalid("", _("This request has been answered already."))
    return now
