"""What a person may see, as querysets. They filter by the gate's rules and know no models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Subquery
from django.db.models.functions import Coalesce

from network.permissions import Level, at_home_rule, passed_on_rule, room_rule, sees, sees_one, trail_rule
from network.permissions.listing import listed_rule, managed_rule
from network.permissions.ways import links

if TYPE_CHECKING:
    from network.models.people import User
    from network.permissions.places import Reader
    from network.permissions.standing import Standing


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

    def at_home(self, standing: Standing) -> Self:
        """What has the room as its home and this person sees there: as seen_inside_by, at less expense, in one room."""
        return self.filter(at_home_rule(standing, assured=is_assured(standing.user)))

    def passed_on(self, standing: Standing) -> Self:
        """What was passed on to the room and this person sees there."""
        return self.filter(passed_on_rule(standing, assured=is_assured(standing.user)))

    def one_seen_by(self, user: Reader, key: int | UUID, *, inside: bool = False, assured: bool | None = None) -> Self:
        """The one of this number or uid, or none: as visible_to, or `inside` as seen_inside_by, at less expense."""
        sure = is_assured(user) if assured is None else assured
        return self.filter(sees_one(user, key, assured=sure, through_release=not inside))

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

    def with_own_marks(self, user: Reader) -> Self:
        """With `followed`: what this person chose to be told of each, for it, for what it is about, or for its room;
        and with `bookmarked`: whether they have marked it. No further query.
        """
        follows: Any = self.model._meta.get_field("followed_by").related_model
        marks: Any = self.model._meta.get_field("bookmarked_by").related_model
        own = follows._default_manager.filter(user=user.pk)
        nearest = [
            Subquery(own.filter(**{field: OuterRef(key)}).values("choice")[:1])
            for field, key in (("item", "pk"), ("item", "parent_id"), ("room", "room_id"))
        ]
        marked = marks._default_manager.filter(user=user.pk, item=OuterRef("pk"))
        return self.annotate(followed=Coalesce(*nearest), bookmarked=Exists(marked))

    def bookmarked_by_reader(self, user: Reader) -> Self:
        """Those that this person has marked and sees inside a room, the last one marked first."""
        return self.filter(bookmarked_by__user=user.pk).seen_inside_by(user).order_by("-bookmarked_by__at", "-pk")

    def linked_to(self, person: User) -> Self:
        """Adds how each item and its parent are linked to this person, for `network.permissions.explain`."""
        return self.select_related("room", "partner", "parent__room", "parent__partner").annotate(**links(person))


class AuditEntryQuerySet(models.QuerySet):
    """Entries of the trail, as one person may know of them."""

    def visible_to(self, user: Reader, *, assured: bool | None = None) -> Self:
        """Entries that this person may know of; `network.trail` says what of them they may read. One query."""
        sure = is_assured(user) if assured is None else assured
        return self.filter(trail_rule(user, assured=sure))
