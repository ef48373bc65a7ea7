"""The record of what moderators decide: called by the actions that carry a decision out, in their transaction.

Whether something is decided from a case or beside it, there is one decision, with its reasons, and everybody whom it
concerns is told once.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from forums import targets
from forums.actions.posts import lock_with, tell_after_commit
from forums.models.cases import SANCTIONS, Action, Case, Decision, Report
from forums.models.chat import ChatMessage
from forums.models.proposals import Proposal
from forums.permissions.cases import check_decide_case
from forums.permissions.proposals import TakesTwo, takes_two
from forums.targets import Target
from network import chatham, clock
from network.audit import record
from network.models.items import Item
from network.models.people import User
from network.models.rooms import Room
from network.models.sanctions import Sanction
from network.notifications import notify, withdraw
from network.refusals import Forbidden, Invalid

LONGEST_FACTS = 2000


class AlreadyDecided(Forbidden):
    """Somebody else was first: there is one decision."""

    def __init__(self) -> None:
        super().__init__(_("Somebody else has decided this in the meantime."))


class OwnDecision(Forbidden):
    """What somebody does with their own is no decision."""

    def __init__(self) -> None:
        super().__init__(_("Nobody decides about their own."))


def note(
    *,
    by: User,
    target: Target,
    action: Action,
    facts: str = "",
    ground: str = "",
    sanction: Sanction | None = None,
    second: User | None = None,
) -> Decision | None:
    """Writes a decision down, in the open case about the thing if there is one, which it then closes.

    None for what somebody does with their own: that is no decision. Holding decides nothing yet.
    Whoever confirmed what takes two is the `second`; without one such a decision is not written down, whatever the way
    to it. Raises Forbidden where the case is another's to decide.
    """
    if target.author.pk == by.pk:
        return None
    if second is None and takes_two(action, target):
        raise TakesTwo
    case = open_case(target)
    if case is not None and action != Action.HELD and second is None:
        check_decide_case(by, case)
    if case is None:
        case = Case.objects.create(
            **target.key, author=target.author, partner=target.partner, handler=by, closed_at=clock.now()
        )
    decision = Decision.objects.create(
        case=case,
        action=action,
        ground=ground,
        facts=facts,
        by=by,
        second=second,
        sanction=sanction,
        from_report=case.reports.exists(),
    )
    if action != Action.HELD:
        close(case)
    return decision


def note_undone(*, by: User, decision: Decision, facts: str) -> Decision:
    """Writes down that a decision is taken back, and tells whose it is; the caller has asked who may, and does it."""
    case = decision.case
    lifts = decision.action in SANCTIONS
    made = Decision.objects.create(
        case=case, action=Action.LIFTED if lifts else Action.UNDONE, facts=facts, by=by, undoes=decision
    )
    record("forums.decision_undone", by=actor(case, by), target=case, room=told_room(case), facts=facts)
    notify([case.author], kind="decided", person=case.author, part=("decision", made.pk))
    tell_after_commit()
    return made


def open_case(target: Target) -> Case | None:
    """The case that waits to be decided about it, locked until this transaction ends."""
    rows = Case.objects.select_for_update(of=("self",)).select_related("item__room", "item__parent", "room", "person")
    return rows.filter(**target.key, closed_at=None).first()


def close(case: Case) -> None:
    """It is decided: nobody is asked any more, and whoever reported it learns that it is."""
    if case.closed_at is None:
        Case.objects.filter(pk=case.pk).update(closed_at=clock.now())
    # Decided otherwise in the meantime: nobody is asked to confirm any more.
    Proposal.objects.filter(case=case, settled_at=None).update(settled_at=clock.now(), confirmed=False)
    part = ("case", case.pk)
    withdraw("proposed", room=case.place, part=part)
    withdraw("proposed_to_coordinators", part=part)
    withdraw("reported", room=case.place, part=part)
    withdraw("reported_to_coordinators", part=part)
    for report in Report.objects.filter(case=case).select_related("by"):
        # About nobody but themselves: what it was they may not see any more.
        notify([report.by], kind="report_answered", person=report.by, part=("report", report.pk))


def tell_author(
    decision: Decision | None, author: User, *, kind: str, by: User, item: Item | None = None, room: Room | None = None
) -> None:
    """Tells whose it is, with the way to the statement of reasons; also where they lost the place."""
    part = ("decision", decision.pk) if decision else None
    told = notify([author], kind=kind, item=item, room=room, part=part, by=by)
    if not told and decision is not None and author.pk != by.pk:
        notify([author], kind="decided", person=author, part=part)


def tell_decided(decision: Decision, target: Target, by: User) -> None:
    """Tells whose it is what was decided, in the words of the thing where it is gone."""
    gone = decision.action in (Action.REMOVED, Action.REDACTED)
    if gone and target.kind == "post":
        tell_author(decision, target.author, kind="post_removed", item=target.item, by=by)
    elif gone and target.kind == "message":
        tell_author(decision, target.author, kind="message_removed", room=target.room, by=by)
    elif gone:
        tell_author(decision, target.author, kind="item_removed", item=target.item, by=by)
    else:
        notify([target.author], kind="decided", person=target.author, part=("decision", decision.pk))


def clean_facts(facts: str) -> str:
    """The facts with one kind of line end, trimmed. Raises Invalid: none, too long, unreadable."""
    words = facts.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not words:
        raise Invalid("facts", _("Say what happened, so that the author can understand it."))
    if "\0" in words:
        raise Invalid("facts", _("The text holds a character that cannot be stored."))
    if len(words) > LONGEST_FACTS:
        raise Invalid("facts", _("This may have 2,000 characters at most."))
    return words


def lock_target(target: Target) -> Target:
    """The thing as it is now: whoever else would report, decide or change it waits until this transaction ends."""
    if target.kind == "post":
        return targets.of_post(lock_with(target.row)[0])
    if target.item is not None:
        Item.objects.select_for_update(of=("self",)).only("pk").get(pk=target.item.pk)
    elif target.kind == "message":
        ChatMessage.objects.select_for_update(of=("self",)).only("pk").get(pk=target.row.pk)
    else:
        User.objects.select_for_update(of=("self",)).only("pk").get(pk=target.row.pk)
    return target


def actor(case: Case, by: User) -> chatham.Subject:
    """Who decides, for the trail: under the Chatham House Rule a moderator, whoever it is."""
    return chatham.moderator(case.item, by) if case.item is not None else by


def told_room(case: Case) -> Room | None:
    """The room for the trail; none where coordinators decide, who are not in it."""
    return None if case.for_coordinators else case.place
