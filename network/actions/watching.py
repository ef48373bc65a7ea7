"""Who watches an item, or its room, hears that it is there or has changed: in the background, through the gate."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from network import background, clock
from network.effects import after_commit, ring_bells, send_mail_soon
from network.follows import choices_for
from network.models.following import Follow
from network.models.items import Item, State
from network.models.people import User
from network.models.records import Notification
from network.notifications import notify

# Of what one person shares in one room meanwhile, one is told of: a folder of files is one piece of news.
TOGETHER = timedelta(minutes=10)


def tell_soon(item: Item, *, by: User, kind: str, at: datetime | None = None) -> None:
    """Has watchers told after commit: "watched_item" of what is new, "watched_change" of what has changed.

    It is as new as `at`, which is the item's `active_at` where it is left out.
    """
    background.enqueue("network.tasks.tell_watchers", item.pk, by.pk, kind, (at or item.active_at).isoformat())


@transaction.atomic
def tell_watchers(item: int, by: int, kind: str, at: datetime) -> None:
    """Tells those who watch and may see it, each once, however often it is called; nobody of what is not there."""
    row = Item.objects.filter(pk=item).first()
    doer = User.objects.filter(pk=by).first()
    if row is None or doer is None:
        return
    # Under its lock, so that two workers do not tell twice.
    row = Item.objects.select_for_update(of=("self",)).select_related("room", "parent", "author").get(pk=item)
    if row.state != State.PUBLISHED:
        return
    # Who began to watch afterwards has found it so.
    watching = {
        person
        for person, chosen in choices_for(row).items()
        if chosen.choice == Follow.Choice.WATCH and chosen.at <= at
    }
    about_it = Notification.objects.filter(item=row, part_kind="")
    # Who has heard of it in another way, as being named or holding a seat, has heard.
    told = set(about_it.filter(at__gte=at, user__in=watching).values_list("user", flat=True))
    if kind == "watched_item" and about_it.filter(kind="watched_item").exists():
        kind = "watched_change"
    if kind == "watched_item" and not row.chatham:
        told |= _told_together(row, doer, watching - told)
    if notify(User.objects.filter(pk__in=watching - told), kind=kind, item=row, by=doer):
        after_commit(ring_bells)
        after_commit(send_mail_soon)


def _told_together(item: Item, by: User, people: set[int]) -> set[int]:
    """Of these, those who have not read yet that this person shared something in this room just now."""
    rows = Notification.objects.filter(kind="watched_item", by=by, read_at=None, item__room=item.room_id)
    return set(rows.filter(user__in=people, at__gt=clock.now() - TOGETHER).values_list("user", flat=True))
