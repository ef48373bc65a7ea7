"""For whom somebody speaks: the partners on whose behalf they contribute to a room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Case, Exists, F, Q, QuerySet, When

from network.models.grants import PartnerGrant, PersonGrant
from network.models.people import Partner, User
from network.permissions.levels import Level
from network.permissions.places import (
    Reader,
    all_rooms,
    open_for_contributions,
    owned_grants,
    partners_of,
    reaching_grants,
)
from network.permissions.whole import whole

if TYPE_CHECKING:
    from network.models.rooms import Room


def by_hat(user: Reader) -> tuple[Any, ...]:
    """For `order_by` on Partner: the one whose hat the person wears first, the others by name.

    A hat of a partner that is not theirs any more is not among theirs, and so falls back silently.
    """
    return Case(When(pk=getattr(user, "hat_id", None) or 0, then=0), default=1), F("name")


def partners_to_act_for(user: Reader, room: Room) -> QuerySet[Partner]:
    """The partners on whose behalf this person may contribute to the room now.

    Those of their own that give `contribute` here; and, writing by an own grant, any of their own.
    """
    if user.pk is None:
        return Partner.objects.none()
    through = PartnerGrant.objects.filter(pk__in=reaching_grants(user, Level.CONTRIBUTE), content_object=room)
    own = PersonGrant.objects.filter(pk__in=owned_grants(user, Level.CONTRIBUTE), content_object=room)
    open_now = all_rooms().filter(open_for_contributions(), pk=room.pk)
    speaking = Q(group__in=through.values("group")) | Q(Exists(own))
    return partners_of(user).filter(speaking, Exists(open_now))


def speakers_in(user: Reader, room: Room) -> list[Partner]:
    """The same, the one whose hat the person wears first, the others by name. One query."""
    return [] if user.pk is None else _speakers(user.pk, room.pk, user.hat_id or 0)  # type: ignore[union-attr]


@whole
def _speakers(user_id: int, room: int, hat: int) -> QuerySet[Partner]:
    user = User(pk=user_id, hat_id=hat)
    return partners_to_act_for(user, apps.get_model("network", "Room")(pk=room)).order_by(*by_hat(user))
