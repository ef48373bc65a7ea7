"""Reporting, taking on what was reported, and deciding it with a statement of reasons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from forums import targets
from forums.actions import closing, moderation, moving, proposals, records, restoring, sanctions
from forums.actions.posts import lock, tell_after_commit
from forums.actions.records import AlreadyDecided, actor, lock_target, told_room
from forums.models.cases import GRAVITY, SANCTIONS, Action, Case, Decision, Ground, Report
from forums.models.proposals import Proposal
from forums.models.threads import Thread
from forums.permissions.cases import (
    actions_for,
    check_decide_case,
    check_report,
    deciders,
    discloses,
    is_for_coordinators,
)
from forums.permissions.proposals import takes_two
from forums.targets import Target
from network.actions import items
from network.audit import record
from network.labels import Label
from network.models.items import State
from network.models.people import User
from network.models.rooms import Room
from network.notifications import notify
from network.refusals import Forbidden, Invalid

LONGEST_NOTE = 1000


@transaction.atomic
def report(*, by: User, target: Target, ground: str, note: str = "") -> Report:
    """Says what is wrong with a thing that was fetched through the gate for `by`. Twice is once.

    Everything that is said about one thing comes into one case, and what one person says of it into one report.
    Raises Forbidden, Invalid (ground, note).
    """
    check_report(by, target)
    words = _clean(ground, note)
    target = lock_target(target)
    case = records.open_case(target)
    new = case is None
    if case is None:
        case = Case.objects.create(
            **target.key,
            author=target.author,
            partner=target.partner,
            for_coordinators=is_for_coordinators(target),
        )
    said, first = Report.objects.get_or_create(case=case, by=by, defaults={"ground": ground, "note": words})
    if not first and not _say_more(said, ground, words):
        return said
    graver = GRAVITY[ground] < case.gravity
    if graver:
        Case.objects.filter(pk=case.pk).update(gravity=GRAVITY[ground])
    # Nobody: whoever reads the trail does not learn here who reported it.
    record("forums.reported", by=None, target=case, room=told_room(case), ground=ground)
    if new or (graver and ground == Ground.THREAT):
        _ask(case, by)
    return said


@transaction.atomic
def take_case(*, by: User, case: Case) -> None:
    """Takes a case on, and with it reads the one part that was reported, whatever its label. Twice is once."""
    check_decide_case(by, case)
    case = Case.objects.select_for_update(of=("self",)).select_related("item__room", "room").get(pk=case.pk)
    if case.closed_at is not None:
        raise AlreadyDecided
    if case.handler_id == by.pk:
        return
    Case.objects.filter(pk=case.pk).update(handler=by)
    record("forums.case_taken", by=actor(case, by), target=case, room=told_room(case))


@dataclass(frozen=True)
class Terms:
    """With what a decision is carried out: the decision, which has the facts; the new label; the new room."""

    decision: Decision
    tlp: Label | None = None
    room: Room | None = None


@transaction.atomic
def decide_case(
    *,
    by: User,
    case: Case,
    action: str,
    facts: str,
    ground: str = "",
    tlp: Label | None = None,
    until: datetime | None = None,
    room: Room | None = None,
    hold: bool = False,
) -> Decision | Proposal:
    """Decides a case: one decision, carried out at once, with its reasons told to whose it is.

    What takes two becomes a proposal, which waits for a second moderator; `hold` takes the thing out of sight so long.
    Raises Unseen, Forbidden (AlreadyDecided where somebody was first), Invalid (action, ground, facts, tlp, until,
    room).
    """
    check_decide_case(by, case)
    target = targets.of_case(case)
    if not discloses(by, case, target):
        raise Forbidden(_("Take the case on first, so that you have read what it is about."))
    target = lock_target(target)
    now = records.open_case(target)
    if now is None or now.pk != case.pk:
        raise AlreadyDecided
    # As it is under the lock.
    target = targets.of_case(now)
    if action not in actions_for(by, now, target):
        raise Invalid("action", _("Choose what is to be done."))
    if action not in (Action.STANDS, Action.HELD) and ground not in Ground.values:
        raise Invalid("ground", _("Say which rule it breaches."))
    words = records.clean_facts(facts)
    if action == Action.HELD:
        return _hide(by, now, target, words)
    breached = "" if action == Action.STANDS else ground
    if takes_two(action, target):
        return proposals.propose(by=by, target=target, action=action, ground=ground, facts=words, hold=hold)
    imposed = sanctions.impose(by=by, target=target, action=action, until=until) if action in SANCTIONS else None
    decision = records.note(by=by, target=target, action=Action(action), facts=words, ground=breached, sanction=imposed)
    if decision is None:
        raise records.OwnDecision
    CARRY_OUT[action](by, target, Terms(decision, tlp, room))
    record(
        "forums.case_decided",
        by=actor(now, by),
        target=now,
        room=told_room(now),
        decision=action,
        ground=breached,
        facts=words,
    )
    if action != Action.STANDS:
        records.tell_decided(decision, target, by)
    tell_after_commit()
    return decision


# --- what a decision does -------------------------------------------------------------------------


def _stands(by: User, target: Target, _terms: Terms) -> None:
    if target.state == State.HELD:
        restoring.put_back(by=by, target=target)


def _remove(by: User, target: Target, terms: Terms) -> None:
    proposals.take_away(by=by, target=target, facts=terms.decision.facts)


def _tighten(by: User, target: Target, terms: Terms) -> None:
    item = target.item
    if item is None or terms.tlp is None or terms.tlp <= item.tlp:
        raise Invalid("tlp", _("Choose a label that is tighter than it has now."))
    items.relabel(by=by, item=item, tlp=terms.tlp)


def _lock_thread(by: User, target: Target, terms: Terms) -> None:
    reason = " ".join(terms.decision.facts.split())[: moderation.LONGEST_REASON]
    if target.item is not None:
        closing.shut(by=by, thread=lock(Thread.objects.get(pk=target.item.pk)), reason=reason)


def _move_thread(by: User, target: Target, terms: Terms) -> None:
    if target.item is None or terms.room is None:
        raise Invalid("room", _("Choose a room."))
    # Both rooms read the reason in their logs; the facts are its author's to read.
    breached = str(terms.decision.get_ground_display())
    thread = Thread.objects.get(pk=target.item.pk)
    moving.move_thread(by=by, thread=thread, room=terms.room, reason=breached, decision=terms.decision)


def _hide(by: User, case: Case, target: Target, facts: str) -> Decision:
    """Out of sight until it is decided: the case stays open, and says who did it and why."""
    reason = " ".join(facts.split())[: moderation.LONGEST_REASON]
    if target.kind == "post":
        moderation.hold_post(by=by, post=target.row, reason=reason)
    else:
        items.hold(by=by, item=target.row, reason=reason)
    return case.decisions.filter(action=Action.HELD).latest("pk")


def _told(_by: User, _target: Target, _terms: Terms) -> None:
    """The statement of reasons is the warning; a sanction has been imposed with the decision."""


CARRY_OUT: dict[str, Callable[[User, Target, Terms], None]] = {
    Action.STANDS: _stands,
    Action.REMOVED: _remove,
    Action.TIGHTENED: _tighten,
    Action.LOCKED: _lock_thread,
    Action.MOVED: _move_thread,
    Action.WARNED: _told,
    Action.MUTED: _told,
    Action.SUSPENDED: _told,
}


# --- who is told ----------------------------------------------------------------------------------


def _say_more(said: Report, ground: str, words: str) -> bool:
    """What somebody who reported it already adds: a graver reason, more words. False where that is nothing new."""
    graver = GRAVITY[ground] < GRAVITY[said.ground]
    new = words if words and words not in said.note else ""
    if not graver and not new:
        return False
    said.ground = ground if graver else said.ground
    said.note = "\n\n".join(filter(None, [said.note, new]))
    if len(said.note) > LONGEST_NOTE:
        raise Invalid("note", _("With what you wrote about it before, this may have 1,000 characters at most."))
    said.save(update_fields=["ground", "note"])
    return True


def _ask(case: Case, by: User) -> None:
    """Tells those who may decide. Never through the thing itself, whose label may keep it from them."""
    part = ("case", case.pk)
    people = deciders(case).exclude(pk=by.pk)
    if case.for_coordinators:
        for coordinator in people:
            notify([coordinator], kind="reported_to_coordinators", person=coordinator, part=part)
    else:
        notify(people, kind="reported", room=case.place, part=part)
    tell_after_commit()


def _clean(ground: str, note: str) -> str:
    if ground not in Ground.values:
        raise Invalid("ground", _("Say what is wrong with it."))
    words = note.replace("\r\n", "\n").replace("\r", "\n").strip()
    if "\0" in words:
        raise Invalid("note", _("The text holds a character that cannot be stored."))
    if len(words) > LONGEST_NOTE:
        raise Invalid("note", _("This may have 1,000 characters at most."))
    return words
