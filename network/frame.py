"""What the frame around every page shows of its reader: their rooms, their bell, their doors.

Each answer is asked for once and only when the page shows it, so that fragments cost nothing.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import Exists
from django.http import HttpRequest

from network.models.people import User
from network.models.rooms import Room
from network.notifications import visible_notices
from network.permissions import NETWORK, Level, allowed, partners_of, where_allowed, who_may

ROOMS_SHOWN = 30


class Frame:
    """The frame of one request. Empty answers for a stranger, and for who is not let in yet."""

    def __init__(self, user: Any, *, waits: bool = False) -> None:
        # Signed in, but with something to do first (network.admission).
        self.waits = waits
        self.person: User | None = user if user is not None and user.is_authenticated and not waits else None

    @cached_property
    def partner_name(self) -> str:
        """The partner the person speaks for; "" for a guest."""
        if self.person is None:
            return ""
        first = partners_of(self.person).order_by("name").first()
        return first.short_name if first else ""

    @cached_property
    def rooms(self) -> list[Room]:
        """The first of the person's rooms, by name."""
        if self.person is None:
            return []
        return list(Room.objects.visible_to(self.person).active()[:ROOMS_SHOWN])

    @cached_property
    def unread(self) -> int:
        """How many notices wait."""
        if self.person is None:
            return 0
        return visible_notices(self.person).filter(read_at=None).count()

    @cached_property
    def is_coordinator(self) -> bool:
        return self.person is not None and allowed(self.person, Level.COORDINATE, NETWORK)

    @property
    def moderates(self) -> bool:
        """Somewhere, so that the way to the queue is shown."""
        return self._duties[0]

    @property
    def hosts(self) -> bool:
        """The network, so that the way to its background work is shown."""
        return self._duties[1]

    @cached_property
    def _duties(self) -> tuple[bool, bool]:
        """One question for both, since every page asks it."""
        if self.person is None:
            return (False, False)
        moderated = where_allowed(self.person, Level.MODERATE)
        hosts = who_may(Level.OPERATE, NETWORK).filter(pk=self.person.pk)
        return User.objects.filter(pk=self.person.pk).values_list(Exists(moderated), Exists(hosts)).get()


def frame(request: HttpRequest) -> dict[str, Frame]:
    """The context processor: `frame` in every template."""
    return {"frame": Frame(getattr(request, "user", None), waits=getattr(request, "waits", False))}
