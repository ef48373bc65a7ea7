"""Who sees what is shared: the rule for one reader, and its inverse for one item.

The four conditions are written once for a reader (`sees`) and once for an item (`audience_of`);
a property-based test proves that they agree. The rule joins an item to its parent instead of asking
for the set of visible parents, so that a page of twenty rows never computes a hundred thousand.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.db.models.lookups import In

from network.labels import Label
from network.models.grants import PartnerGrant
from network.models.people import Membership, Partner, User
from network.permissions.levels import Level, codenames
from network.permissions.places import (
    NOBODY,
    Reader,
    network_rooms,
    opened_through,
    partners_behind,
    rooms_where,
    viewers_rule,
)
from network.permissions.prepared import Pair, prepared, prepared_about_one
from network.permissions.whole import whole

if TYPE_CHECKING:
    from network.models.items import Item
    from network.models.rooms import Room

SETTLED = ("published", "archived")


# --- for a reader ---------------------------------------------------------------------------------


def released(prefix: str = "") -> Q:
    """On Item: stands on the public site, and so does its parent if it has one."""
    above = f"{prefix}parent__"
    return public_rule(prefix) & (Q(**{f"{prefix}parent__isnull": True}) | public_rule(above))


def public_rule(p: str) -> Q:
    """On Item, by prefix: CLEAR, published and released; of its parent it says nothing."""
    return Q(**{f"{p}tlp": Label.CLEAR, f"{p}state": "published", f"{p}pk__in": _released()})


@prepared
def _released(_: int) -> QuerySet:
    return apps.get_model("network", "Release")._default_manager.values("item")


def sees(user: Reader, *, assured: bool, through_release: bool = True, prefix: str = "") -> Q:
    """On Item, or on what points to one through `prefix` ("thread__"): this person sees it now.

    `assured` says that the session has a second factor; where the network requires one, rows that
    are AMBER+STRICT or RED are left out without it. `through_release=False` leaves out what one
    sees only because everybody does.
    """
    if user.pk is None:
        return released(prefix) if through_release else NOBODY
    above = f"{prefix}parent__"
    orphan = Q(**{f"{prefix}parent__isnull": True})
    # Passing on goes by the tighter label of the two.
    passable = orphan | Q(**{f"{above}tlp__lte": Label.GREEN})
    inside = _inside(user, prefix, assured, passable) & (
        orphan | _inside(user, above, assured, Q()) | public_rule(above)
    )
    return inside | released(prefix) if through_release else inside


def sees_one(user: Reader, key: int | UUID, *, assured: bool, through_release: bool = True) -> Q:
    """On Item: it is the one of this number or uid, and this person sees it now. What `sees` is for many."""
    if user.pk is None:
        return sees(user, assured=assured, through_release=through_release) & _keyed(key)
    # Named outside as well: of many joined tables PostgreSQL would else put all rows together before it asks which.
    return _keyed(key) & Q(pk__in=_seen_one(user, key, assured, through_release, settings.LIAISE_REQUIRE_MFA))


def sees_now(user: Reader, key: int, *, assured: bool, through_release: bool = True) -> bool:
    """Whether this person sees the item of this number now: `sees_one` as a question by itself."""
    rule = {"assured": assured, "through_release": through_release, "mfa": settings.LIAISE_REQUIRE_MFA}
    return bool(_seen_now(user.pk or 0, key, **rule))


@whole
def _seen_now(user_id: int, key: int, *, assured: bool, through_release: bool, mfa: bool) -> QuerySet:
    rule = sees_one(User(pk=user_id), key, assured=assured, through_release=through_release)
    return _item()._default_manager.filter(rule).order_by().values_list("pk")


@prepared_about_one
def _seen_one(user_id: int, key: int | UUID, assured: bool, through_release: bool, _mfa: bool) -> QuerySet:
    rule = sees(User(pk=user_id), assured=assured, through_release=through_release)
    return _item()._default_manager.filter(_keyed(key), rule).values("pk")


def _keyed(key: int | UUID) -> Q:
    return Q(uid=key) if isinstance(key, UUID) else Q(pk=key)


def _inside(user: Reader, p: str, assured: bool, passable: Q) -> Q:
    """Placement, label and state, for the item whose columns begin with `p`."""
    home_viewed = Q(**{f"{p}room__in": rooms_where(user, Level.VIEW)})
    passed_on = passable & Q(**{f"{p}tlp__lte": Label.GREEN, f"{p}pk__in": _passed_on_to(user)})

    of_mine = Q(**{f"{p}author": user.pk})
    settled = Q(**{f"{p}state__in": SETTLED})
    withheld = Q(**{f"{p}state__in": ("held", "removed")})
    moderated = Q(**{f"{p}room__in": rooms_where(user, Level.MODERATE)})
    written = Q(**{f"{p}pk__in": linked_items(user, "co_authors")}) | Q(
        **{f"{p}pk__in": linked_items(user, "reviewers")}
    )
    draft = Q(**{f"{p}state": "draft"}) & (of_mine | written)

    at_home = (_label(user, p) & (settled | (withheld & (of_mine | moderated)))) | draft
    # No label but GREEN and CLEAR comes here, and whoever moderates the home views it anyway.
    elsewhere = settled | (withheld & of_mine)
    rule = (home_viewed & at_home) | (passed_on & elsewhere)
    if settings.LIAISE_REQUIRE_MFA and not assured:
        rule &= Q(**{f"{p}tlp__lte": Label.AMBER})
    return rule


def _label(user: Reader, p: str) -> Q:
    named = Q(**{f"{p}author": user.pk}) | Q(**{f"{p}pk__in": linked_items(user, "named_people")})
    opened = _opens(user, f"{p}room", f"{p}partner") | Q(**{f"{p}pk__in": _opened_by_a_named(user)})
    return (
        Q(**{f"{p}tlp__lte": Label.AMBER})
        | (Q(**{f"{p}tlp": Label.AMBER_STRICT}) & opened)
        | (Q(**{f"{p}tlp": Label.RED}) & named)
    )


def _opens(user: Reader | int, room: str, partner: str) -> Q:
    """The partner is one of this person's, and opens the room to them: by its grant, or by the room's kind."""
    by_grant = In(Pair(F(room), F(partner)), opened_through(user))
    by_kind = {f"{room}__in": network_rooms(), f"{partner}__in": partners_behind(user)}
    return Q(by_grant) | Q(**by_kind)


@prepared
def _opened_by_a_named(user_id: int) -> QuerySet:
    """AMBER+STRICT items whose home room is opened by a partner that they name."""
    names = _item().named_partners.through.objects.filter(item__tlp=Label.AMBER_STRICT)
    return names.filter(_opens(user_id, "item__room", "partner")).values("item")


@prepared
def _passed_on_to(user_id: int) -> QuerySet:
    placements = apps.get_model("network", "Placement")._default_manager
    return placements.filter(room__in=rooms_where(user_id, Level.VIEW)).values("item")


@prepared
def linked_items(user_id: int, role: str) -> QuerySet:
    """The items that have this person among their named people, co-authors or reviewers."""
    return getattr(_item(), role).through.objects.filter(user=user_id).values("item")


def _item() -> type[Item]:
    return apps.get_model("network", "Item")


# --- for an item ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reach:
    """What decides about an item's audience; also of one that is not written yet, for a preview."""

    home: Room
    label: Label
    author: User | None = None
    partner: Partner | None = None
    placed_in: Collection[Room] = ()
    named_partners: Collection[Partner] = ()
    named_people: Collection[User] = ()
    writers: Collection[User] = field(default=())
    state: str = "published"
    parent: Item | None = None

    @classmethod
    def of(cls, item: Item) -> Reach:
        """The reach of a stored item; a handful of queries."""
        return cls(
            home=item.room,
            label=Label(item.tlp),
            author=item.author,
            partner=item.partner,
            placed_in=[placement.room for placement in item.placements.select_related("room")],
            named_partners=list(item.named_partners.all()),
            named_people=list(item.named_people.all()),
            writers=[*item.co_authors.all(), *item.reviewers.all()],
            state=item.state,
            parent=item.parent,
        )

    @property
    def keys(self) -> tuple[Any, ...]:
        """Whom it names by number, for a question that is put into SQL once (`network.permissions.whole`)."""
        several = [self.home, *self.placed_in], self.named_partners, self.named_people, self.writers
        author, partner = (one.pk if one else 0 for one in (self.author, self.partner))
        return author, partner, *(tuple(one.pk for one in them) for them in several)

    @property
    def shape(self) -> dict[str, Any]:
        """What the text of such a question depends on. It cannot ask about a parent, which is looked up."""
        return {
            "label": self.label,
            "state": self.state,
            "kinds": tuple(room.kind for room in (self.home, *self.placed_in)),
        }

    @classmethod
    def like(
        cls,
        author: int,
        partner: int,
        rooms: tuple[int, ...],
        named_partners: tuple[int, ...],
        named_people: tuple[int, ...],
        writers: tuple[int, ...],
        *,
        label: Label,
        state: str,
        kinds: tuple[str, ...],
    ) -> Reach:
        """A reach of these `keys` and this `shape`."""
        room = apps.get_model("network", "Room")
        home, *placed_in = [room(pk=pk, kind=kind) for pk, kind in zip(rooms, kinds, strict=True)]
        return cls(
            home=home,
            label=label,
            author=User(pk=author),
            partner=Partner(pk=partner),
            placed_in=placed_in,
            named_partners=[Partner(pk=pk) for pk in named_partners],
            named_people=[User(pk=pk) for pk in named_people],
            writers=[User(pk=pk) for pk in writers],
            state=state,
        )


def audience(item: Item) -> QuerySet[User]:
    """Everybody who sees the item now other than by its release; sessions taken as assured."""
    return audience_of(_reach_now(item))


def is_in_audience(user_id: int, item: Item) -> bool:
    """Whether this one person is among them: what is asked for each answer to something."""
    reach = _reach_now(item)
    if reach.parent is not None:
        return audience_of(reach).filter(pk=user_id).exists()
    return bool(_is_reached(user_id, *reach.keys, **reach.shape))


def would_see(user_id: int, item: Item) -> bool:
    """Whether this person would see an item that was removed, were it not: they may know that something stood there."""
    return audience_of(replace(_reach_now(item), state="published")).filter(pk=user_id).exists()


@whole
def _is_reached(user_id: int, *keys: Any, **shape: Any) -> QuerySet[User, int]:
    return audience_of(Reach.like(*keys, **shape)).filter(pk=user_id).values_list("pk", flat=True)


def _reach_now(item: Item) -> Reach:
    """As `Reach.of`, without what its label and state do not ask for."""
    tightest = max(item.tlp, item.parent.tlp if item.parent else Label.CLEAR)
    placed = item.placements.select_related("room") if tightest <= Label.GREEN else ()
    drafted = item.state == "draft"
    return Reach(
        home=item.room,
        label=Label(item.tlp),
        author=item.author,
        partner=item.partner,
        placed_in=[placement.room for placement in placed],
        named_partners=list(item.named_partners.all()) if item.tlp == Label.AMBER_STRICT else (),
        named_people=list(item.named_people.all()) if item.tlp == Label.RED else (),
        writers=[*item.co_authors.all(), *item.reviewers.all()] if drafted else (),
        state=item.state,
        parent=item.parent,
    )


def audience_of(reach: Reach) -> QuerySet[User]:
    """Everybody who would see an item of this reach now."""
    rule = _reached(reach)
    if reach.parent is not None and not _is_released(reach.parent):
        rule &= _reached(_reach_now(reach.parent))
    return User.objects.filter(rule)


def _is_released(item: Item) -> bool:
    return _item().objects.filter(released(), pk=item.pk).exists()


def _reached(reach: Reach) -> Q:
    author = Q(pk=reach.author.pk) if reach.author else NOBODY
    if reach.state == "draft":
        writers = author | Q(pk__in=[person.pk for person in reach.writers])
        return viewers_rule([reach.home]) & writers
    above = Label(reach.parent.tlp) if reach.parent else Label.CLEAR
    rooms = [reach.home, *(reach.placed_in if max(reach.label, above) <= Label.GREEN else ())]
    rule = viewers_rule(rooms) & _admitted(reach, author)
    if reach.state not in SETTLED:
        rule &= author | viewers_rule([reach.home], Level.MODERATE)
    return rule


def _admitted(reach: Reach, author: Q) -> Q:
    if reach.label <= Label.AMBER:
        return Q()
    if reach.label == Label.RED:
        return author | Q(pk__in=[person.pk for person in reach.named_people])
    partners = {partner.pk for partner in reach.named_partners}
    if reach.partner:
        partners.add(reach.partner.pk)
    opening = PartnerGrant.objects.current().filter(
        content_object=reach.home, permission__codename__in=codenames(Level.VIEW)
    )
    members = Membership.objects.carrying_grants().filter(
        partner__in=partners, partner__group__in=opening.values("group")
    )
    rule = Q(pk__in=members.values("user"))
    if reach.home.kind == "network":
        everyone = Membership.objects.effective().filter(partner__in=partners)
        rule |= Q(pk__in=everyone.values("user"))
    return rule
