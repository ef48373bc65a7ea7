"""What a person may see of talk. They filter by the gate's rules and know no models."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from network import clock
from network.labels import Label
from network.permissions import Level, sees
from network.permissions.places import coordinating, rooms_where
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

    def with_reading(self, user: Reader) -> Self:
        """With what this person has read of each, and when they marked its home room as read (`forums.unread`)."""
        readings: Any = self.model._meta.get_field("readings").related_model
        marks: Any = readings._meta.apps.get_model("forums", "RoomReading")
        own = readings._default_manager.filter(user=user.pk, thread=OuterRef("pk")).values("numbers")
        room = marks._default_manager.filter(user=user.pk, room=OuterRef("room_id")).values("at")
        return self.annotate(read_numbers=Subquery(own[:1]), room_read_at=Subquery(room[:1]))

    def unanswered(self) -> Self:
        """Questions that can be answered, and have no answer that everybody reads."""
        open_now = Q(locked_at__isnull=True) | Q(locked_at__gt=clock.now())
        return self.filter(open_now, purpose="question", answered=False, state="published")

    def announced_to(self, user: Reader, room: Room) -> Self:
        """What moderators said to all readers of the room in the last thirty days and this person has not opened."""
        seen: Any = self.model._meta.get_field("seen_by").related_model
        opened = seen._default_manager.filter(user=user.pk).values("thread")
        recent = self.filter(
            room=room, purpose="announcement", state="published", created_at__gt=clock.now() - SHOWN_FOR
        )
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


class RevisionQuerySet(models.QuerySet):
    """What posts said before."""

    def visible_to(self, user: Reader, *, assured: bool | None = None) -> Self:
        """Of posts whose text this person may read now: to author and moderators all, to others what all could read."""
        posts: Any = self.model._meta.get_field("post").related_model
        read = posts._default_manager.visible_to(user, assured=assured)
        moderated = Q(post__thread__room__in=rooms_where(user, Level.MODERATE))
        return self.filter(Q(shown=True) | Q(post__author_id=user.pk) | moderated, post__in=read.values("pk"))


class CaseQuerySet(models.QuerySet):
    """Cases: for the moderators of the room, or the coordinators; never for whom they are about."""

    def visible_to(self, user: Reader) -> Self:
        """Those that this person may take part in deciding, whatever the label of the thing. One query."""
        moderated = rooms_where(user, Level.MODERATE)
        theirs = Q(for_coordinators=False) & (Q(item__room__in=moderated) | Q(room__in=moderated))
        coordinators = Q(for_coordinators=True) & Q(Exists(coordinating(user.pk or 0)))
        return self.filter(theirs | coordinators).exclude(author=user.pk)

    def open(self) -> Self:
        """Those that nobody has decided."""
        return self.filter(closed_at=None)


class DecisionQuerySet(models.QuerySet):
    """Decisions, for those whom they are about."""

    def visible_to(self, user: Reader) -> Self:
        """Decisions that changed what is this person's own. One query."""
        return self.filter(case__author=user.pk).exclude(action__in=("held", "stands"))

    def logged_in(self, room: Room, user: Reader) -> Self:
        """What the log of a room tells somebody who views it: of the strictest only what they see anyway. One query.

        What was let stand is told where somebody had reported it, and not each time that a room has things checked.
        """
        here = Q(case__item__room=room) | Q(case__room=room)
        above = Q(case__item__parent=None) | Q(case__item__parent__tlp__lte=Label.AMBER)
        seen = sees(user, assured=is_assured(user), through_release=False, prefix="case__item__")
        told = Q(case__item=None) | (Q(case__item__tlp__lte=Label.AMBER) & above) | seen
        return self.filter(here, told).exclude(action="stands", from_report=False).order_by("-at", "-pk")


class ProposalQuerySet(models.QuerySet):
    """What waits for a second moderator: for somebody else than who proposed it, and never for whose it is."""

    def visible_to(self, user: Reader) -> Self:
        """Those that this person may confirm or decline, but for the rule about one's own partner. One query."""
        cases: Any = self.model._meta.get_field("case").related_model
        another = Q(by=None) | ~Q(by=user.pk)
        return self.filter(another, case__in=cases._default_manager.visible_to(user).values("pk"))

    def open(self) -> Self:
        """Those that nobody has settled."""
        return self.filter(settled_at=None)


class AppealQuerySet(models.QuerySet):
    """Appeals: for somebody else than who decided first, and never for whose they are."""

    def visible_to(self, user: Reader) -> Self:
        """Those that this person may decide. One query."""
        moderated = rooms_where(user, Level.MODERATE)
        here = Q(decision__case__item__room__in=moderated) | Q(decision__case__room__in=moderated)
        coordinators = Q(for_coordinators=True) & Q(Exists(coordinating(user.pk or 0)))
        rows = self.filter((Q(for_coordinators=False) & here) | coordinators)
        # Not `exclude`: where whoever decided has gone, everybody else may.
        another = Q(decision__by=None) | ~Q(decision__by=user.pk)
        another &= Q(decision__second=None) | ~Q(decision__second=user.pk)
        return rows.filter(another, ~Q(decision__case__author=user.pk))

    def open(self) -> Self:
        """Those that nobody has decided."""
        return self.filter(decided_at=None)


class ChangeQuerySet(models.QuerySet):
    """What was done with discussions as a whole."""

    def of(self, thread: Any) -> Self:
        """What was done with this discussion, or made of it."""
        return self.filter(Q(thread=thread) | Q(other=thread))

    def logged_in(self, room: Room, user: Reader) -> Self:
        """What the log of a room tells somebody who views it: of the strictest only what they see anyway. One query."""
        here = Q(room=room) | Q(to_room=room)
        above = Q(thread__parent=None) | Q(thread__parent__tlp__lte=Label.AMBER)
        seen = sees(user, assured=is_assured(user), through_release=False, prefix="thread__")
        return self.filter(here, (Q(thread__tlp__lte=Label.AMBER) & above) | seen).order_by("-at", "-pk")
