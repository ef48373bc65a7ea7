"""The gate against the reference, and its questions against each other, in random worlds.

`LIAISE_GATE_WORLDS` says how many worlds (200 on SQLite and 500 on PostgreSQL where it is not set). Without it the
worlds are the same in every run, so that a red build is the doing of the change at hand and comes back when it is run
again; whoever names a number draws new ones, and Hypothesis prints how to bring a failing one back. They come in parts,
which pytest-xdist spreads over the cores. `breakages.md` lists the rules that were broken on purpose to see it fail.

What asks about every pair asks about every other one here: the next world has the others.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import override_settings
from hypothesis import HealthCheck, given, seed, settings

from network import clock, headcount
from network.labels import Label
from network.models import Item, Room
from network.permissions import (
    NETWORK,
    Level,
    Reach,
    allowed,
    audience,
    audience_of,
    is_guest,
    is_member,
    level_in,
    partners_of,
    partners_seen_by,
    partners_to_act_for,
    people_seen_by,
    present_people,
    standing_about,
    standing_in,
    where_allowed,
    who_may,
)
from network.permissions.sight import is_in_audience, sees_now
from network.permissions.standing import sees_at_home
from tests.network import reference as plain
from tests.network.reference import LEVELS, Reference, World
from tests.network.worlds import Stored, committed, instant, worlds

WORLDS = os.environ.get("LIAISE_GATE_WORLDS")
PARTS = 10
STRANGER = AnonymousUser()


def number_of_worlds() -> int:
    """In all parts together."""
    if WORLDS:
        return int(WORLDS)
    return 500 if connection.vendor == "postgresql" else 200


class Comparison:
    """One world, one instant: what the gate says beside what the reference says."""

    def __init__(self, world: World, rows: Stored, hour: plain.Instant) -> None:
        self.world, self.rows = world, rows
        self.reference = Reference(world, hour)
        self.readers = [*world.people, None]

    def row(self, person: plain.Person | None) -> Any:
        return self.rows[person] if person else STRANGER

    def agree(self, question: str, gate: Iterable[Any], reference: Iterable[Any]) -> None:
        said, meant = self.rows.names(gate), sorted({str(one) for one in reference})
        assert said == meant, f"{question}: the gate says {said}, the design {meant}"

    def people(self) -> None:
        world, ref = self.world, self.reference
        self.agree("in the network", present_people(), [one for one in world.people if ref.is_present(one)])
        for person in self.readers:
            row = self.row(person)
            assert is_member(row) == ref.is_member(person), f"is_member({person})"
            assert is_guest(row) == ref.is_guest(person), f"is_guest({person})"
            self.agree(f"partners of {person}", partners_of(row), ref.partners_of(person))

        for person in self.readers[::3]:
            row = self.row(person)
            known = [one for one in world.people if ref.knows(person, one)]
            self.agree(f"people that {person} may look up", people_seen_by(row), known)
            known_of = [partner for partner in world.partners if ref.knows_of(person, partner)]
            self.agree(f"partners that {person} may look up", partners_seen_by(row), known_of)

    def places(self) -> None:
        world, ref = self.world, self.reference
        for person in self.readers:
            row = self.row(person)
            for level in LEVELS:
                meant = [room for room in world.rooms if ref.has(person, level, room)]
                self.agree(f"where {person} may {level}", where_allowed(row, Level[level.upper()]), meant)
            self.agree(
                f"rooms that {person} views",
                Room.objects.visible_to(row),
                [room for room in world.rooms if ref.has(person, "view", room)],
            )
            self.agree(
                f"rooms listed to {person}",
                Room.objects.listed_to(row),
                [room for room in world.rooms if ref.is_listed(person, room)],
            )
            represented = [partner for partner in world.partners if ref.represents(person, partner)]
            self.agree(f"partners that {person} represents", where_allowed(row, Level.REPRESENT), represented)
            assert (where_allowed(row, Level.COORDINATE) == (NETWORK,)) == ref.coordinates(person)
            assert allowed(row, Level.COORDINATE, NETWORK) == ref.coordinates(person), f"{person} coordinates"

    def rooms(self) -> None:
        world, ref = self.world, self.reference
        for n, room in enumerate(world.rooms):
            for level in LEVELS[n % 2 :: 2]:
                meant = [person for person in world.people if ref.has(person, level, room)]
                self.agree(f"who may {level} in {room}", who_may(Level[level.upper()], self.rows[room]), meant)
        unmanaged = [room for room in world.rooms if room.kind != "direct" and not ref.is_managed(room)]
        self.agree("rooms that nobody manages", Room.objects.unmanaged(), unmanaged)
        for partner in world.partners:
            meant = [person for person in world.people if ref.represents(person, partner)]
            self.agree(f"who represents {partner}", who_may(Level.REPRESENT, self.rows[partner]), meant)
        coordinators = [person for person in world.people if ref.coordinates(person)]
        self.agree("coordinators", who_may(Level.COORDINATE, NETWORK), coordinators)

    def each_in_each(self) -> None:
        world, ref = self.world, self.reference
        for m, person in enumerate(self.readers):
            row = self.row(person)
            for n, room in list(enumerate(world.rooms))[m % 2 :: 2]:
                highest = level_in(row, self.rows[room])
                assert (highest and highest.name.lower()) == ref.highest(person, room), f"{person} in {room}"
                acts_for = ref.acts_for(person, room)
                self.agree(f"partners {person} acts for in {room}", partners_to_act_for(row, self.rows[room]), acts_for)
                level = LEVELS[(m + n) // 2 % 4]
                may = allowed(row, Level[level.upper()], self.rows[room])
                assert may == ref.has(person, level, room), f"may {person} {level} in {room}"

    def items(self, readers: list[plain.Person | None], *, inside: bool = True) -> None:
        """Half of the readers have a second factor, and the other half when they are asked for what they see inside."""
        world, ref = self.world, self.reference
        for n, person in enumerate(readers):
            row, assured = self.row(person), n % 2 == 0
            self.agree(
                f"what {person} sees, {assured=}",
                Item.objects.visible_to(row, assured=assured),
                [item for item in world.items if ref.sees(person, item, assured=assured)],
            )
            if inside:
                self.agree(
                    f"what {person} sees inside, assured={not assured}",
                    Item.objects.seen_inside_by(row, assured=not assured),
                    [item for item in world.items if ref.sees_inside(person, item, assured=not assured)],
                )

    def lists(self) -> None:
        """Of a room alone, where it is viewed: never more than the whole rule says, and nothing missing that is settled
        and whose parent, if any, is settled in the room too."""
        world, ref = self.world, self.reference
        for n, person in enumerate(self.readers):
            row, assured = self.row(person), n % 2 == 0
            row.assured = assured
            seen = [item for item in world.items if ref.sees_inside(person, item, assured=assured)]
            for room in world.rooms[n % 3 :: 3]:
                standing = standing_in(row, self.rows[room])
                home = set(self.rows.names(Item.objects.at_home(standing)))
                passed_on = set(self.rows.names(Item.objects.passed_on(standing)))
                may = ref.has(person, "view", room)
                there = [item for item in seen if may and self.stands_in(item, room)]
                must = {
                    str(item)
                    for item in there
                    if self.is_plain(item) and (item.parent is None or self.settled_in(item.parent, room))
                }
                assert home <= {str(item) for item in there if item.room is room}, f"{person} at home in {room}"
                assert passed_on <= {str(item) for item in there if item.room is not room}, f"{person} in {room}"
                assert must <= home | passed_on, f"missing for {person} in {room}: {must - home - passed_on}"
            self.one_by_one(row, person, world.items[n % 4 :: 4], assured=assured)

    def one_by_one(self, row: Any, person: plain.Person | None, items: list[plain.Item], *, assured: bool) -> None:
        """What actions and pages ask about one item: the same as the lists, each in a text that is kept for all."""
        for item in items:
            found, inside = self.rows[item], self.reference.sees_inside(person, item, assured=assured)
            assert sees_now(row, found.pk, assured=assured, through_release=False) == inside, f"{person} sees {item}"
            here, there = standing_about(row, found.uid), standing_in(row, found.room)
            assert (here.level is None) == (there.level is None), f"{person} where {item} is"
            assert (here.held, here.opened_by) == (there.held, there.opened_by), f"{person} where {item} is"
            assert here.room.pk in {None, found.room.pk}
            if sees_at_home(row, found, assured=assured):
                assert inside, f"{person} sees {item} at home, and not inside"
            elif inside and there.level is not None and self.is_plain(item) and item.parent is None:
                raise AssertionError(f"{person} sees {item}, and not at home")

    def settled_in(self, item: plain.Item, room: plain.Room) -> bool:
        return self.is_plain(item) and self.stands_in(item, room)

    def stands_in(self, item: plain.Item, room: plain.Room) -> bool:
        above = item.parent.label if item.parent else "CLEAR"
        passable = {item.label, above} <= {"CLEAR", "GREEN"}
        return item.room is room or (passable and room in item.placed_in)

    def is_plain(self, item: plain.Item) -> bool:
        return item.state in ("published", "archived")

    def audiences(self) -> None:
        world, ref = self.world, self.reference
        for n, item in enumerate(world.items[::2]):
            meant = [person for person in world.people if ref.sees_inside(person, item, assured=True)]
            self.agree(f"the audience of {item}", audience(self.rows[item]), meant)
            for person in world.people[n % 3 :: 3]:
                there = is_in_audience(self.rows[person].pk, self.rows[item])
                assert there == (person in meant), f"whether {person} is in the audience of {item}"
            counted = headcount.of_reach(Reach.of(self.rows[item]))
            assert counted.people == len(meant), f"how many see {item}"
            if n % 3 == 0:
                self.agree(f"the preview of {item}", audience_of(self.preview(item)), meant)

    def preview(self, item: plain.Item) -> Reach:
        """What a form knows of an item before it is written."""
        rows = self.rows
        return Reach(
            home=rows[item.room],
            label=Label.from_word(item.label),
            author=rows[item.author],
            partner=rows[item.partner] if item.partner else None,
            placed_in=[rows[room] for room in item.placed_in],
            named_partners=[rows[partner] for partner in item.named_partners],
            named_people=[rows[person] for person in item.named_people],
            writers=[rows[person] for person in [*item.co_authors, *item.reviewers]],
            state=item.state,
            parent=rows[item.parent] if item.parent else None,
        )


def compare(world: World) -> None:
    """Every question, of everybody, at noon; and once more an hour later, when some of it has ended."""
    with committed(world) as rows, override_settings(LIAISE_REQUIRE_MFA=world.second_factor_required):
        with clock.at(instant(0)):
            comparison = Comparison(world, rows, 0)
            comparison.people()
            comparison.places()
            comparison.rooms()
            comparison.each_in_each()
            comparison.items(comparison.readers)
            comparison.lists()
            comparison.audiences()
        with clock.at(instant(1)):
            Comparison(world, rows, 1).items(world.people[:3], inside=False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("part", range(PARTS))
def test_the_gate_says_what_the_design_says(part: int) -> None:
    proof = settings(
        max_examples=max(1, number_of_worlds() // PARTS),
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )(given(world=worlds())(compare))
    if WORLDS is None:
        proof = seed(part)(proof)
    proof()
