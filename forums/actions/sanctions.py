"""Muting and suspending: decided with reasons about something that somebody wrote, and over by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from forums.actions import records
from forums.actions.posts import tell_after_commit
from forums.actions.records import actor, lock_target, told_room
from forums.models.cases import SANCTIONS, Action, Decision, Ground
from forums.permissions.sanctions import check_sanction, check_until, running
from forums.targets import Target
from network import clock
from network.actions.rooms import demand_manager
from network.audit import record
from network.effects import after_commit, room_changed
from network.models.people import User
from network.models.rooms import Room
from network.models.sanctions import Sanction
from network.notifications import notify
from network.permissions import Level, require
from network.permissions.items import check_seen
from network.refusals import Invalid, Unseen

# Within this much of each other, two ends are one: a form that was sent twice.
A_MOMENT = timedelta(minutes=10)


@transaction.atomic
def sanction(*, by: User, target: Target, action: str, until: datetime | None, ground: str, facts: str) -> Decision:
    """A moderator mutes or suspends the author of a thing that they read, beside any case or closing the one there is.

    Raises Unseen, Forbidden, Invalid (action, ground, facts, until).
    """
    if target.item is None:
        raise Unseen
    check_seen(by, target.item, inside=True)
    require(by, Level.MODERATE, target.item.room)
    if action not in SANCTIONS:
        raise Invalid("action", _("Choose what is to be done."))
    if ground not in Ground.values:
        raise Invalid("ground", _("Say which rule it breaches."))
    words = records.clean_facts(facts)
    target = lock_target(target)
    imposed = impose(by=by, target=target, action=action, until=until)
    decision = records.note(by=by, target=target, action=Action(action), facts=words, ground=ground, sanction=imposed)
    if decision is None:
        raise records.OwnDecision
    case = decision.case
    # Through the case: under the Chatham House Rule the trail names no person, and elsewhere it need not.
    record(
        "forums.sanctioned",
        by=actor(case, by),
        target=case,
        room=told_room(case),
        decision=action,
        ground=ground,
        facts=words,
    )
    notify([target.author], kind="decided", person=target.author, part=("decision", decision.pk))
    tell_after_commit()
    return decision


def impose(*, by: User, target: Target, action: str, until: datetime | None) -> Sanction:
    """Keeps the author of a locked target from the room for a while, for a caller who writes the decision down.

    Raises Forbidden, Invalid (until).
    """
    check_sanction(by, target, action)
    end = check_until(until)
    place = target.place
    if place is None:
        raise ValueError("check_sanction lets nobody be kept from no room.")
    # Nobody else changes who manages the room meanwhile.
    Room.objects.select_for_update(of=("self",)).only("pk").get(pk=place.pk)
    already = running(target, action)
    if already is not None and already.until >= end - A_MOMENT:
        raise Invalid("until", _("This runs already, and as long. Choose a later day, or leave it."))
    made = Sanction.objects.create(
        user=target.author,
        room=place,
        item=target.item if target.is_under_rule else None,
        kind=SANCTIONS[action],
        until=end,
        since=clock.now(),
    )
    if not target.is_under_rule:
        demand_manager(place)
    after_commit(room_changed, place.pk)
    return made


def lift(*, by: User, sanction: Sanction) -> None:
    """Ends a sanction now, for a caller who has asked who may and writes it down. Twice is once."""
    everywhere = Q(pk=sanction.pk) | Q(origin=sanction.pk)
    Sanction.objects.filter(everywhere, lifted_at=None).update(lifted_at=clock.now(), lifted_by=by)
    after_commit(room_changed, sanction.room_id)
