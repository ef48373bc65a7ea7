"""What a person may see of talk. They filter by the gate's rules and know no models."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from network import clock
from network.labels import Label
from network.permissions import Level, sees
from network.permissions.places import rooms_where
from network.querysets import ItemQuerySet, is_assured

if TYPE_CHECKING:
    from network.models.rooms import Room
    from network.permissions.places import Reader


SHOWN_FOR = timedelta(days=30)


def unlocked() -> Q:
    """On Item: a discussion that goes on."""
    return Q(thread__locked_at__isnull=True) | Q(thread__locked_at__gt=clock.now())


class ThreadQuerySet(ItemQuerySet):
    """Discussions, through the gate of all items."""

    def in_room(self, room: Room) -> Self:
        """Those whose home the room is, and those passed on to it; what counts is left to the gate."""
        placement: Any = self.model._meta.get_field("placements").related_model
        placed = placement._default_manager.filter(room=room).values("item")
        return self.filter(Q(room=room) | Q(tlp__lte=Label.GREEN, pk__in=placed))

    def announced_to(self, user: Reader, room: Room) -> Self:
        """What moderators said to all readers of the room in the last thirty days and this person has not opened."""
        seen: Any = self.model._meta.get_field("seen_by").related_model
        opened = seen._default_manager.filter(user=user.pk).values("thread")
        recent = self.filter(room=room, announcement=True, state="published", created_at__gt=clock.now() - SHOWN_FOR)
        return recent.exclude(author=user.pk).exclude(pk__in=opened).seen_inside_by(user).order_by("-created_at", "-pk")


class PostQuerySet(models.QuerySet):
    """Posts: whoever sees the thread, then the state. A part has no label of its own."""

    def visible_to(self, user: Reader, *, assured: bool | None = None) -> Self:
        """Posts whose text this person may read now. One query.

        Published: who sees the thread; held: its author and the home room's moderators;
        removed: those moderators. Who sees a thread only by its release sees no post of it.
        """
        moderated = Q(thread__room__in=rooms_where(user, Level.MODERATE))
        state = Q(state="published") | (Q(state="held") & (_own(user) | moderated)) | (Q(state="removed") & moderated)
        return self.filter(_thread_seen(user, assured), state)

    def placed_for(self, user: Reader, *, moderates: bool) -> Self:
        """Of a thread that this person sees: the posts that have a place on its page.

        What was removed leaves a trace for all; what is held only for its author and moderators.
        """
        return self if moderates else self.filter(~Q(state="held") | _own(user))

    def held_for(self, user: Reader) -> Self:
        """Held posts in the rooms this person moderates, also where a label does not admit them."""
        waiting = self.model._default_manager.filter(held_since__lte=clock.now()).values("pk")
        return self.filter(pk__in=waiting, thread__room__in=rooms_where(user, Level.MODERATE))


def _own(user: Reader) -> Q:
    return Q(author_id=user.pk)


def _thread_seen(user: Reader, assured: bool | None) -> Q:
    sure = is_assured(user) if assured is None else assured
    return sees(user, assured=sure, through_release=False, prefix="thread__")
