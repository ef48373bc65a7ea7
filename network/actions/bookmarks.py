"""Marking what one wants to find again. As what one chose to be told of, one's own business: not audited."""

from __future__ import annotations

from django.db import transaction

from network.models.bookmarks import Bookmark
from network.models.items import Item
from network.models.people import User
from network.permissions.items import check_seen


@transaction.atomic
def bookmark(*, by: User, item: Item) -> None:
    """Somebody marks an item that they see. Twice is once, and stays where it stood. Raises Unseen."""
    check_seen(by, item, inside=True)
    Bookmark.objects.get_or_create(user=by, item=item)


@transaction.atomic
def take_bookmark_away(*, by: User, item: Item) -> None:
    """Somebody unmarks an item that they see. Twice is once. Raises Unseen."""
    check_seen(by, item, inside=True)
    Bookmark.objects.filter(user=by, item=item).delete()
