"""Writing down who opens what is AMBER+STRICT or RED."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from network import clock
from network.models.items import Item
from network.models.openings import Opening
from network.permissions.sources import keeps_openings

# What a browser asks again within this time (a range, a reload, the way back) is the same opening.
SAME = timedelta(minutes=10)


def opened(*, by: Any, item: Item, how: Opening.How = Opening.How.PAGE, version: int | None = None) -> None:
    """This person, who sees it, opens the item now. Talk about a thing is part of the thing.

    Called before anything is shown or handed out, and never inside a wider transaction that may still fail: where the
    row cannot be written the error is not caught, so that nothing is read that its source does not hear of.
    """
    if not keeps_openings(item):
        return
    now = clock.now()
    about = {"item_id": item.parent_id or item.pk, "user": by, "how": how, "version": version}
    if not Opening.objects.filter(**about, at__gt=now - SAME, at__lte=now).exists():
        Opening.objects.create(**about, at=now)
