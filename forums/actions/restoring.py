"""Taking back what a decision did, as far as it can be: where an appeal is right, or moderators were mistaken."""

from __future__ import annotations

from django.db import transaction

from forums import targets
from forums.actions import chat, closing, moderation, records, sanctions, undoing
from forums.actions.posts import lock
from forums.models.cases import Action, Decision
from forums.models.changes import Change
from forums.models.threads import Thread
from forums.permissions.undoing import check_undo, is_newest
from forums.targets import Target
from network.actions import items
from network.models.items import State
from network.models.people import User


@transaction.atomic
def undo(*, by: User, decision: Decision, facts: str) -> Decision:
    """A moderator takes back what was decided by mistake, or lets somebody back early. Recorded as a decision.

    Raises Unseen, Forbidden (AlreadyDecided where somebody was first), Invalid (facts).
    """
    check_undo(by, decision)
    words = records.clean_facts(facts)
    target = targets.of_case(decision.case)
    target = records.lock_target(target)
    rows = Decision.objects.select_for_update(of=("self",)).select_related("case__item__room", "case__room", "sanction")
    now = rows.get(pk=decision.pk)
    if Decision.objects.filter(undoes=now).exists():
        raise records.AlreadyDecided
    check_undo(by, now)
    restore(by=by, decision=now, target=targets.of_case(now.case))
    return records.note_undone(by=by, decision=now, facts=words)


def restore(*, by: User, decision: Decision, target: Target) -> None:
    """What can be restored, of a locked target, for a caller who has asked who may.

    A label is made wider by its source alone, and erased words are gone. What somebody decided since stays.
    Raises Forbidden where a discussion cannot go back to the room where it was.
    """
    if decision.sanction is not None:
        sanctions.lift(by=by, sanction=decision.sanction)
        return
    if not is_newest(decision):
        return
    if decision.action == Action.REMOVED and target.state == State.REMOVED:
        put_back(by=by, target=target)
    elif decision.action == Action.LOCKED and target.item is not None:
        closing.open_again(by=by, thread=lock(Thread.objects.get(pk=target.item.pk)))
    elif decision.action == Action.MOVED:
        for change in Change.objects.select_related("thread").filter(decision=decision):
            undoing.take_back(by=by, change=change)


def put_back(*, by: User, target: Target) -> None:
    """Lets a locked thing, whatever its kind, be read again."""
    if target.kind == "post":
        moderation.put_back(by=by, post=target.row, thread=lock(target.row.thread))
    elif target.kind == "message":
        chat.put_back(by=by, message=target.row)
    else:
        items.put_back(by=by, item=target.row)
