"""Telling people what others did with a thing of theirs, and whom a thing names: rows in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from network.effects import after_commit, ring_bells, send_mail_soon
from network.models.items import Item
from network.models.people import User
from network.notifications import notify
from network.permissions.sources import sources


def tell_source(*, by: User, item: Item, kind: str) -> None:
    """Tells its author, and who speaks for its source, as far as they see it now; talk about an item has no source."""
    if item.parent_id is None:
        concerned = Q(pk=item.author_id) | Q(pk__in=sources(item).values("pk"))
        notify(User.objects.filter(concerned), kind=kind, item=item, by=by)
        after_commit(ring_bells)
        after_commit(send_mail_soon)


def tell_named(*, by: User, item: Item, people: Iterable[User]) -> None:
    """Tells those whom a RED item names that it is there for them."""
    notify(people, kind="named", item=item, by=by)
    after_commit(ring_bells)
    after_commit(send_mail_soon)
