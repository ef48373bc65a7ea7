"""Asking for a place in a restricted room, for oneself or for one's partner, and being answered."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from network import clock
from network.actions.rooms import grant, tell_after_commit
from network.audit import record
from network.models.people import Partner, User
from network.models.rooms import JoinRequest, Room
from network.notifications import notify, withdraw
from network.permissions import Level, require, who_may
from network.permissions.joining import check_ask
from network.refusals import Forbidden, Invalid, Words


@transaction.atomic
def ask_to_join(*, by: User, room: Room, note: str = "", partner: Partner | None = None) -> JoinRequest:
    """Somebody who knows of a restricted room asks its managers for a place. Asking twice is once.

    A representative may ask for the whole `partner`. One person has one open request in a room: whoever has asked for
    themselves does not ask for a partner by the same words, nor the other way round. Raises Unseen, Forbidden, Invalid.
    """
    check_ask(by, room, partner)
    request, new = JoinRequest.objects.get_or_create(
        room=room, user=by, settled_at=None, defaults={"note": note, "partner": partner}
    )
    if request.partner_id != (partner.pk if partner else None):
        raise Invalid("partner", _asked_otherwise(request))
    if new:
        record("network.join_asked", by=by, target=room, room=room, partner=partner, note=note)
        notify(who_may(Level.MANAGE, room), kind="join_asked", room=room, part=("join_request", request.pk), by=by)
        tell_after_commit(room)
    return request


@transaction.atomic
def approve_request(*, by: User, request: JoinRequest, level: Level, until: datetime | None = None) -> None:
    """A manager gives the place that was asked for. Raises as `grant` does; Invalid where it was answered already."""
    request = _open(request)
    grant(by=by, room=request.room, holder=request.partner or request.user, level=level, until=until)


@transaction.atomic
def decline_request(*, by: User, request: JoinRequest, reason: str) -> None:
    """A manager says no, and why; the asker reads it. The room stays as unknown to them as it was.

    Raises Invalid: without a reason, or answered already.
    """
    require(by, Level.MANAGE, request.room)
    request = _open(request)
    words = " ".join(reason.split())
    if not words:
        raise Invalid("reason", _("Say why, so that the other can understand it."))
    _settle(request, by, granted=False, reason=words)
    record("network.join_declined", by=by, target=request.user, room=request.room, reason=words)
    notify(
        [request.user],
        kind="join_declined",
        room=request.room,
        part=("join_request", request.pk),
        by=by,
        known=True,
    )
    tell_after_commit(request.room)


@transaction.atomic
def withdraw_request(*, by: User, request: JoinRequest) -> None:
    """Whoever asked thinks better of it. Raises Forbidden for anybody else, Invalid where it is answered already."""
    if request.user_id != by.pk:
        raise Forbidden(_("Only whoever asked may withdraw this request."))
    request = _open(request)
    _settle(request, by, granted=None)
    record("network.join_withdrawn", by=by, target=request.room, room=request.room)


def _asked_otherwise(request: JoinRequest) -> Words:
    if request.partner is None:
        return _("You have asked for a place of your own in this room already. Withdraw that request first.")
    return _("You have asked for a place for %(partner)s in this room already. Withdraw that request first.") % {
        "partner": request.partner.short_name
    }


def _open(request: JoinRequest) -> JoinRequest:
    """The request as it is now, locked. Raises Invalid where somebody has answered it."""
    now = JoinRequest.objects.select_for_update(of=("self",)).select_related("room", "user", "partner")
    request = now.get(pk=request.pk)
    if request.settled_at is not None:
        raise Invalid("", _("This request has been answered already."))
    return request


def _settle(request: JoinRequest, by: User, *, granted: bool | None, reason: str = "") -> None:
    JoinRequest.objects.filter(pk=request.pk).update(
        settled_at=clock.now(), settled_by=by, granted=granted, reason=reason
    )
    withdraw("join_asked", room=request.room, part=("join_request", request.pk))
