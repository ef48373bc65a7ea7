"""Appealing against a decision, and what somebody else than who took it makes of it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from forums import targets
from forums.actions import records, restoring
from forums.actions.posts import tell_after_commit
from forums.actions.records import AlreadyDecided, actor, lock_target, told_room
from forums.models.cases import Action, Appeal, Case, Decision
from forums.permissions.cases import (
    appeal_deciders,
    appeal_discloses,
    appeal_is_for_coordinators,
    check_appeal,
    check_decide_appeal,
)
from forums.targets import Target
from network import chatham, clock
from network.audit import record
from network.models.people import User
from network.notifications import notify, withdraw
from network.refusals import Forbidden, Invalid


@transaction.atomic
def appeal(*, by: User, decision: Decision, text: str) -> Appeal:
    """The author asks that somebody else looks at it again. Twice is once. Raises Unseen, Invalid (text)."""
    check_appeal(by, decision)
    words = _clean(text, "text")
    row, new = Appeal.objects.get_or_create(
        decision=decision, defaults={"text": words, "for_coordinators": appeal_is_for_coordinators(decision)}
    )
    if not new:
        return row
    case = decision.case
    who = chatham.subject(case.item, by) if case.item is not None else by
    record("forums.appealed", by=who, target=case, room=told_room(case))
    part = ("appeal", row.pk)
    if row.for_coordinators:
        for coordinator in appeal_deciders(row):
            notify([coordinator], kind="appealed_to_coordinators", person=coordinator, part=part)
    else:
        notify(appeal_deciders(row), kind="appealed", room=case.place, part=part)
    tell_after_commit()
    return row


@transaction.atomic
def take_appeal(*, by: User, appeal: Appeal) -> None:
    """Takes an appeal on, and with it reads what it is about, whatever its label; recorded. Twice is once."""
    check_decide_appeal(by, appeal)
    row = _locked(appeal)
    if row.handler_id == by.pk:
        return
    Appeal.objects.filter(pk=row.pk).update(handler=by)
    case = row.decision.case
    record("forums.appeal_taken", by=actor(case, by), target=case, room=told_room(case))


@transaction.atomic
def decide_appeal(*, by: User, appeal: Appeal, upheld: bool, answer: str) -> None:
    """Upheld, what was taken away can be read again; both its author and who decided first are told.

    Raises Unseen, Forbidden (AlreadyDecided where somebody was first), Invalid (answer).
    """
    check_decide_appeal(by, appeal)
    decision = appeal.decision
    target = targets.of_case(decision.case)
    if not appeal_discloses(by, appeal, target):
        raise Forbidden(_("Take the appeal on first, so that you have read what it is about."))
    words = _clean(answer, "answer")
    target = lock_target(target)
    row = _locked(appeal)
    target = targets.of_case(decision.case)
    Appeal.objects.filter(pk=row.pk).update(decided_at=clock.now(), decided_by=by, upheld=upheld, answer=words)
    if upheld:
        _restore(by, decision, target)
    case = decision.case
    verb = "forums.appeal_upheld" if upheld else "forums.appeal_rejected"
    record(verb, by=actor(case, by), target=case, room=told_room(case), reason=words)
    _tell(row, case, by)


def _restore(by: User, decision: Decision, target: Target) -> None:
    """As far as it can be: where somebody would come to read it by that, a discussion stays where it was moved."""
    try:
        with transaction.atomic():
            restoring.restore(by=by, decision=decision, target=target)
    except Forbidden:
        if decision.action != Action.MOVED:
            raise


def _tell(row: Appeal, case: Case, by: User) -> None:
    part = ("appeal", row.pk)
    withdraw("appealed", room=case.place, part=part)
    withdraw("appealed_to_coordinators", part=part)
    author, first = case.author, row.decision.by
    notify([author], kind="appeal_answered", person=author, part=("decision", row.decision_id))
    if first is not None and first.pk != by.pk:
        notify([first], kind="appeal_decided", person=first, part=("case", case.pk))
    tell_after_commit()


def _locked(appeal: Appeal) -> Appeal:
    rows = Appeal.objects.select_for_update(of=("self",)).select_related(
        "decision__by", "decision__case__item__room", "decision__case__room", "decision__case__author"
    )
    row = rows.get(pk=appeal.pk)
    if row.decided_at is not None:
        raise AlreadyDecided
    return row


def _clean(text: str, field: str) -> str:
    try:
        return records.clean_facts(text)
    except Invalid as refusal:
        if not text.strip():
            raise Invalid(field, _("Say why, so that the other can understand it.")) from None
        raise Invalid(field, refusal.reason) from None
