"""What is attached to posts, as one reader sees it: each item through its own gate, the rest as if it were not."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from forums.models.attachments import Attachment
from network.attaching import ATTACHABLE, of_files
from network.kinds import KINDS
from network.labels import Label
from network.models.items import Item, State
from network.models.people import User
from network.models.rooms import Room
from network.permissions import sees
from network.querysets import is_assured
from network.templatetags.look import filesize

MOST_OFFERED = 20


def attached(posts: Collection[int], reader: User) -> dict[int, list[dict[str, Any]]]:
    """By post, what of its attachments this reader sees, in their order. One query."""
    through = sees(reader, assured=is_assured(reader), prefix="item__")
    rows = Attachment.objects.filter(through, post__in=posts).exclude(item__state=State.REMOVED)
    facts = of_files()
    found: dict[int, list[dict[str, Any]]] = {}
    starts: dict[str, str] = {}
    for row in rows.order_by("post", "position").values(
        "post_id",
        kind=F("item__kind"),
        uid=F("item__uid"),
        title=F("item__title"),
        lang=F("item__language"),
        state=F("item__state"),
        tlp=F("item__tlp"),
        name=F(f"item__{facts.file_name}"),
        size=F(f"item__{facts.file_size}"),
    ):
        # Of any item, less its key: an address is not made anew for each.
        start = starts.setdefault(
            row["kind"], reverse(KINDS[row["kind"]].url_name, args=[row["uid"]]).removesuffix(f"{row['uid']}/")
        )
        found.setdefault(row["post_id"], []).append(
            {
                "url": f"{start}{row['uid']}/",
                "title": row["title"],
                "lang": row["lang"],
                "held": row["state"] == State.HELD,
                "label": Label(row["tlp"]).word,
                "file": _file(row["name"], row["size"]),
            }
        )
    return found


def _file(name: str | None, size: int | None) -> str:
    return f"{name.rpartition('.')[2].upper()}, {filesize(size)}" if name and size is not None else ""


def to_attach(user: User, room: Room) -> QuerySet[Item]:
    """What this person may attach to a post of this room: what stands there and they see, the newest first."""
    here = Q(room=room) | Q(tlp__lte=Label.GREEN, placements__room=room)
    rows = Item.objects.seen_inside_by(user).filter(here, kind__in=ATTACHABLE)
    return rows.filter(state__in=(State.PUBLISHED, State.ARCHIVED)).distinct().order_by("-active_at", "-pk")


def offered(user: User, room: Room, words: str, chosen: Collection[Any]) -> list[Item]:
    """What was chosen already, and the newest whose title has these words. Two queries."""
    there = to_attach(user, room)
    kept = list(there.filter(uid__in=chosen))
    found = there.exclude(uid__in=chosen)
    for word in words.split()[:8]:
        found = found.filter(title__icontains=word)
    return [*kept, *found[:MOST_OFFERED]]
