"""Whom a moderator may keep from writing in a room, or from the room, and who lets them back."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from forums.models.cases import SANCTIONS, Action
from forums.targets import Target
from network import clock
from network.models.people import User
from network.models.sanctions import Sanction
from network.permissions import NETWORK, Level, allowed, level_by_places
from network.refusals import Forbidden, Invalid

LONGEST = timedelta(days=366)


def check_sanction(by: User, target: Target, action: str) -> None:
    """Nobody sanctions whoever stands as high as they do, or higher; who may decide at all is asked of the case.

    Under the Chatham House Rule levels are not asked, since the refusal would tell: there is only the mute in its own
    thread, which takes nothing from anybody anywhere else.
    """
    place = target.place
    if place is None or place.is_direct:
        raise Forbidden(_("There is nothing in a direct room or a profile that somebody could be kept from."))
    if target.is_under_rule:
        if action != Action.MUTED:
            raise Forbidden(_("Under the Chatham House Rule nobody is suspended: the room would see who is missing."))
        return
    theirs = level_by_places(target.author, place) or Level.VIEW
    if theirs < Level.MODERATE or allowed(by, Level.COORDINATE, NETWORK):
        return
    if theirs >= Level.MANAGE:
        raise Forbidden(_("Whoever manages the room is muted or suspended by coordinators alone."))
    if not allowed(by, Level.MANAGE, place):
        raise Forbidden(_("Moderators are muted or suspended by those who manage the room."))


def check_until(until: datetime | None) -> datetime:
    """Until when, of a sanction. Raises Invalid (until) for none, one that is over, or more than a year."""
    now = clock.now()
    if until is None:
        raise Invalid("until", _("Say until when."))
    if until <= now:
        raise Invalid("until", _("Choose a day that is not over."))
    if until > now + LONGEST:
        raise Invalid("until", _("This may last a year at most."))
    return until


def running(target: Target, action: str) -> Sanction | None:
    """The sanction of this kind that the author of a thing is under now, where it would count; the longest."""
    rows = Sanction.objects.current().filter(user=target.author, room=target.place, kind=SANCTIONS[action])
    return rows.filter(item=target.item if target.is_under_rule else None).order_by("-until").first()
