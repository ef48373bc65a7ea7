"""Who would see a thing that is not shared yet, or not yet under this label: said before the button."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from django.db.models import Q, QuerySet

from network import headcount
from network.headcount import Change, Headcount
from network.labels import Label
from network.models.grants import PartnerGrant
from network.models.items import Item
from network.models.people import Membership, Partner, User
from network.models.rooms import Room
from network.permissions import Level, Reach, audience_of, who_may
from network.rehearsals import mark_of


@dataclass(frozen=True)
class Preview:
    """What something would do to an item's audience, who would see it then, and the mark of what is shown of that."""

    change: Change
    audience: Headcount
    mark: str


def would_see(
    *,
    by: User,
    room: Room,
    tlp: Label,
    partner: Partner | None,
    named_partners: Collection[Partner] = (),
    named_people: Collection[User] = (),
) -> Headcount:
    """Who would see what this person shares like this, once it is published. Three queries."""
    reach = Reach(
        home=room,
        label=tlp,
        author=by,
        partner=partner,
        named_partners=named_partners,
        named_people=named_people,
    )
    return headcount.of(audience_of(reach))


def by_label(*, by: User, room: Room, partner: Partner | None) -> dict[Label, Headcount]:
    """The same for each label with nobody named; one count serves the three widest."""
    everyone = would_see(by=by, room=room, tlp=Label.AMBER, partner=partner)
    return {
        Label.CLEAR: everyone,
        Label.GREEN: everyone,
        Label.AMBER: everyone,
        Label.AMBER_STRICT: would_see(by=by, room=room, tlp=Label.AMBER_STRICT, partner=partner),
        Label.RED: would_see(by=by, room=room, tlp=Label.RED, partner=partner),
    }


def relabelled(
    item: Item, tlp: Label, named_partners: Collection[Partner] = (), named_people: Collection[User] = ()
) -> Preview:
    """What the new label would do to the item's audience, and who would see it then."""
    before = Reach.of(item)
    after = replace(
        before,
        label=tlp,
        named_partners=named_partners if tlp == Label.AMBER_STRICT else (),
        named_people=named_people if tlp == Label.RED else (),
    )
    return _preview(item, before, after)


def passed_on(item: Item, room: Room) -> Preview:
    """What placing the item in `room` would do to its audience, and who would see it then."""
    before = Reach.of(item)
    after = replace(before, placed_in=[*before.placed_in, room])
    return _preview(item, before, after)


def _preview(item: Item, before: Reach, after: Reach) -> Preview:
    change, audience = headcount.change(audience_of(before), audience_of(after)), headcount.of(audience_of(after))
    # The label it has is shown too: where that was tightened meanwhile, going on would undo it unasked.
    standing = [[_reach(before), _reach(after)], hasattr(item, "release")]
    return Preview(change, audience, mark_of([standing, change.keys, sorted(audience.keys)]))


def _reach(reach: Reach) -> list[object]:
    places = [reach.named_partners, reach.named_people, reach.placed_in]
    return [int(reach.label), *(sorted(one.pk for one in rows) for rows in places)]


def may_name(by: User, item: Item) -> bool:
    """Whether this person may be told who reads the item by name: they view each room that it stands in. One query.

    Of a room that they do not view they learn nothing but how many read it there: neither its partners nor its guests.
    """
    stands_in = Q(pk=item.room_id) | Q(pk__in=item.placements.values("room"))
    return not Room.objects.filter(stands_in).exclude(pk__in=Room.objects.visible_to(by).values("pk")).exists()


def partners_to_name(room: Room) -> QuerySet[Partner]:
    """The partners that AMBER+STRICT may name in a room: a grant or the room's kind opens it to them."""
    opened = PartnerGrant.objects.current().filter(content_object=room)
    rule = Q(group__in=opened.values("group"))
    if room.kind == Room.Kind.NETWORK:
        rule |= Q(pk__in=Membership.objects.effective().values("partner"))
    return Partner.objects.standing().filter(rule).order_by("short_name")


def people_to_name(room: Room) -> QuerySet[User]:
    """The people whom RED may name in a room: those who have a place there."""
    return who_may(Level.VIEW, room).order_by("name")
