"""What of a person is among meetings: workshops they announced, seats they took."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from network.labels import Label
from network.models.people import User
from network.personal import Row, register_personal, with_theirs
from workshops.actions.links import end_link
from workshops.actions.meetings import give_seats_back
from workshops.models import CalendarLink, Registration, Workshop


def register_all() -> None:
    """Called once, from the AppConfig."""
    register_personal(
        "workshops",
        _("workshops announced"),
        rows=_workshops,
        show=_workshop,
        covers=["network.Item.author"],
        restricted=lambda person: Workshop.objects.filter(author=person, tlp__gte=Label.AMBER_STRICT).exists(),
        # Whoever has registered would lose it: a workshop is cancelled, or looked after by others.
        alone=lambda person: Workshop.objects.filter(author=person).exclude(
            pk__in=Registration.objects.exclude(user=person).values("workshop")
        ),
    )
    register_personal(
        "registrations",
        _("registrations for workshops"),
        rows=lambda person: Registration.objects.filter(user=person).select_related("workshop", "partner", "needs"),
        show=_registration,
        covers=["workshops.Registration.user"],
        erase=lambda person: give_seats_back(by=person),
    )
    register_personal(
        "calendar-link",
        _("calendar link"),
        rows=lambda person: CalendarLink.objects.filter(user=person).order_by("pk"),
        # Never the address: who carries the file away does not carry away what calendars read.
        show=lambda row: {"since": row.since},
        covers=["workshops.CalendarLink.user"],
        erase=lambda person: end_link(by=person),
    )


def _workshops(person: User) -> QuerySet[Workshop]:
    return with_theirs(Workshop.objects.filter(author=person), person, "workshops.changed")


def _workshop(row: Any) -> Row:
    words = {name: getattr(row, name) for name in ("title", "description", "place", "address", "link", "capacity")}
    return {
        "page": row.get_absolute_url(),
        "partner": row.partner.name if row.partner else None,
        "label": row.label.word,
        "state": row.state,
        "language": row.language,
        "created_at": row.created_at,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "time_zone": row.time_zone,
        **(words if row.theirs else {}),
    }


def _registration(row: Registration) -> Row:
    return {
        "workshop": row.workshop.get_absolute_url(),
        "partner": row.partner.name if row.partner else None,
        "state": row.state,
        "at": row.at,
        "needs": row.needs.text if hasattr(row, "needs") else "",
    }
