"""Who takes back a decision without an appeal, which, and for how long."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from forums import targets
from forums.models.cases import RELIEF, SANCTIONS, Action, Case, Decision
from forums.permissions.cases import check_partner, deciders
from forums.permissions.sanctions import check_sanction
from network import clock
from network.models.people import User
from network.refusals import Forbidden, Unseen

A_DAY = timedelta(days=1)
# What was held is approved; a tighter label is made wider by its source alone; erased words are gone.
NEVER = (Action.HELD, Action.STANDS, Action.TIGHTENED, Action.REDACTED, *RELIEF)


def check_undo(by: User, decision: Decision) -> None:
    """Whoever decided, or another who could have; within a day, or while a sanction runs. Raises Unseen, Forbidden."""
    case = decision.case
    if not Case.objects.visible_to(by).filter(pk=case.pk).exists():
        raise Unseen
    if decision.action in NEVER:
        raise Forbidden(_("This cannot be undone."))
    if Decision.objects.filter(undoes=decision).exists():
        raise Forbidden(_("This has been undone already."))
    appeal = getattr(decision, "appeal", None)
    if appeal is not None:
        raise Forbidden(_("Its author has appealed. What becomes of it is decided there."))
    if by.pk not in (decision.by_id, decision.second_id):
        check_partner(by, case, deciders(case))
    if decision.action in SANCTIONS:
        _check_lift(by, decision)
    elif clock.now() - decision.at > A_DAY:
        raise Forbidden(_("This was decided more than a day ago. Its author may appeal against it."))
    elif not is_newest(decision):
        raise Forbidden(_("Something else has been decided about it since."))


def _check_lift(by: User, decision: Decision) -> None:
    sanction = decision.sanction
    if sanction is None or sanction.lifted_at is not None or sanction.until <= clock.now():
        raise Forbidden(_("This is over already."))
    check_sanction(by, targets.of_case(decision.case), decision.action)


def is_newest(decision: Decision) -> bool:
    """Whether nobody has decided about the same thing since; what they decided stays."""
    case = decision.case
    same = {"item": case.item_id, "room": case.room_id, "person": case.person_id}
    later = Decision.objects.filter(
        **{f"case__{key}": value for key, value in same.items()},
        case__part_kind=case.part_kind,
        case__part_id=case.part_id,
        pk__gt=decision.pk,
    )
    return not later.exclude(action__in=(Action.WARNED, Action.STANDS, *SANCTIONS, *RELIEF)).exists()
