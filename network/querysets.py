"""What a person may see, as querysets. They filter by the gate's rules and know no models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Prefetch

from network.permissions import Level, room_rule, sees, trail_rule
from network.permissions.places import listed_rule, managed_rule
from network.permissions.ways import links

if TYPE_CHECKING:
    from network.models.people import User
    from network.permissions.places import Reader


def is_assured(user: Reader) -> bool:
    """Whether the session this user object came with has a second factor (`network.middleware`)."""
    return bool(getattr(user, "assured", False))


class RoomQuerySet(models.QuerySet):
    """Rooms as one person may know of them."""

    def visible_to(self, user: Reader) -> Self:
        """Rooms this person may view now. One query."""
        return self.filter(room_rule(user, Level.VIEW))

    def where(self, user: Reader, level: Level) -> Self:
        """Rooms where this person has `level` now. One query."""
        return self.filter(room_rule(user, level))

    def listed_to(self, user: Reader) -> Self:
        """Rooms whose name and purpose this person may know. One query."""
        return self.filter(listed_rule(user))

    def unmanaged(self) -> Self:
        """Rooms that nobody manages any more; direct rooms never had a manager."""
        return self.exclude(kind="direct").filter(~managed_rule())

    def active(self) -> Self:
        """Rooms that are not archived."""
        return self.filter(archived_at__isnull=True)


class ItemQuerySet(models.QuerySet):
    """Items, of any kind, as one person may see them."""

    def visible_to(self, user: Reader, *, assured: bool | None = None) -> Self:
        """What this person sees now, by room, label, state and parent, or by release. One query.

        `assured`: the session has a second factor; taken from the user object where not given.
        """
        sure = is_assured(user) if assured is None else assured
        return self.filter(sees(user, assured=sure))

    def seen_inside_by(self, user: Reader, *, assured: bool | None = None) -> Self:
        """As visible_to, less what one sees only because it stands on the public site."""
        sure = is_assured(user) if assured is None else assured
        return self.filter(sees(user, assured=sure, through_release=False))

    def under_names(self) -> Self:
        """What may be listed as a person's or a partner's own.

        Not what was begun under the Chatham House Rule; and not talk about an item, whose author is whoever spoke
        first, and perhaps that still waits for a moderator.
        """
        return self.filter(chatham=False, parent=None, state__in=("published", "archived"))

    def with_places(self, user: Reader) -> Self:
        """Adds `home` and `about`: home room and parent, None to whom may not view them.

        What is shown reads these, never `room` and `parent`. Two more queries in all.
        """
        rooms: Any = self.model._meta.get_field("room").related_model
        items: Any = self.model._meta.get_field("parent").related_model
        return self.prefetch_related(
            Prefetch("room", queryset=rooms._default_manager.visible_to(user), to_attr="home"),
            Prefetch("parent", queryset=items._default_manager.visible_to(user), to_attr="about"),
        )

    def linked_to(self, person: User) -> Self:
        """Adds how each item and its parent are linked to this person, for `network.permissions.explain`."""
        return self.select_related("room", "partner", "parent__room", "parent__partner").annotate(**links(person))


class AuditEntryQuerySet(models.QuerySet):
    """Entries of the trail, as one person may know of them."""

    def visible_to(self, user: Reader, *, assured: bool | None = None) -> Self:
        """Entries that this person may know of; `network.trail` says what of them they may read. One query."""
        sure = is_assured(user) if assured is None else assured
        return self.filter(trail_rule(user, assured=sure))
