"""How a check is asked: `require` raises with a reason, `can` turns any check into a yes or no."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from network.models.people import User
from network.models.sanctions import Sanction
from network.moments import moment_words
from network.permissions.levels import ROOM_LEVELS, Level
from network.permissions.places import Reader, allowed, coordinating
from network.permissions.sanctions import keeping_from
from network.refusals import Forbidden, Refusal, Unseen, Words

if TYPE_CHECKING:
    from network.permissions.places import Place

REASONS: dict[Level, Words] = {
    Level.VIEW: _("You may not read this room."),
    Level.CONTRIBUTE: _("You may read here, but not contribute."),
    Level.MODERATE: _("Only the moderators of this room may do this."),
    Level.MANAGE: _("Only the managers of this room may do this."),
    Level.REPRESENT: _("Only the partner's representatives may do this."),
    Level.COORDINATE: _("Only the network's coordinators may do this."),
    Level.CONVENE: _("Only coordinators, and whom they let, open rooms."),
    Level.OPERATE: _("Only whoever hosts the network may do this."),
}


@dataclass(frozen=True)
class May:
    """A yes or a no that knows why: truthy where allowed, `reason` where not."""

    yes: bool
    reason: Words = ""

    def __bool__(self) -> bool:
        return self.yes


def require(user: Reader, level: Level, place: Place, *, because: Words | None = None) -> None:
    """Raises Unseen where the person may not even view the place, else Forbidden with a reason."""
    if allowed(user, level, place):
        return
    if level in ROOM_LEVELS and not allowed(user, Level.VIEW, place):
        raise Unseen
    muted = muted_words(user, place) if level == Level.CONTRIBUTE else None
    raise Forbidden(muted or because or REASONS[level])


def muted_words(user: Reader, place: Any) -> Words | None:
    """Why somebody who reads a room does not write there, where it is for a while. One query."""
    rows = keeping_from(Level.CONTRIBUTE).filter(user=user.pk, room=place, kind=Sanction.Kind.MUTE)
    until = rows.order_by("-until").values_list("until", flat=True).first()
    return None if until is None else told_until(until)


def told_until(until: datetime) -> Words:
    """The words for whoever is muted until then."""
    return _("You may read here, but not write until %(when)s.") % {"when": moment_words(until)}


def check_lasting(user: User) -> None:
    """Raises Forbidden where this person coordinates only in somebody's place: this would outlast the absence."""
    if not coordinating(user.pk).filter(deputy_for=None).exists():
        raise Forbidden(_("Who stands in for a coordinator does not decide this: it would outlast the absence."))


def can(check: Callable[..., Any], *args: Any, **kwargs: Any) -> May:
    """The question form of any check that raises a Refusal."""
    try:
        check(*args, **kwargs)
    except Refusal as refusal:
        return May(False, refusal.reason)
    return May(True)
