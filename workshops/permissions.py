"""What may be done with a workshop, and what may be said of one. Each check raises with its reason."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from network.models import Partner, State, User
from network.permissions import Level, allowed, by_hat, partners_of
from network.permissions.items import check_seen, is_source
from network.refusals import Forbidden, Invalid
from workshops.models import MOST_SEATS, Workshop
from workshops.times import FIRST_YEAR, LAST_YEAR, is_zone

# --- who may --------------------------------------------------------------------------------------
# `demand_` asks only what the row itself says, for pages that have fetched it through the gate; `check_` asks all.


def demand_open(workshop: Workshop) -> None:
    """Raises Forbidden where registration is over, or has never begun."""
    if workshop.is_cancelled:
        raise Forbidden(_("This workshop is cancelled."))
    if workshop.state != State.PUBLISHED:
        raise Forbidden(_("This workshop is not open for registration."))
    demand_ahead(workshop)
    if workshop.is_closed:
        raise Forbidden(_("Registration for this workshop is closed."))


def demand_ahead(workshop: Workshop) -> None:
    """Raises Forbidden once it is over: who was there stays written down."""
    if workshop.is_over:
        raise Forbidden(_("This workshop is over."))


def demand_changeable(workshop: Workshop) -> None:
    """Raises Forbidden for what is archived, removed or cancelled."""
    if workshop.room.is_archived:
        raise Forbidden(_("This room is archived: what is in it can be read, but not changed."))
    if workshop.state not in (State.DRAFT, State.HELD, State.PUBLISHED):
        raise Forbidden(_("This workshop is archived and can no longer be changed."))
    if workshop.is_cancelled:
        raise Forbidden(_("This workshop is cancelled."))


def demand_host(user: User, workshop: Workshop) -> None:
    """Raises Forbidden but for its source and the moderators of its home room, who also read what people need."""
    if not (is_source(user, workshop) or allowed(user, Level.MODERATE, workshop.room)):
        raise Forbidden(_("Only those who announced this workshop and the moderators of its room may change it."))


def check_register(user: User, workshop: Workshop) -> None:
    """Raises Unseen, NeedsSecondFactor, Forbidden."""
    check_seen(user, workshop, inside=True)
    demand_open(workshop)


def check_withdraw(user: User, workshop: Workshop) -> None:
    """Raises Unseen, NeedsSecondFactor, Forbidden."""
    check_seen(user, workshop, inside=True)
    demand_ahead(workshop)


def check_change(user: User, workshop: Workshop) -> None:
    """Raises Unseen, NeedsSecondFactor, Forbidden."""
    check_seen(user, workshop, inside=True)
    demand_host(user, workshop)
    demand_changeable(workshop)


def check_cancel(user: User, workshop: Workshop) -> None:
    """As a change; what is over cannot be cancelled. Raises Unseen, NeedsSecondFactor, Forbidden."""
    check_change(user, workshop)
    demand_ahead(workshop)


def speaker_at(user: User, partner: Partner | None) -> Partner | None:
    """The partner that somebody takes part for: the one asked for, else the first of their own; None for a guest.

    Raises Invalid (field partner) for a partner that is not theirs now.
    """
    own = partners_of(user)
    if partner is None:
        return own.order_by(*by_hat(user)).first()
    if not own.filter(pk=partner.pk).exists():
        raise Invalid("partner", _("Choose one of your own partners."))
    return partner


# --- what may be said -----------------------------------------------------------------------------


def check_times(starts_at: datetime, ends_at: datetime, closes_at: datetime | None, time_zone: str) -> None:
    """Raises Invalid (fields time_zone, starts_at, ends_at, registration_closes_at)."""
    if not is_zone(time_zone):
        raise Invalid("time_zone", _("Choose a time zone from the list."))
    for field, moment in (("starts_at", starts_at), ("ends_at", ends_at), ("registration_closes_at", closes_at)):
        if moment is not None and not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise Invalid(
                field,
                _("Choose a year from %(first)d to %(last)d.") % {"first": FIRST_YEAR, "last": LAST_YEAR},
            )
    if ends_at <= starts_at:
        raise Invalid("ends_at", _("The workshop ends before it begins. Choose a later end."))
    if (ends_at - starts_at).days >= 366:
        raise Invalid("ends_at", _("A workshop lasts a year at most. Choose an earlier end."))
    if closes_at is not None and closes_at > ends_at:
        raise Invalid("registration_closes_at", _("Registration cannot stay open after the end of the workshop."))


def check_capacity(capacity: int | None, registered: int = 0) -> None:
    """Raises Invalid where there would be no seat, more than we can count, or fewer than are taken."""
    if capacity is None:
        return
    if not 1 <= capacity <= MOST_SEATS:
        raise Invalid(
            "capacity",
            _("Give a number from 1 to %(most)s, or leave it empty for no limit.") % {"most": MOST_SEATS},
        )
    if capacity < registered:
        raise Invalid(
            "capacity",
            ngettext(
                "%(count)d person has a seat already, and nobody loses theirs. Leave at least as many.",
                "%(count)d people have a seat already, and nobody loses theirs. Leave at least as many.",
                registered,
            )
            % {"count": registered},
        )


def check_link(link: str) -> None:
    """Raises Invalid for what is no way into the web."""
    if link and (urlsplit(link).scheme not in ("http", "https") or not urlsplit(link).netloc):
        raise Invalid("link", _("Give the whole address of the meeting, beginning with https://."))
