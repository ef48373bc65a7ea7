"""Choosing what one is told of a room or an item. As read marks and letters chosen, one's own business: not audited."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from network import clock
from network.models.following import Follow
from network.models.items import Item
from network.models.people import User
from network.models.rooms import Room
from network.permissions import Level, require
from network.permissions.items import check_seen
from network.refusals import Invalid


@transaction.atomic
def follow_room(*, by: User, room: Room, choice: str) -> None:
    """Somebody chooses for all of a room that they view; items may differ. Twice is once. Raises Unseen, Invalid."""
    require(by, Level.VIEW, room)
    if _known(choice) == Follow.Choice.NORMAL:
        Follow.objects.filter(user=by, room=room).delete()
    else:
        Follow.objects.update_or_create(user=by, room=room, defaults={"choice": choice, "at": clock.now()})


@transaction.atomic
def follow_item(*, by: User, item: Item, choice: str) -> None:
    """Somebody chooses for one item that they see, whatever its room says. Twice is once. Raises Unseen, Invalid."""
    check_seen(by, item, inside=True)
    Follow.objects.update_or_create(user=by, item=item, defaults={"choice": _known(choice), "at": clock.now()})


def _known(choice: str) -> str:
    if choice not in Follow.Choice.values:
        raise Invalid("choice", _("Choose one of the three."))
    return choice
