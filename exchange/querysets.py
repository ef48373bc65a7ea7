"""What of something stands in one room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from network.labels import Label
from network.models.items import Placement, State
from network.models.rooms import Room
from network.querysets import ItemQuerySet

if TYPE_CHECKING:
    from exchange.folders import Tree
    from exchange.models import Folder
    from network.permissions.places import Reader


def in_room(rows: ItemQuerySet, room: Room) -> Any:
    """Those of `rows` whose home the room is, or that were passed on to it; not what is gone.

    Whoever lists them asks `seen_inside_by` as well: this says where, not who.
    """
    placed = Placement.objects.filter(room=room).values("item")
    here = Q(room=room) | (Q(tlp__lte=Label.GREEN) & Q(pk__in=placed))
    return rows.filter(here).exclude(state=State.REMOVED)


class FolderQuerySet(models.QuerySet):
    """Folders, as one person may know of them."""

    def visible_to(self, user: Reader) -> Self:
        """Those of the rooms that this person views now. One query."""
        return self.filter(room__in=Room.objects.visible_to(user).values("pk"))


def filed_in(room: Room, tree: Tree, folder: Folder | None, *, below: bool) -> Q:
    """On Document, of those in the room: what stands in this folder, or at the top; `below`: and further down.

    What was passed on to the room stands at its top: how its home files it is nothing for here.
    """
    if folder is not None:
        keys = tree.below(folder) if below else {folder.pk}
        return Q(room=room, folder__in=keys)
    return Q() if below else ~Q(room=room) | Q(folder=None)
