"""Whose taking part is to be confirmed, once a year."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from network import clock
from network.models.people import Membership, Partner, User
from network.permissions import Level, where_allowed

A_YEAR = timedelta(days=365)
# Whose turn comes within so long is asked for with the others, so that one list a year is enough.
TOGETHER = timedelta(days=90)
# After so long the coordinators are asked.
LATE = timedelta(days=30)


def last_confirmed_before(moment: datetime) -> QuerySet[Membership]:
    """Memberships in their own right that run now, and of which nobody has said since `moment` that they should."""
    return (
        Membership.objects.effective()
        .annotate(last=Coalesce("confirmed_at", "since"))
        .filter(last__lte=moment, deputy_for=None)
    )


def due() -> QuerySet[Membership]:
    """Those for whom a year has passed."""
    return last_confirmed_before(clock.now() - A_YEAR)


def to_confirm(partner: Partner) -> QuerySet[Membership]:
    """The list for one partner: nobody as long as nobody is due, then those whose turn comes soon too."""
    rows = last_confirmed_before(clock.now() - A_YEAR + TOGETHER).filter(partner=partner)
    return rows.filter(Exists(due().filter(partner=OuterRef("partner")))).select_related("user").order_by("user__name")


def partners_to_confirm(user: User) -> QuerySet[Partner]:
    """The partners that this person represents and of whose people some are due; `due` counts these. One query."""
    waiting = due().values("pk")
    return (
        where_allowed(user, Level.REPRESENT)
        .annotate(due=Count("memberships", filter=Q(memberships__in=waiting)))
        .filter(due__gt=0)
        .order_by("name")
    )
