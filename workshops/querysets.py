"""Which workshops: those ahead, those of a month, those of a person; with what a list shows of each."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from network import clock
from network.labels import Label
from network.models import Placement, Room
from network.querysets import ItemQuerySet
from workshops.calendars import month_bounds

if TYPE_CHECKING:
    from network.permissions.places import Reader


def ahead() -> Q:
    """On Item: a workshop that will take place."""
    return Q(workshop__ends_at__gt=clock.now(), workshop__cancelled_at__isnull=True)


class WorkshopQuerySet(ItemQuerySet):
    """Workshops in time. None of these asks who may see them: that is `visible_to`."""

    def upcoming(self) -> Self:
        """Those that are not over, the next one first."""
        return self.filter(ends_at__gt=clock.now()).order_by("starts_at", "pk")

    def past(self) -> Self:
        """Those that are over, the latest first."""
        return self.filter(ends_at__lte=clock.now()).order_by("-starts_at", "-pk")

    def taking_place(self) -> Self:
        """Those that nobody cancelled."""
        return self.filter(cancelled_at__isnull=True)

    def open_for_registration(self) -> Self:
        """Those of which `demand_open` says nothing against registering."""
        now = clock.now()
        closes = Coalesce("registration_closes_at", "starts_at")
        return self.alias(closes=closes).taking_place().filter(state="published", closes__gt=now, ends_at__gt=now)

    def between(self, start: datetime, end: datetime) -> Self:
        """Those of which some part lies from `start` until before `end`, in order."""
        return self.filter(starts_at__lt=end, ends_at__gt=start).order_by("starts_at", "pk")

    def in_month(self, year: int, month: int, zone: tzinfo) -> Self:
        """Those of which some part lies in that month as `zone` counts it."""
        return self.between(*month_bounds(year, month, zone))

    def of(self, user: Reader) -> Self:
        """Those in which this person has a seat or waits for one."""
        if user.pk is None:
            return self.none()
        active = _registrations().filter(user=user, state__in=("registered", "waiting"))
        return self.filter(pk__in=active.values("workshop"))

    def in_room(self, room: Room) -> Self:
        """Those of a room: at home there, or passed on to it while their label lets them."""
        placed = Placement.objects.filter(room=room).values("item")
        return self.filter(Q(room=room) | Q(tlp__lte=Label.GREEN, pk__in=placed))

    def with_seats(self, user: Reader) -> Self:
        """Adds `taken` (seats), `queue` (people waiting) and `my_state` ("", registered, waiting)."""
        return self.annotate(
            taken=_count("registered"),
            queue=_count("waiting"),
            my_state=Coalesce(
                Subquery(
                    _registrations()
                    .filter(workshop=OuterRef("pk"), user=user.pk, state__in=("registered", "waiting"))
                    .values("state")[:1]
                ),
                models.Value(""),
            ),
        )


def _count(state: str) -> Coalesce:
    rows = _registrations().filter(workshop=OuterRef("pk"), state=state).order_by()
    return Coalesce(Subquery(rows.values("workshop").annotate(n=Count("pk")).values("n")), 0)


def _registrations() -> models.QuerySet:
    return apps.get_model("workshops", "Registration")._default_manager.all()
