"""How much one is told of a room or an item: the choice as it stands on their pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.urls import reverse

from network.models.following import Follow
from network.models.items import Item
from network.models.rooms import Room

register = template.Library()


@register.inclusion_tag("network/_following.html", takes_context=True)
def following_room(context: Context, room: Room) -> dict[str, Any]:
    """The form for a room. One query."""
    chosen = Follow.objects.filter(user=context["request"].user.pk, room=room.pk).values_list("choice", flat=True)
    return _form(context, reverse("network:room-following", args=[room.slug]), chosen.first())


@register.inclusion_tag("network/_following.html", takes_context=True)
def following_item(context: Context, item: Item, chosen: str | None) -> dict[str, Any]:
    """The form for an item, whose page knows already what was `chosen` for it or for its room. No query."""
    return _form(context, reverse("network:item-following", args=[item.uid]), chosen)


@register.inclusion_tag("network/_bookmark.html", takes_context=True)
def bookmarking(context: Context, item: Item, marked: bool) -> dict[str, Any]:
    """The button for an item, whose page knows already whether its reader has `marked` it. No query."""
    to = reverse("network:item-bookmark", args=[item.uid])
    return {"to": to, "marked": marked, "csrf_token": context.get("csrf_token")}


def _form(context: Context, to: str, chosen: str | None) -> dict[str, Any]:
    return {
        "to": to,
        "choices": Follow.Choice.choices,
        "chosen": chosen or Follow.Choice.NORMAL,
        "csrf_token": context.get("csrf_token"),
    }
