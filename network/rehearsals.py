"""What a change to a room would do to its readers: it is done, looked at, and taken back.

So the preview cannot say anything else than what the change itself does, and refuses what it refuses. It holds the
database's write lock for as long as it looks, which is why only forms that were sent ask for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.crypto import salted_hmac

from network import headcount
from network.headcount import Change, Headcount
from network.kinds import KINDS
from network.labels import Label
from network.models.items import Item, Placement, State
from network.models.people import User
from network.models.rooms import Room
from network.permissions import Level, released, who_may
from network.permissions.levels import ROOM_LEVELS
from network.querysets import ItemQuerySet

SETTLED = (State.PUBLISHED, State.ARCHIVED)


@dataclass(frozen=True)
class Past:
    """What a room's readers find that was shared there so far; as far as the person who asks sees it."""

    kinds: list[tuple[str, int]] = field(default_factory=list)
    labels: list[tuple[Label, int]] = field(default_factory=list)
    chat: bool = False

    def __bool__(self) -> bool:
        return bool(self.kinds) or self.chat


@dataclass(frozen=True)
class Rehearsal:
    """Who would gain and lose each level, and which past things that would open to the new readers."""

    changes: dict[Level, Change]
    gained: Headcount
    lost: Headcount
    opens: Past
    mark: str

    @property
    def reading(self) -> Change:
        """What it does to the readers."""
        return self.changes[Level.VIEW]

    @property
    def others(self) -> list[tuple[Level, Change]]:
        """What it does above reading, where it does anything."""
        return [
            (level, change)
            for level, change in self.changes.items()
            if level > Level.VIEW and (change.gains or change.loses)
        ]

    @property
    def moderates(self) -> bool:
        """Whether somebody would come to see what is held and removed."""
        return self.changes[Level.MODERATE].gains > 0


def rehearse(*, by: User, room: Room, act: Callable[[], object]) -> Rehearsal:
    """What `act`, which changes who may do what in `room`, would do. Raises what `act` raises; nothing of it stays."""
    with transaction.atomic():
        before = _standing(room)
        past = so_far(by, room)
        act()
        after = _standing(Room.objects.get(pk=room.pk))
        transaction.set_rollback(True)
    gained, lost = _people(after[Level.VIEW] - before[Level.VIEW]), _people(before[Level.VIEW] - after[Level.VIEW])
    changes = {Level.VIEW: Change(gained, lost)} | {
        level: Change(_people(after[level] - before[level]), _people(before[level] - after[level]))
        for level in ROOM_LEVELS[1:]
    }
    opens = past if gained.people else Past()
    return Rehearsal(changes, gained, lost, opens, _mark(before, after, opens))


def so_far(by: User, room: Room) -> Past:
    """What everybody who reads a room finds there, counted as far as `by` sees it. One query."""
    kinds: dict[str, int] = {}
    labels: dict[Label, int] = {}
    shared = shared_so_far(by, room).order_by()
    for kind, tlp, count in shared.values_list("kind", "tlp").annotate(count=Count("pk")):
        kinds[kind] = kinds.get(kind, 0) + count
        labels[Label(tlp)] = labels.get(Label(tlp), 0) + count
    return Past(
        [(str(KINDS[kind].name if count == 1 else KINDS[kind].plural), count) for kind, count in sorted(kinds.items())],
        sorted(labels.items(), reverse=True),
        chat=room.last_seq > 0,
    )


def shared_so_far(by: User, room: Room) -> ItemQuerySet:
    """What goes by the room alone, of what `by` sees there: whoever comes to read the room reads it.

    AMBER+STRICT and RED are not among it: they reach whom they name, whoever else comes to read the room.
    """
    placed = Placement.objects.filter(room=room).values("item")
    above = _stands_in(room, placed, "parent__") | released("parent__")
    passable = Q(parent=None) | Q(parent__tlp__lte=Label.GREEN)
    here = Q(room=room, tlp__lte=Label.AMBER) | (Q(pk__in=placed, tlp__lte=Label.GREEN) & passable)
    return Item.objects.seen_inside_by(by).filter(here, Q(parent=None) | above, state__in=SETTLED)


def _stands_in(room: Room, placed: QuerySet, p: str) -> Q:
    at_home = Q(**{f"{p}room": room, f"{p}tlp__lte": Label.AMBER})
    passed_on = Q(**{f"{p}pk__in": placed, f"{p}tlp__lte": Label.GREEN})
    return (at_home | passed_on) & Q(**{f"{p}state__in": SETTLED})


def _standing(room: Room) -> dict[Level, frozenset[int]]:
    return {level: frozenset(who_may(level, room).values_list("pk", flat=True)) for level in ROOM_LEVELS}


def _people(keys: frozenset[int]) -> Headcount:
    return headcount.of(User.objects.filter(pk__in=keys)) if keys else Headcount(0)


def _mark(before: dict[Level, frozenset[int]], after: dict[Level, frozenset[int]], opens: Past) -> str:
    moved = [[sorted(after[level] - before[level]), sorted(before[level] - after[level])] for level in ROOM_LEVELS]
    shown = [moved, [list(map(str, one)) for one in opens.labels], opens.chat]
    return mark_of(shown)


def mark_of(shown: object) -> str:
    """By which a form knows that what it is sent for is what was shown: a digest, so that the page names nobody."""
    return salted_hmac("network.rehearsals", json.dumps(shown)).hexdigest()[:32]
