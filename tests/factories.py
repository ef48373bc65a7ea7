"""Rows that a test speaks of. Everything has been standing for a year unless the test says otherwise.

`RoomFactory()` is an empty room that nobody manages; `grant(holder, level, room)` gives a partner or a person a level.
Nobody here has a password: sign in with `client.force_login(person)`, or say `UserFactory(password="…")`.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import factory
from django.contrib.auth.models import Permission

from network import clock
from network.labels import Label
from network.models import (
    Item,
    Membership,
    Partner,
    PartnerGrant,
    PersonGrant,
    Phase,
    Placement,
    Release,
    Room,
    State,
    Theme,
    User,
)
from network.permissions import Level


def long_ago() -> datetime:
    """A year before the present of the test."""
    return clock.now() - timedelta(days=365)


class PartnerFactory(factory.django.DjangoModelFactory[Partner]):
    """An active city. `role=Partner.Role.LEAD` makes the one lead."""

    class Meta:
        model = Partner

    slug = factory.Sequence(lambda n: f"city-{n}")
    short_name = factory.LazyAttribute(lambda partner: partner.slug.replace("-", " ").title())
    name = factory.LazyAttribute(lambda partner: f"City of {partner.short_name}")
    kind = Partner.Kind.LOCAL_AUTHORITY
    country = "BE"
    status_since = factory.LazyFunction(long_ago)


class UserFactory(factory.django.DjangoModelFactory[User]):
    """A person in no partner and no room: an outsider to everything until something is added."""

    class Meta:
        model = User

    name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.Sequence(lambda n: f"person-{n}@city.example")
    password = factory.django.Password(None)
    date_joined = factory.LazyFunction(long_ago)
    welcomed_at = factory.LazyFunction(long_ago)


class MembershipFactory(factory.django.DjangoModelFactory[Membership]):
    """A plain membership; `role=Membership.Role.REPRESENTATIVE` for one who represents."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    partner = factory.SubFactory(PartnerFactory)
    since = factory.LazyFunction(long_ago)


class PhaseFactory(factory.django.DjangoModelFactory[Phase]):
    """A phase of the programme."""

    class Meta:
        model = Phase

    slug = factory.Sequence(lambda n: f"phase-{n}")
    name = factory.Sequence(lambda n: f"Phase {n}")
    since = date(2021, 1, 1)


class RoomFactory(factory.django.DjangoModelFactory[Room]):
    """A restricted room in which nobody has anything yet."""

    class Meta:
        model = Room

    slug = factory.Sequence(lambda n: f"room-{n}")
    name = factory.LazyAttribute(lambda room: room.slug.replace("-", " ").capitalize())
    purpose = "Where a test happens."
    opened_at = factory.LazyFunction(long_ago)


class ThemeFactory(factory.django.DjangoModelFactory[Theme]):
    """A subject that items are filed under."""

    class Meta:
        model = Theme

    slug = factory.Sequence(lambda n: f"theme-{n}")
    name = factory.Sequence(lambda n: f"Theme {n}")


class ItemFactory(factory.django.DjangoModelFactory[Item]):
    """A published AMBER item: `ItemFactory(room=…, author=…, partner=…)`.

    Those named are given as lists: `named_partners=[malmo]`, `named_people=[anna]`, `co_authors=`, `reviewers=`,
    `themes=`; other rooms that it was passed on to as `placed_in=[room]`; `released=True` puts it on the public site.
    """

    class Meta:
        model = Item
        skip_postgeneration_save = True

    kind = "document"
    title = factory.Sequence(lambda n: f"Item {n}")
    room = factory.SubFactory(RoomFactory)
    author = factory.SubFactory(UserFactory)
    tlp = Label.AMBER
    state = State.PUBLISHED

    @factory.post_generation
    def named_partners(item: Item, create: bool, given: Any, **_: Any) -> None:  # noqa: N805
        item.named_partners.add(*given or [])

    @factory.post_generation
    def named_people(item: Item, create: bool, given: Any, **_: Any) -> None:  # noqa: N805
        item.named_people.add(*given or [])

    @factory.post_generation
    def co_authors(item: Item, create: bool, given: Any, **_: Any) -> None:  # noqa: N805
        item.co_authors.add(*given or [])

    @factory.post_generation
    def reviewers(item: Item, create: bool, given: Any, **_: Any) -> None:  # noqa: N805
        item.reviewers.add(*given or [])

    @factory.post_generation
    def themes(item: Item, create: bool, given: Any, **_: Any) -> None:  # noqa: N805
        item.themes.add(*given or [])

    @factory.post_generation
    def placed_in(item: Item, create: bool, given: Any, **_: Any) -> None:  # noqa: N805
        for room in given or []:
            Placement.objects.create(item=item, room=room)

    @factory.post_generation
    def released(item: Item, create: bool, given: Any, **_: Any) -> None:  # noqa: N805
        if given:
            Release.objects.create(item=item)


def grant(
    holder: Partner | User,
    level: Level,
    room: Room,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> PartnerGrant | PersonGrant:
    """Stores a grant as a row, for the past too (`permissions.grant_to` grants from now on)."""
    permission = Permission.objects.get(codename=_codename(level), **OF_ROOMS)
    row = _row(holder, room, permission, since=since or long_ago(), until=until)
    row.save()
    return row


def grant_all(*grants: tuple[Partner | User, Level, Room] | tuple[Partner | User, Level, Room, datetime]) -> None:
    """Stores many grants, since long ago, each perhaps until an instant, in three queries."""
    known = {one.codename: one for one in Permission.objects.filter(**OF_ROOMS)}
    rows = [
        _row(holder, room, known[_codename(level)], since=long_ago(), until=until[0] if until else None)
        for holder, level, room, *until in grants
    ]
    for kind in (PartnerGrant, PersonGrant):
        kind.objects.bulk_create(row for row in rows if isinstance(row, kind))


OF_ROOMS = {"content_type__app_label": "network", "content_type__model": "room"}


def _codename(level: Level) -> str:
    return f"{level.name.lower()}_room"


def _row(holder: Partner | User, room: Room, permission: Permission, **dates: Any) -> PartnerGrant | PersonGrant:
    if isinstance(holder, Partner):
        return PartnerGrant(group=holder.group, content_object=room, permission=permission, **dates)
    return PersonGrant(user=holder, content_object=room, permission=permission, **dates)


def member_of(partner: Partner, *, represents: bool = False, until: datetime | None = None, **person: Any) -> User:
    """A new person who takes part for `partner`: `member_of(liege, name="Luc", represents=True)`."""
    user = UserFactory(**person)
    role = Membership.Role.REPRESENTATIVE if represents else Membership.Role.MEMBER
    MembershipFactory(user=user, partner=partner, role=role, until=until)
    return user
