"""Putting things on the public site, in the two steps that people take."""

from __future__ import annotations

from network.actions import item_requests, items
from network.models import Item, User
from network.permissions.items import is_source


def release(*, by: User, item: Item, version: int = 1) -> None:
    """Its author proposes the item, the coordinator releases it; their own they release at once."""
    item = Item.objects.get(pk=item.pk)
    if is_source(by, item):
        items.release(by=by, item=item, version=version)
        return
    proposed = item_requests.propose_release(by=item.author, item=item, version=version)
    item_requests.release_proposed(by=by, request=proposed)
