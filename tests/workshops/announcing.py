"""Workshops that the tests here speak of."""

from datetime import UTC, datetime, timedelta
from typing import Any

from network import clock
from tests.cast import Cast
from workshops.actions import meetings as actions
from workshops.models import Registration, Workshop


def in_days(days: float) -> datetime:
    """That many days from the present of the test, to the minute."""
    return (clock.now() + timedelta(days=days)).astimezone(UTC).replace(second=0, microsecond=0)


def announced(cast: Cast, **more: Any) -> Workshop:
    """Luc of Liège announces a workshop in Families, in ten days, unless the test says otherwise."""
    given: dict[str, Any] = {
        "by": cast.luc,
        "room": cast.families,
        "title": "First hundred days",
        "starts_at": in_days(10),
        "ends_at": in_days(10) + timedelta(hours=2),
    }
    return actions.announce(**given | more)


def seated(workshop: Workshop) -> list[str]:
    """First names of those with a seat, in the order in which they came."""
    rows = Registration.objects.filter(workshop=workshop).registered().order_by("position")
    return [one.user.name.split()[0] for one in rows.select_related("user")]


def waiting(workshop: Workshop) -> list[str]:
    """First names of those who wait, the next first."""
    rows = Registration.objects.filter(workshop=workshop).waiting().select_related("user")
    return [one.user.name.split()[0] for one in rows]
