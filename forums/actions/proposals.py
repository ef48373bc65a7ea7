"""What takes two moderators: proposed by one, confirmed or declined by another, one decision in the end."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from forums import targets
from forums.actions import chat, moderation, records, summaries
from forums.actions.posts import lock, tell_after_commit
from forums.actions.records import AlreadyDecided, actor, lock_target, told_room
from forums.models.cases import Action, Case, Decision, Ground
from forums.models.proposals import Proposal
from forums.models.threads import Post, Thread
from forums.permissions.cases import can_hold, check_decide_case, deciders, discloses, is_for_coordinators
from forums.permissions.proposals import check_second, second_is_coordinator
from forums.targets import Target
from network import clock
from network.actions import items
from network.audit import record
from network.kinds import KINDS
from network.models.items import Item, State
from network.models.people import User
from network.notifications import notify
from network.refusals import Forbidden, Invalid


def propose(*, by: User, target: Target, action: str, ground: str, facts: str, hold: bool = False) -> Proposal:
    """Has a locked target wait for a second moderator, for a caller who has asked who may. Twice is once.

    Where nobody else of the room could confirm it, coordinators are asked. Raises Forbidden, Invalid (action, ground).
    """
    if target.author.pk == by.pk:
        raise records.OwnDecision
    if ground not in Ground.values:
        ground = Ground.CHARTER
    case = records.open_case(target)
    if case is not None:
        check_decide_case(by, case)
    else:
        case = Case.objects.create(
            **target.key,
            author=target.author,
            partner=target.partner,
            for_coordinators=is_for_coordinators(target),
            handler=by,
        )
        check_decide_case(by, case)
    waiting = Proposal.objects.filter(case=case, settled_at=None).first()
    if waiting is not None:
        if (waiting.by_id, waiting.action) == (by.pk, action):
            return waiting
        raise Invalid("action", _("Another proposal waits for a second moderator. Confirm it or decline it first."))
    if second_is_coordinator(case, by) and not case.for_coordinators:
        Case.objects.filter(pk=case.pk).update(for_coordinators=True)
        case.for_coordinators = True
    made = Proposal.objects.create(case=case, action=action, ground=ground, facts=facts, by=by)
    record(
        "forums.proposed",
        by=actor(case, by),
        target=case,
        room=told_room(case),
        decision=action,
        ground=ground,
        facts=facts,
    )
    if hold and can_hold(by, target):
        if target.kind == "post":
            moderation.hold_post(by=by, post=target.row, reason=str(_("It waits for a second moderator.")))
        else:
            items.hold(by=by, item=target.row, reason=str(_("It waits for a second moderator.")))
    _ask(case, by)
    return made


@transaction.atomic
def confirm(*, by: User, proposal: Proposal) -> Decision:
    """A second moderator agrees: it is decided, and carried out at once.

    Raises Unseen, Forbidden (AlreadyDecided where somebody was first).
    """
    row, target = _second(by, proposal)
    first = row.by or by
    Proposal.objects.filter(pk=row.pk).update(settled_at=clock.now(), settled_by=by, confirmed=True)
    decision = records.note(
        by=first, target=target, action=Action(row.action), facts=row.facts, ground=row.ground, second=by
    )
    if decision is None:
        raise records.OwnDecision
    if target.state != State.REMOVED or row.action == Action.REDACTED:
        take_away(by=by, target=target, facts=row.facts, erase=row.action == Action.REDACTED)
    case = row.case
    record("forums.proposal_confirmed", by=actor(case, by), target=case, room=told_room(case), decision=row.action)
    records.tell_decided(decision, target, by)
    _tell(row, by, "proposal_confirmed")
    return decision


@transaction.atomic
def decline(*, by: User, proposal: Proposal, answer: str) -> None:
    """A second moderator disagrees, and says why. What was reported waits on; what only was proposed is done with.

    Raises Unseen, Forbidden (AlreadyDecided where somebody was first), Invalid (answer).
    """
    try:
        words = records.clean_facts(answer)
    except Invalid as refusal:
        said = refusal.reason if answer.strip() else _("Say why, so that the other can understand it.")
        raise Invalid("answer", said) from None
    row, _target = _second(by, proposal)
    Proposal.objects.filter(pk=row.pk).update(settled_at=clock.now(), settled_by=by, confirmed=False, answer=words)
    case = row.case
    record("forums.proposal_declined", by=actor(case, by), target=case, room=told_room(case), reason=words)
    if not case.reports.exists():
        records.close(case)
    _tell(row, by, "proposal_declined")


def take_away(*, by: User, target: Target, facts: str, erase: bool = False) -> None:
    """Takes a locked thing, whatever its kind, out of sight, for a caller who has asked who may."""
    # Beside the thing stands one line; the statement has the whole.
    reason = " ".join(facts.split())[: moderation.LONGEST_REASON]
    if target.kind == "post":
        moderation.take_away(by=by, post=target.row, thread=lock(target.row.thread), reason=reason, erase=erase)
    elif target.kind == "message":
        chat.take_away(by=by, message=target.row, reason=reason, erase=erase)
    else:
        if target.state != State.REMOVED:
            items.take_away(by=by, item=target.row, state=State.REMOVED, reason=reason)
        if erase and (erase_whole := KINDS[target.row.kind].erase) is not None:
            erase_whole(target.row)
        # What its author withdrew is gone for good by it.
        Post.objects.filter(thread=target.row.pk, parent=None).update(withdrawn_at=None, withdrawn_held=False)
        if erase:
            for opening in Post.objects.filter(thread=target.row.pk, parent=None):
                moderation.erase_words(opening, by=by, reason=reason)
            for thread in Thread.objects.filter(pk=target.row.pk):
                summaries.erase(thread)
            Item.objects.filter(pk=target.row.pk).update(title=_("Erased"))


def _second(by: User, proposal: Proposal) -> tuple[Proposal, Target]:
    """The proposal and what it is about as they are now, locked, for a second moderator who reads the thing."""
    check_second(by, proposal)
    target = targets.of_case(proposal.case)
    if not discloses(by, proposal.case, target):
        raise Forbidden(_("Take the case on first, so that you have read what it is about."))
    target = lock_target(target)
    rows = Proposal.objects.select_for_update(of=("self",)).select_related("by", "case__item__room", "case__room")
    row = rows.get(pk=proposal.pk)
    if row.settled_at is not None:
        raise AlreadyDecided
    return row, targets.of_case(row.case)


def _ask(case: Case, by: User) -> None:
    part, people = ("case", case.pk), deciders(case).exclude(pk=by.pk)
    if case.for_coordinators:
        for coordinator in people:
            notify([coordinator], kind="proposed_to_coordinators", person=coordinator, part=part)
    else:
        notify(people, kind="proposed", room=case.place, part=part)
    tell_after_commit()


def _tell(row: Proposal, by: User, kind: str) -> None:
    if row.by is not None and row.by_id != by.pk:
        notify([row.by], kind=kind, person=row.by, part=("case", row.case_id))
    tell_after_commit()
