"""What takes two moderators, and who may be the second."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from forums.models.cases import Action, Case
from forums.models.proposals import Proposal
from forums.models.threads import Thread
from forums.permissions.cases import check_decide_case, check_partner, deciders
from forums.targets import Target
from network.models.people import User
from network.permissions import Level, who_may
from network.refusals import Forbidden, Unseen

# A discussion that holds more answers than these is not taken away by one person.
MANY = 20


class TakesTwo(Forbidden):
    """One moderator alone may not: another confirms it first."""

    def __init__(self) -> None:
        super().__init__(_("This takes two moderators: propose it, and another confirms it."))


def takes_two(action: str, target: Target) -> bool:
    """Erasing takes two, and so does taking away a discussion with more than twenty answers."""
    if action == Action.REDACTED:
        return True
    if action != Action.REMOVED or target.kind != "item" or target.row.kind != Thread.KIND:
        return False
    return Thread.objects.filter(pk=target.row.pk, reply_count__gt=MANY).exists()


def second_is_coordinator(case: Case, by: User) -> bool:
    """Whether no other moderator of the room could confirm it. Under the rule this does not depend on whose it is."""
    if case.for_coordinators:
        return True
    if case.is_under_rule and case.item is not None:
        return who_may(Level.MODERATE, case.item.room).exclude(pk=by.pk).count() < 2
    return not deciders(case).exclude(pk=by.pk).exists()


def check_second(by: User, proposal: Proposal) -> None:
    """Somebody else than who proposed it; never whose it is; nor, where another can, somebody of their partner.

    Raises Unseen, Forbidden.
    """
    case = proposal.case
    if proposal.by_id == by.pk:
        check_decide_case(by, case)
        raise Forbidden(_("You proposed it yourself. Another moderator confirms it or declines."))
    if not Proposal.objects.visible_to(by).filter(pk=proposal.pk).exists():
        raise Unseen
    check_partner(by, case, deciders(case).exclude(pk=proposal.by_id or 0))
