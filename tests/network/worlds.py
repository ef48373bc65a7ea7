"""Random worlds: drawn by Hypothesis as plain lists, then written into the database.

Instants are whole hours around `NOON`, drawn from so few that memberships, grants and standings often begin or end at
the very instant of the question. Worlds are small and dense, so that rules meet which seldom meet in life.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import DEFAULT_DB_ALIAS, transaction
from hypothesis import strategies as st

from network import models
from network.labels import Label
from tests.network import reference as plain

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)


def instant(hour: plain.Instant) -> datetime:
    """An hour of the reference as a moment in time."""
    return NOON + timedelta(hours=hour)


# --- drawing --------------------------------------------------------------------------------------

# The simplest stands first: Hypothesis shrinks towards it. Two thirds of all run now.
RUNNING: list[tuple[int, int | None]] = [(-2, None), (-2, None), (-2, 2), (-1, 1), (0, None), (0, 1)]
SPANS = [*RUNNING, *RUNNING, (-2, 0), (-2, 0), (-2, -1), (1, None), (1, None), (1, 2)]
STATUSES = ["active", "active", "active", "active", "associated", "associated", "suspended", "left", "invited"]
KINDS = ["restricted", "restricted", "network", "hidden", "direct"]
LABELS = ["CLEAR", "GREEN", "GREEN", "AMBER", "AMBER", "AMBER+STRICT", "AMBER+STRICT", "RED"]
STATES = ["published", "published", "published", "archived", "draft", "held", "removed"]
ARCHIVED = [None, None, None, None, -1, 0, 1]


def some_of(draw: st.DrawFn, rows: list[Any], *, often: bool = False) -> list[Any]:
    """A sub-list in one draw, the empty one being the simplest."""
    if not often and draw(st.booleans()):
        return []
    mask = draw(st.integers(0, 2 ** len(rows) - 1))
    return [row for bit, row in enumerate(rows) if mask >> bit & 1]


@st.composite
def worlds(draw: st.DrawFn) -> plain.World:
    """Four partners, six people, four rooms, twelve items, and whatever joins them."""
    span, one_of = st.sampled_from(SPANS), st.sampled_from
    partners = [plain.Partner(f"partner {n}", draw(one_of(STATUSES)), *draw(span), lead=n == 0) for n in range(4)]
    lead = partners[0]
    people = [plain.Person(f"person {n}", active=draw(st.integers(0, 7)) != 7) for n in range(6)]
    memberships = [
        plain.Membership(person, draw(one_of([*partners, lead])), draw(st.booleans()), *draw(span))
        for person in people
        for _ in range(draw(one_of([1, 1, 2, 2, 3, 0])))
    ]
    for one in memberships:
        if one.representative and draw(st.integers(0, 3)) == 3:
            one.deputy_for = draw(one_of([other for other in people if other is not one.person]))
    rooms = [plain.Room(f"room {n}", draw(one_of(KINDS)), draw(one_of(ARCHIVED))) for n in range(4)]
    items: list[plain.Item] = []
    for n in range(12):
        items.append(_item(draw, n, partners, people, rooms, items))
    grants = _grants(draw, partners, people, rooms)
    sanctions = _sanctions(draw, people, rooms, items)
    return plain.World(partners, people, memberships, rooms, grants, items, sanctions, draw(st.booleans()))


def _sanctions(
    draw: st.DrawFn, people: list[plain.Person], rooms: list[plain.Room], items: list[plain.Item]
) -> list[plain.Sanction]:
    """In a third of the worlds none, else a few; now and then of a thread alone."""
    one_of = st.sampled_from
    spans = [(-2, 1), (-2, 2), (-1, 1), (0, 1), (0, 2), (-2, 0), (-2, -1), (1, 2)]
    sanctions = []
    for _ in range(draw(one_of([0, 0, 1, 2, 4, 6]))):
        thread = draw(one_of([None, None, None, None, items[0]]))
        sanctions.append(
            plain.Sanction(
                draw(one_of(people)),
                "mute" if thread else draw(one_of(["mute", "suspension"])),
                thread.room if thread else draw(one_of(rooms)),
                *draw(one_of(spans)),
                lifted=draw(st.integers(0, 5)) == 5,
                item=thread,
            )
        )
    return sanctions


def _grants(
    draw: st.DrawFn, partners: list[plain.Partner], people: list[plain.Person], rooms: list[plain.Room]
) -> list[plain.Grant]:
    span, level = st.sampled_from(SPANS), st.sampled_from([None, None, None, *plain.LEVELS])
    # Every room is opened with a grant to the lead, whose own rule would hardly be met otherwise.
    often = st.sampled_from([*reversed(plain.LEVELS), None])
    grants = []
    for room in rooms:
        # "A direct room has person grants only".
        holders = people if room.kind == "direct" else [*partners, *people]
        for holder in holders:
            held = draw(often if holder is partners[0] else level)
            if held is not None:
                grants.append(plain.Grant(holder, held, room, *draw(span)))
    return grants


def _item(
    draw: st.DrawFn,
    n: int,
    partners: list[plain.Partner],
    people: list[plain.Person],
    rooms: list[plain.Room],
    before: list[plain.Item],
) -> plain.Item:
    one_of = st.sampled_from
    home = draw(one_of(rooms))
    # "Parent (one level)".
    above = [item for item in before if item.parent is None]
    return plain.Item(
        f"item {n}",
        home,
        draw(one_of(people)),
        draw(one_of([*partners, partners[0], None])),
        draw(one_of(LABELS)),
        draw(one_of(STATES)),
        some_of(draw, partners),
        some_of(draw, people),
        some_of(draw, people),
        some_of(draw, people),
        draw(one_of([None, None, *above])),
        [room for room in some_of(draw, rooms, often=True) if room is not home],
        draw(st.booleans()),
    )


# --- storing --------------------------------------------------------------------------------------

LINKS = {
    models.Item.named_partners.through: ("partner", lambda item: item.named_partners),
    models.Item.named_people.through: ("user", lambda item: item.named_people),
    models.Item.co_authors.through: ("user", lambda item: item.co_authors),
    models.Item.reviewers.through: ("user", lambda item: item.reviewers),
    models.Placement: ("room", lambda item: item.placed_in),
    models.Release: (None, lambda item: [item] if item.released else []),
}
# In the order in which they need each other.
WRITTEN = [
    Group,
    models.Partner,
    models.User,
    models.Membership,
    models.Room,
    models.PartnerGrant,
    models.PersonGrant,
    models.Item,
    models.Sanction,
    *LINKS,
]


@dataclass
class Stored:
    """The rows of a world, by their plain counterparts."""

    rows: dict[Any, Any]

    def __getitem__(self, one: Any) -> Any:
        return self.rows[one]

    def names(self, rows: Any) -> list[str]:
        """Names of rows of the database, as the reference calls them, in one order."""
        known = {(type(row), row.pk): str(one) for one, row in self.rows.items()}
        return sorted(known[type(row), row.pk] for row in rows)


@contextmanager
def stored(world: plain.World) -> Iterator[Stored]:
    """The world as rows, gone again afterwards: pytest-django does not empty the tables between two worlds."""
    with transaction.atomic():
        yield _store(world)
        transaction.set_rollback(True)


@contextmanager
def committed(world: plain.World) -> Iterator[Stored]:
    """As `stored`, for those who only ask: what is in the database outlives every question, and so do its plans.

    To psycopg a rollback means that tables may be others now, so it forgets all plans; PostgreSQL would then plan the
    gate's questions, which takes ten times as long as answering them, once in each world.
    """
    with transaction.atomic():
        rows = _store(world)
    try:
        yield rows
    finally:
        with transaction.atomic():
            for model in reversed(WRITTEN):
                model._base_manager.all()._raw_delete(DEFAULT_DB_ALIAS)


def _store(world: plain.World) -> Stored:
    rows = _store_people(world)
    rows |= _store_rooms(world, rows)
    rows |= _store_items(world, rows)
    return Stored(rows)


def _dates(one: Any, since: str = "since", until: str = "until") -> dict[str, datetime | None]:
    return {since: instant(one.since), until: None if one.until is None else instant(one.until)}


def _store_people(world: plain.World) -> dict[Any, Any]:
    groups = Group.objects.bulk_create(Group(name=partner.name) for partner in world.partners)
    partners = models.Partner.objects.bulk_create(
        models.Partner(
            slug=partner.name.replace(" ", "-"),
            name=partner.name,
            kind="local_authority",
            country="BE",
            role="lead" if partner.lead else "partner",
            status=partner.status,
            group=group,
            **_dates(partner, "status_since", "status_until"),
        )
        for partner, group in zip(world.partners, groups, strict=True)
    )
    people = models.User.objects.bulk_create(
        models.User(
            name=person.name,
            email=f"{person.name.replace(' ', '-')}@city.example",
            is_active=person.active,
            password="!",
        )
        for person in world.people
    )
    rows = dict(zip([*world.partners, *world.people], [*partners, *people], strict=True))
    models.Membership.objects.bulk_create(
        models.Membership(
            user=rows[one.person],
            partner=rows[one.partner],
            role="representative" if one.representative else "member",
            deputy_for=rows[one.deputy_for] if one.deputy_for else None,
            **_dates(one),
        )
        for one in world.memberships
    )
    return rows


def _store_rooms(world: plain.World, rows: dict[Any, Any]) -> dict[Any, Any]:
    rooms = models.Room.objects.bulk_create(
        models.Room(
            slug=room.name.replace(" ", "-"),
            name=room.name,
            kind=room.kind,
            archived_at=None if room.archived_at is None else instant(room.archived_at),
        )
        for room in world.rooms
    )
    made = dict(zip(world.rooms, rooms, strict=True))
    permissions = {one.codename: one for one in Permission.objects.filter(content_type__model="room")}
    to_partners, to_people = [], []
    for one in world.grants:
        common = {"content_object": made[one.room], "permission": permissions[f"{one.level}_room"], **_dates(one)}
        if isinstance(one.holder, plain.Partner):
            to_partners.append(models.PartnerGrant(group=rows[one.holder].group, **common))
        else:
            to_people.append(models.PersonGrant(user=rows[one.holder], **common))
    models.PartnerGrant.objects.bulk_create(to_partners)
    models.PersonGrant.objects.bulk_create(to_people)
    return made


def _store_items(world: plain.World, rows: dict[Any, Any]) -> dict[Any, Any]:
    made: dict[Any, Any] = {}
    above = [item for item in world.items if item.parent is None]
    below = [item for item in world.items if item.parent is not None]
    for items in (above, below):
        stored_items = models.Item.objects.bulk_create(
            models.Item(
                kind="document",
                title=item.name,
                room=rows[item.room],
                author=rows[item.author],
                partner=rows[item.partner] if item.partner else None,
                tlp=Label.from_word(item.label),
                state=item.state,
                parent=made[item.parent] if item.parent else None,
            )
            for item in items
        )
        made |= dict(zip(items, stored_items, strict=True))
    _store_links(world, rows | made)
    models.Sanction.objects.bulk_create(
        models.Sanction(
            user=rows[one.person],
            kind=one.kind,
            room=rows[one.room],
            item=made[one.item] if one.item else None,
            since=instant(one.since),
            until=instant(one.until),
            lifted_at=instant(one.since) if one.lifted else None,
        )
        for one in world.sanctions
    )
    return made


def _store_links(world: plain.World, rows: dict[Any, Any]) -> None:
    for link, (name, of) in LINKS.items():
        link._default_manager.bulk_create(
            link(item=rows[item], **({name: rows[one]} if name else {})) for item in world.items for one in of(item)
        )
