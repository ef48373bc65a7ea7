"""What a partner that leaves still has in its hands. This says what, not who may see it: that is the gate's."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from network.kinds import unfinished_rule
from network.models.items import Item
from network.models.people import Partner
from network.models.rooms import Room
from network.permissions.listing import rests_on_rule
from network.permissions.places import open_for_contributions
from network.querysets import ItemQuerySet, RoomQuerySet


def items_in_hand(partner: Partner) -> ItemQuerySet:
    """What it shared, or looks after for another, that somebody has to answer for; less what has a keeper that stands.

    Not what was begun under the Chatham House Rule: the list would say for whom it was.
    """
    kept = Q(keeper__in=Partner.objects.standing().exclude(pk=partner.pk))
    mine = (Q(partner=partner) & ~kept) | Q(keeper=partner)
    rows: Any = Item.objects.under_names().filter(unfinished_rule(), mine)
    return rows


def rooms_in_hand(partner: Partner) -> RoomQuerySet:
    """The rooms that are open and that nobody would manage any more."""
    rows: Any = Room.objects.filter(open_for_contributions(), rests_on_rule(partner))
    return rows
