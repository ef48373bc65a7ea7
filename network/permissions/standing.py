"""What somebody sees of what stands in one room, once it is known what they are there.

`sees` answers for all rooms at once, in a rule that takes a database longer to plan than to answer. A room's own list
asks about one room whose levels have been asked already, and so with a rule of a few lines. A property-based test holds
it to `sees`: it never shows more, and leaves out only drafts, and talk about what does not stand in the room any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db.models import Q, QuerySet

from network.labels import Label
from network.models.people import User
from network.permissions.levels import Level
from network.permissions.places import NOBODY, Reader, held_in, held_where, level_of
from network.permissions.sight import SETTLED, linked_items
from network.permissions.whole import whole

if TYPE_CHECKING:
    from network.models.items import Item
    from network.models.rooms import Room


@dataclass(frozen=True)
class Standing:
    """One person in one room now: their level, and the keys of those partners of theirs that let them view it."""

    user: Reader
    room: Room
    level: Level | None
    opened_by: tuple[int, ...] = ()
    held: frozenset[tuple[str, int]] = frozenset()

    @property
    def contributes(self) -> bool:
        """Whether they add to the room, which nobody does once it is archived."""
        return self.level is not None and self.level >= Level.CONTRIBUTE and not self.room.is_archived

    @property
    def moderates(self) -> bool:
        """Whether they moderate it."""
        return self.level is not None and self.level >= Level.MODERATE


def standing_in(user: Reader, room: Room) -> Standing:
    """What this person is in the room now. One query."""
    if user.pk is None:
        return Standing(user, room, None)
    return _standing(user, room, held_in(user, room))


def standing_about(user: Reader, uid: UUID) -> Standing:
    """What this person is in the home room of the item of this uid; level None where they are nothing there.

    The room is known by its key alone, so that nobody learns anything of it, nor whether it is archived. One query.
    """
    found = held_where(user, uid)
    room = apps.get_model("network", "Room")(pk=found[0][2] if found else None)
    return _standing(user, room, {(codename, partner) for codename, partner, _room in found})


def sees_at_home(user: Reader, item: Item, *, assured: bool) -> bool:
    """Whether this person sees the item in its home room; False also where the long rule has to be asked.

    At most two short questions, where that for all rooms takes a database longer than what is then done.
    """
    held = held_where(user, item.room_id)
    room = apps.get_model("network", "Room")(pk=item.room_id)
    here = _standing(user, room, {(codename, partner) for codename, partner, _room in held})
    if here.level is None:
        return False
    shape = {"moderates": here.moderates, "assured": assured, "mfa": settings.LIAISE_REQUIRE_MFA}
    return bool(_at_home(user.pk, item.pk, item.room_id, here.opened_by, **shape))


@whole
def _at_home(
    user_id: int, key: int, room: int, opened_by: tuple[int, ...], *, moderates: bool, assured: bool, mfa: bool
) -> QuerySet:
    level = Level.MODERATE if moderates else Level.VIEW
    standing = Standing(User(pk=user_id), apps.get_model("network", "Room")(pk=room), level, opened_by)
    return (
        _items()._default_manager.filter(at_home_rule(standing, assured=assured), pk=key).order_by().values_list("pk")
    )


def _standing(user: Reader, room: Room, held: set[tuple[str, int]]) -> Standing:
    opened_by = tuple(sorted({partner for _name, partner in held if partner}))
    return Standing(user, room, level_of(held, room), opened_by, frozenset(held))


def at_home_rule(standing: Standing, *, assured: bool) -> Q:
    """On Item: its home is the room, and this person sees it there."""
    return Q(room=standing.room) & _seen(standing, assured, _home(standing, ""))


def passed_on_rule(standing: Standing, *, assured: bool) -> Q:
    """On Item: it was passed on to the room, and this person sees it there."""
    parent = Q(parent__isnull=True) | Q(parent__tlp__lte=Label.GREEN)
    return ~Q(room=standing.room) & parent & _seen(standing, assured, _guest(standing, ""))


def _seen(standing: Standing, assured: bool, itself: Q) -> Q:
    """With what it is about: that stands in the room, too, and they see it."""
    if standing.level is None:
        return NOBODY
    about = (Q(parent__room=standing.room) & _home(standing, "parent__")) | _guest(standing, "parent__")
    rule = itself & (Q(parent__isnull=True) | about)
    if settings.LIAISE_REQUIRE_MFA and not assured:
        rule &= Q(tlp__lte=Label.AMBER) & (Q(parent__isnull=True) | Q(parent__tlp__lte=Label.AMBER))
    return rule


def _home(standing: Standing, p: str) -> Q:
    """Label and state of what has the room as its home, for the item whose columns begin with `p`."""
    user = standing.user
    mine = Q(**{f"{p}author": user.pk})
    withheld = Q(**{f"{p}state__in": ("held", "removed")})
    named = mine | Q(**{f"{p}pk__in": linked_items(user, "named_people")})
    label = Q(**{f"{p}tlp__lte": Label.AMBER}) | (Q(**{f"{p}tlp": Label.RED}) & named)
    if standing.opened_by:
        naming = _items().named_partners.through._default_manager.filter(partner__in=standing.opened_by)
        own = Q(**{f"{p}partner__in": standing.opened_by}) | Q(**{f"{p}pk__in": naming.values("item")})
        label |= Q(**{f"{p}tlp": Label.AMBER_STRICT}) & own
    state = Q(**{f"{p}state__in": SETTLED}) | (withheld if standing.moderates else withheld & mine)
    return label & state


def _guest(standing: Standing, p: str) -> Q:
    """The same of what was passed on to the room: no label but GREEN and CLEAR comes here."""
    placed = apps.get_model("network", "Placement")._default_manager.filter(room=standing.room).values("item")
    withheld = Q(**{f"{p}state__in": ("held", "removed"), f"{p}author": standing.user.pk})
    settled = Q(**{f"{p}state__in": SETTLED})
    return Q(**{f"{p}tlp__lte": Label.GREEN, f"{p}pk__in": placed}) & (settled | withheld)


def _items() -> type[Item]:
    return apps.get_model("network", "Item")
