"""What the frame around every page shows of its reader: their rooms, their bell, their doors.

Each answer is asked for once and only when the page shows it, so that fragments cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, Q, QuerySet
from django.http import HttpRequest

from network.models.people import Partner, User
from network.models.rooms import Room
from network.notifications import unread_count, waiting_shapes
from network.permissions import NETWORK, Level, by_hat, partners_of, present_people, where_allowed, who_may
from network.permissions.prepared import prepared
from network.permissions.whole import whole

ROOMS_SHOWN = 30


class Frame:
    """The frame of one request. Empty answers for a stranger, and for who is not let in yet."""

    def __init__(self, user: Any, *, waits: bool = False) -> None:
        # Signed in, but with something to do first (network.admission).
        self.waits = waits
        self.person: User | None = user if user is not None and user.is_authenticated and not waits else None

    @cached_property
    def hats(self) -> list[Partner]:
        """The partners that the person may speak for, the one whose hat they wear first."""
        if self.person is None:
            return []
        return _hats(self.person.pk, self.person.hat_id or 0)

    @property
    def partner_name(self) -> str:
        """The partner the person speaks for; "" for a guest."""
        return self.hats[0].short_name if self.hats else ""

    @cached_property
    def rooms(self) -> list[Room]:
        """The first of the person's rooms, by name."""
        if self.person is None:
            return []
        return _rooms(self.person.pk)

    @cached_property
    def unread(self) -> int:
        """How many notices wait."""
        if self.person is None:
            return 0
        return unread_count(self.person, self._duties[4])

    @property
    def is_coordinator(self) -> bool:
        """So that the ways to what coordinators alone do are shown."""
        return self._duties[2]

    @property
    def moderates(self) -> bool:
        """Somewhere, so that the way to the queue is shown."""
        return self._duties[0]

    @property
    def hosts(self) -> bool:
        """The network, so that the way to its background work is shown."""
        return self._duties[1]

    @property
    def takes_part(self) -> bool:
        """In the network now; who is not is told so on every page, rather than shown empty ones."""
        return self._duties[3]

    @cached_property
    def _duties(self) -> tuple[bool, bool, bool, bool, str | None]:
        """One question for all, and for what the waiting notices are about, since every page asks it."""
        if self.person is None:
            return (False, False, False, True, None)
        return _duties(self.person.pk)[0]


DUTIES: dict[str, Callable[[int], QuerySet[Any]]] = {
    "moderates": lambda user_id: where_allowed(User(pk=user_id), Level.MODERATE),
    "hosts": lambda user_id: who_may(Level.OPERATE, NETWORK).filter(pk=user_id),
    "coordinates": lambda user_id: who_may(Level.COORDINATE, NETWORK).filter(pk=user_id),
    "takes_part": lambda user_id: present_people().filter(pk=user_id),
}


@prepared
def _with_duty(user_id: int, duty: str) -> QuerySet:
    """This one person's key where they have the duty."""
    return User.objects.filter(Exists(DUTIES[duty](user_id)), pk=user_id).values("pk")


@whole
def _duties(user_id: int) -> QuerySet:
    duties = [ExpressionWrapper(Q(pk__in=_with_duty(user_id, duty)), output_field=BooleanField()) for duty in DUTIES]
    return User.objects.filter(pk=user_id).values_list(*duties, waiting_shapes())


@whole
def _hats(user_id: int, hat: int) -> QuerySet[Partner]:
    user = User(pk=user_id, hat_id=hat)
    return partners_of(user).order_by(*by_hat(user))


@whole
def _rooms(user_id: int) -> QuerySet[Room]:
    return Room.objects.visible_to(User(pk=user_id)).active()[:ROOMS_SHOWN]


def frame(request: HttpRequest) -> dict[str, Frame]:
    """The context processor: `frame` in every template."""
    return {"frame": Frame(getattr(request, "user", None), waits=getattr(request, "waits", False))}
