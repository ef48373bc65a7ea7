"""The one tag of talk that other apps' templates load: comments on any item."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import Q
from django.template import Context
from django.urls import reverse

from forums import reading, unread, writing
from forums.actions import reading as marks
from forums.forms import PostForm
from forums.models.threads import Thread
from forums.permissions.threads import check_comment, demand_reply
from forums.rows import Page
from network.labels import Label
from network.models.items import Item
from network.models.rooms import Room
from network.permissions import can
from network.permissions.places import held_in

register = template.Library()


@register.inclusion_tag("forums/_comments.html", takes_context=True)
def comments(context: Context, item: Item, room: Room | None = None) -> dict[str, Any]:
    """What was said about `item` in `room`, and the form to say something.

    Without `room` it is the item's home where the reader views it, else a room that it was passed on
    to. Nothing for who sees the item only by its release, or where it is itself a talk. At most
    eleven queries, however many comments there are.
    """
    user = context["request"].user
    rooms = _rooms(user, item)
    place = room if room in rooms else rooms[0] if rooms else None
    if place is None or item.kind == Thread.KIND or item.parent_id is not None:
        return {"place": None}
    seen = Thread.objects.seen_inside_by(user).filter(parent=item, room__in=rooms)
    threads: dict[int, Any] = {thread.room_id: thread for thread in reading.with_origin(seen).with_reading(user)}
    thread = threads.pop(place.pk, None)
    shown: dict[str, Any] = {
        "item": item,
        "place": place,
        "thread": thread,
        "elsewhere": [other for other in threads.values() if other.reply_count],
        "rows": [],
        "csrf_token": context.get("csrf_token"),
    }
    if thread is None:
        shown["may_reply"] = can(check_comment, user, item, place)
    else:
        thread.parent = item
        reading.with_rights(thread, user, held_in(user, thread.room))
        unread.reckon([thread])
        page = Page(thread, user, moderates=thread.moderates)
        shown["rows"] = page.as_tree()
        if context["request"].method == "GET":
            marks.see(by=user, thread=thread, seen=page.seen)
        shown["more"] = thread.placed_count > reading.POSTS_A_PAGE
        shown["may_reply"] = can(
            demand_reply, thread, contributes=thread.contributes, at_home=thread.at_home, muted=thread.muted
        )
    if shown["may_reply"]:
        partners = reading.speakers(user, place, chatham=item.chatham)
        shown["form"] = PostForm(by=user, room=place, partners=partners, language=user.language, comment=True)
        writing.offer_people(shown["form"], reverse("forums:people-comment", args=[place.slug, item.uid]))
        shown["readers"] = reading.comment_readers(item, place)
    return shown


def _rooms(user: Any, item: Item) -> list[Room]:
    """Where the item stands and this reader views it, its home first."""
    places = Q(pk=item.room_id)
    if item.tlp <= Label.GREEN:
        places |= Q(pk__in=item.placements.values("room"))
    rooms = Room.objects.visible_to(user).filter(places)
    return sorted(rooms, key=lambda room: (room.pk != item.room_id, room.name))
