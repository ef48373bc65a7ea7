"""Chat messages, told to the ground floor: who sees them, what may be said of them, who decides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from forums.models.chat import ChatMessage
from forums.parts import excerpt
from network.models.people import User


def visible_messages(user: Any) -> QuerySet[ChatMessage]:
    """The messages whose words this person may read now."""
    return ChatMessage.objects.visible_to(user)


def held_messages(user: Any) -> QuerySet[ChatMessage]:
    """The held messages of the rooms this person moderates, oldest first."""
    return ChatMessage.objects.held_for(user).select_related("room").order_by("at")


def show_messages(user: Any, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What this person may read of these messages; those they may not see are left out. One query."""
    wanted = [pk for pk in ids if pk]
    if not wanted:
        return {}
    rows = ChatMessage.objects.visible_to(user).filter(pk__in=wanted).select_related("author", "partner", "room")
    return {
        message.pk: {
            "excerpt": excerpt(message.html),
            "url": message.get_absolute_url(),
            "author": message.author.name,
            "partner": message.partner.short_name if message.partner else "",
            "at": message.at,
            "title": _("Chat of %(room)s") % {"room": message.room.name},
            "language": message.author.language,
        }
        for message in rows
    }


def written_messages(person: User) -> QuerySet[ChatMessage]:
    """What this person said in chats."""
    return ChatMessage.objects.filter(author=person)
