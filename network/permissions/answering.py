"""Who answers for others: coordinates or hosts the network, or moderates somewhere. Asked of one, and of many."""

from __future__ import annotations

from collections.abc import Collection

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from network.models.grants import PartnerGrant, PersonGrant
from network.models.people import Membership, User
from network.permissions.levels import Level, codenames
from network.permissions.places import Reader, network_rule, present_rule, room_rule
from network.permissions.sanctions import bars


def answers_for_others(user: Reader) -> bool:
    """Coordinates or hosts the network, or moderates somewhere, now. One query."""
    if user.pk is None:
        return False
    rooms = apps.get_model("network", "Room")._default_manager.all()
    moderates = Q(Exists(rooms.filter(room_rule(user, Level.MODERATE))))
    rule = network_rule(Level.COORDINATE) | network_rule(Level.OPERATE) | moderates
    return User.objects.filter(rule, pk=user.pk).exists()


def answering_among(people: Collection[int]) -> set[int]:
    """Those of `people` who answer for others now: the same question, of many. One query."""
    moderating = codenames(Level.MODERATE)
    carrying = Membership.objects.carrying_grants().filter(user__in=people)
    through = PartnerGrant.objects.current().filter(
        ~Exists(bars(Level.MODERATE, user=OuterRef("user"), room="content_object")),
        permission__codename__in=moderating,
        group=OuterRef("partner__group"),
    )
    own = PersonGrant.objects.current().filter(
        ~Exists(bars(Level.MODERATE, user="user", room="content_object")),
        permission__codename__in=moderating,
        user__in=people,
    )
    moderates = Q(pk__in=carrying.filter(Exists(through)).values("user")) | (
        Q(pk__in=own.values("user")) & present_rule()
    )
    rule = network_rule(Level.COORDINATE) | network_rule(Level.OPERATE) | moderates
    return set(User.objects.filter(rule, pk__in=people).values_list("pk", flat=True))
