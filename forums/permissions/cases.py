"""Who may report, take on a case, read what it is about, and decide it. Nobody decides about their own."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from forums.models.cases import RELIEF, SANCTIONS, Action, Appeal, Case, Decision
from forums.models.threads import Thread
from forums.permissions.moving import check_rearrange
from forums.permissions.sanctions import check_sanction
from forums.targets import Target
from network.kinds import KINDS
from network.labels import Label
from network.models.items import Item, State
from network.models.people import Membership, User
from network.models.rooms import Room
from network.permissions import NETWORK, Level, allowed, can, partners_of, who_may
from network.querysets import is_assured
from network.refusals import Forbidden, NeedsSecondFactor, Unseen


def check_report(by: User, target: Target) -> None:
    """Whoever sees something may report it. Called with what was fetched through the gate for them."""
    if target.author.pk == by.pk:
        raise Forbidden(_("This is your own. Change it, or ask a moderator to take it away."))
    if target.state == State.REMOVED:
        raise Forbidden(_("A moderator has taken this away already."))


def is_for_coordinators(target: Target) -> bool:
    """Whether no moderator of its room may decide about it.

    Under the Chatham House Rule the answer must not depend on whose it is, since it would tell.
    """
    place = target.place
    if place is None or place.is_direct:
        return True
    moderators = who_may(Level.MODERATE, place)
    if target.is_under_rule:
        return moderators.count() < 2
    return not moderators.exclude(pk=target.author.pk).exists()


def deciders(case: Case) -> QuerySet[User]:
    """Everybody who may decide the case, but for the rule about one's own partner."""
    return _those_of(case, case.for_coordinators).exclude(pk=case.author_id)


def check_case(by: User, case: Case) -> None:
    """Raises Unseen to whom the case does not exist: to all but the moderators or coordinators, and to its author."""
    if not Case.objects.visible_to(by).filter(pk=case.pk).exists():
        raise Unseen


def check_decide_case(by: User, case: Case) -> None:
    """Nobody decides about their own; nor, where somebody else can, about what their own partner wrote.

    The second is not asked under the Chatham House Rule: its refusal would name the partner.
    """
    check_case(by, case)
    check_partner(by, case, deciders(case))


def check_appeal(by: User, decision: Decision) -> None:
    """Against each decision that changed what is theirs, authors appeal once."""
    if not Decision.objects.visible_to(by).filter(pk=decision.pk).exists():
        raise Unseen
    if decision.action in RELIEF:
        raise Forbidden(_("This was decided in your favour. There is nothing to appeal against."))
    if Decision.objects.filter(undoes=decision).exists():
        raise Forbidden(_("This has been undone already. There is nothing to appeal against."))


def appeal_is_for_coordinators(decision: Decision) -> bool:
    """Whether no other moderator of the room is there. Under the rule it does not depend on whose it is."""
    case = decision.case
    if case.for_coordinators:
        return True
    others = who_may(Level.MODERATE, _place(case)).exclude(pk__in=[decision.by_id or 0, decision.second_id or 0])
    if case.is_under_rule:
        return others.count() < 2
    return not others.exclude(pk=case.author_id).exists()


def appeal_deciders(appeal: Appeal) -> QuerySet[User]:
    """Everybody who may decide the appeal, but for the rule about one's own partner."""
    decision = appeal.decision
    people = _those_of(decision.case, appeal.for_coordinators)
    return people.exclude(pk__in=[decision.case.author_id, decision.by_id or 0, decision.second_id or 0])


def check_decide_appeal(by: User, appeal: Appeal) -> None:
    """Somebody else than who decided first; never the author; nor, where another can, somebody of their partner."""
    if not Appeal.objects.visible_to(by).filter(pk=appeal.pk).exists():
        raise Unseen
    check_partner(by, appeal.decision.case, appeal_deciders(appeal))


def appeal_discloses(by: User, appeal: Appeal, target: Target) -> bool:
    """As `discloses`: whoever has taken the appeal on reads what its author was told off for."""
    if target.is_seen_by(by):
        return True
    return appeal.decided_at is None and appeal.handler_id == by.pk and _assured_for(by, target)


def discloses(by: User, case: Case, target: Target) -> bool:
    """Whether this person reads what the case is about: through the gate, or having taken on what was reported.

    Raises NeedsSecondFactor where nothing else lacks.
    """
    if target.is_seen_by(by):
        return True
    if case.closed_at is not None or case.handler_id != by.pk:
        return False
    # What somebody reported, or somebody who reads it proposed to take away.
    if not case.reports.exists() and not case.proposals.filter(settled_at=None).exists():
        return False
    return _assured_for(by, target)


def _assured_for(by: User, target: Target) -> bool:
    restricted = target.label is not None and target.label > Label.AMBER
    if restricted and settings.LIAISE_REQUIRE_MFA and not is_assured(by):
        raise NeedsSecondFactor
    return True


def _is_locked_for_good(item: Item) -> bool:
    """Whether a moderator closed it; what whoever began it closed, a moderator can still lock."""
    thread = Thread.objects.get(pk=item.pk)
    return thread.is_locked and not thread.is_closed_by_starter


def actions_for(by: User, case: Case, target: Target) -> list[str]:
    """What this person, who reads what the case is about, may decide now; the mildest first."""
    found: list[str] = [Action.STANDS, Action.WARNED]
    if target.kind == "person":
        return found
    item = target.item
    moderates = item is not None and allowed(by, Level.MODERATE, item.room)
    found += [one for one in SANCTIONS if can(check_sanction, by, target, one)]
    if item is not None and item.kind == Thread.KIND and not _is_locked_for_good(item):
        found.append(Action.LOCKED)
    if _could_move(by, target):
        found.append(Action.MOVED)
    # Only where they see the whole: the audience that it changes is the whole's.
    if moderates and item is not None and item.tlp < Label.RED and target.is_seen_by(by):
        found.append(Action.TIGHTENED)
    if can_hold(by, target):
        found.append(Action.HELD)
    # What its author withdrew could be put back by them; a decision that it goes is final.
    if target.state != State.REMOVED or target.is_withdrawn:
        found.append(Action.REMOVED)
        if _can_be_erased(target):
            found.append(Action.REDACTED)
    return found


def _can_be_erased(target: Target) -> bool:
    """Whether its words are talk, or its kind knows how to leave neither word nor byte."""
    return target.kind != "item" or target.row.kind == Thread.KIND or KINDS[target.row.kind].erase is not None


def _could_move(by: User, target: Target) -> bool:
    """Whether it is a whole discussion that they read and may move; a reply stays with what it answers."""
    if target.kind != "item" or target.row.kind != Thread.KIND or not target.is_seen_by(by):
        return False
    return bool(can(check_rearrange, by, Thread.objects.select_related("room").get(pk=target.row.pk)))


def can_hold(by: User, target: Target) -> bool:
    """Whether this person may take it out of sight until a second moderator has decided: a moderator who reads it."""
    item = target.item
    if item is None or target.state != State.PUBLISHED:
        return False
    return allowed(by, Level.MODERATE, item.room) and target.is_seen_by(by)


def _those_of(case: Case, for_coordinators: bool) -> QuerySet[User]:
    return who_may(Level.COORDINATE, NETWORK) if for_coordinators else who_may(Level.MODERATE, _place(case))


def check_partner(by: User, case: Case, people: QuerySet[User]) -> None:
    """Nobody decides about their own partner's where one of `people`, of another partner, can. Raises Forbidden."""
    if case.partner_id is None or case.is_under_rule:
        return
    if not partners_of(by).filter(pk=case.partner_id).exists():
        return
    of_partner = Membership.objects.effective().filter(partner=case.partner_id).values("user")
    if people.exclude(pk__in=of_partner).exists():
        raise Forbidden(_("It is about your own partner. Somebody else decides it."))


def _place(case: Case) -> Room:
    place = case.place
    if place is None:
        raise ValueError("A case about a profile is for coordinators.")
    return place
