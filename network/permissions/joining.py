"""Who may ask for a place in a room: those who know of it, have none there, and were not refused just now."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from network import clock
from network.models.grants import PartnerGrant
from network.models.people import Partner, User
from network.moments import moment_words
from network.permissions.checks import require
from network.permissions.levels import Level
from network.permissions.listing import listed_rule
from network.permissions.places import allowed
from network.permissions.sanctions import keeping_from
from network.refusals import Forbidden, Invalid, Unseen

if TYPE_CHECKING:
    from network.models.rooms import Room

PAUSE = timedelta(days=14)  # after a refusal


def check_ask(user: User, room: Room, partner: Partner | None) -> None:
    """Raises Unseen for a room they do not know of or that is not restricted, else the reason why not now."""
    rooms = apps.get_model("network", "Room")._default_manager
    if room.kind != "restricted" or not rooms.filter(listed_rule(user), pk=room.pk).exists():
        raise Unseen
    if partner is not None:
        require(user, Level.REPRESENT, partner)
        if PartnerGrant.objects.current().filter(group=partner.group, content_object=room).exists():
            raise Invalid("partner", _("Your partner has a place in this room already."))
    elif allowed(user, Level.VIEW, room):
        raise Invalid("", _("You have a place in this room already."))
    running = keeping_from(Level.VIEW).filter(user=user, room=room)
    until = running.order_by("-until").values_list("until", flat=True).first()
    if until is not None:
        words = _("You are suspended from this room until %(when)s. Until then nobody can give you a place here.")
        raise Forbidden(words % {"when": moment_words(until)})
    if room.closed_at is not None:
        raise Forbidden(_("This room is closed. Nobody is given a place there any more."))
    requests = apps.get_model("network", "JoinRequest")._default_manager.filter(room=room, granted=False)
    whose = requests.filter(partner=partner) if partner else requests.filter(partner=None, user=user)
    if whose.filter(settled_at__gt=clock.now() - PAUSE).exists():
        raise Forbidden(_("This was declined less than two weeks ago. You may ask again after that."))
