"""What people chose to be told of: of an item its own choice, else that for what it is about, else a room's.

What somebody chose is read by them alone, through the gate, and by those who tell.
"""

from __future__ import annotations

from django.db.models import Q

from network.labels import Label
from network.models.following import Follow
from network.models.items import Item, Placement
from network.models.people import User
from network.models.rooms import Room


def chosen_by(user: User) -> list[Follow]:
    """Their choices for rooms and items that they still see, rooms first, by name. Two queries."""
    rows = Follow.objects.filter(user=user)
    rooms = rows.filter(room__in=Room.objects.visible_to(user)).order_by("room__name", "pk")
    items = rows.filter(item__in=Item.objects.seen_inside_by(user)).order_by("item__title", "pk")
    return [*rooms.select_related("room"), *items.select_related("item")]


def choices_for(item: Item, *people: User) -> dict[int, Follow]:
    """By person, of these or of all, the choice that holds. One query; two where it may stand in other rooms."""
    rooms = [item.room_id]
    if item.tlp <= Label.GREEN:
        rooms += Placement.objects.filter(item=item).values_list("room", flat=True)
    items = [key for key in (item.pk, item.parent_id) if key]
    rows = Follow.objects.filter(Q(room__in=rooms) | Q(item__in=items))
    if people:
        rows = rows.filter(user__in=people)
    # The nearer comes later, and so stands: a room, the home room, what it is about, the item itself.
    near = {item.room_id: 1}
    found = sorted(
        rows, key=lambda row: near.get(row.room_id or 0, 0) if row.room_id else 3 if row.item_id == item.pk else 2
    )
    return {row.user_id: row for row in found}


def wants_none(item: Item, person: User) -> bool:
    """Whether this person wants to be told nothing of it, not even that they were answered."""
    chosen = choices_for(item, person).get(person.pk)
    return chosen is not None and chosen.choice == Follow.Choice.MUTE
