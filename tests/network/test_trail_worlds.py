"""Who may know of which entry of the trail, and what of it they read: the gate against loops, in random worlds."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from network import audit, clock
from network.models import AuditEntry, Participant, UnnamedModerator
from network.trail import tell
from tests.drawing import examples
from tests.network import reference as plain
from tests.network.reference import Reference, World
from tests.network.worlds import Stored, instant, stored, worlds

GONE = uuid.uuid4()  # a room that is not there any more


@dataclass(eq=False)
class Entry:
    """One entry; `number`: done under the Chatham House Rule, `moderating` or not; a target of None: the network.

    `private`: “nobody else's business”, but of who manages the room.
    """

    hour: plain.Instant
    actor: plain.Person | None
    number: bool
    target: plain.Partner | plain.Person | plain.Room | plain.Item | None
    room: plain.Room | str | None
    partner: plain.Partner | None
    private: bool = False
    moderating: bool = False

    def __str__(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in vars(self).items())


@st.composite
def trails(draw: st.DrawFn) -> tuple[World, list[Entry]]:
    """A world, and a trail in it."""
    world = draw(worlds())
    one_of = st.sampled_from
    things = [*world.items, *world.items, *world.people, *world.partners, *world.rooms, None]
    entries = []
    for _ in range(12):
        target = draw(one_of(things))
        home = target.room if isinstance(target, plain.Item) else target if isinstance(target, plain.Room) else None
        room = draw(one_of([home, home, *world.rooms, None, "gone"]))
        partner = draw(one_of([None, None, *world.partners]))
        actor = draw(one_of([*world.people, *world.people, None]))
        number = actor is not None and draw(st.integers(0, 3)) == 0
        entries.append(
            Entry(
                *(draw(st.integers(-2, 1)), actor, number, target, room, partner, draw(st.integers(0, 2)) == 0),
                moderating=number and draw(st.booleans()),
            )
        )
    return world, entries


# --- the sentences of network.permissions.trail and network.trail, in plain loops -------------------


def is_own(reader: plain.Person, entry: Entry) -> bool:
    return entry.actor is reader or entry.target is reader


def is_of_a_represented(ref: Reference, reader: plain.Person, entry: Entry) -> bool:
    """“What was done for the partner, to it, and by its people while they belonged to it”."""
    for partner in ref.world.partners:
        if not ref.represents(reader, partner):
            continue
        if entry.target is partner or (entry.partner is partner and not entry.number):
            return True
        if entry.number or entry.partner is not None or entry.private:
            continue
        for membership in ref.world.memberships:
            then = membership.since <= entry.hour and (membership.until is None or entry.hour < membership.until)
            if then and membership.person is entry.actor and membership.partner is partner:
                return True
    return False


def is_closed(ref: Reference, reader: plain.Person, room: Any) -> bool:
    """“Never anything in a direct room; of a hidden room anything, unless one views it”."""
    if room == "gone":
        return True
    if not isinstance(room, plain.Room):
        return False
    return room.kind == "direct" or (room.kind == "hidden" and not ref.has(reader, "view", room))


def may_know(ref: Reference, reader: plain.Person, entry: Entry, *, assured: bool) -> bool:
    if is_closed(ref, reader, entry.room) or is_closed(ref, reader, entry.target):
        return False
    if is_own(reader, entry):
        return True
    if isinstance(entry.target, plain.Item):
        item = entry.target
        tight = ref.label_of(item) in ("AMBER+STRICT", "RED")
        if (tight or is_closed(ref, reader, item.room)) and not ref.sees_inside(reader, item, assured=assured):
            return False
    if entry.private and isinstance(entry.room, plain.Room) and ref.has(reader, "manage", entry.room):
        return True
    return ref.coordinates(reader) or is_of_a_represented(ref, reader, entry)


def names_room(ref: Reference, reader: plain.Person, entry: Entry) -> bool:
    if not isinstance(entry.room, plain.Room):
        return False
    return ref.has(reader, "view", entry.room) or (is_own(reader, entry) and ref.is_listed(reader, entry.room))


def names_target(ref: Reference, reader: plain.Person, entry: Entry, *, assured: bool) -> bool:
    """“To who sees that thing, in a room that is named”."""
    if entry.room is not None and not names_room(ref, reader, entry):
        return False
    target = entry.target
    if isinstance(target, plain.Person):
        return target is reader or ref.knows(reader, target)
    if isinstance(target, plain.Partner):
        return ref.knows_of(reader, target)
    if isinstance(target, plain.Room):
        return ref.has(reader, "view", target) or (is_own(reader, entry) and ref.is_listed(reader, target))
    return isinstance(target, plain.Item) and ref.sees_inside(reader, target, assured=assured)


# --- comparing --------------------------------------------------------------------------------------


def store(entries: list[Entry], rows: Stored, some_item: plain.Item) -> dict[int, Entry]:
    numbers: dict[plain.Person, Participant] = {}
    made = {}
    for entry in entries:
        by = rows[entry.actor] if entry.actor else None
        if entry.actor and entry.moderating:
            by = UnnamedModerator.objects.get_or_create(item=rows[some_item], user=by)[0]
        elif entry.actor and entry.number:
            number = len(numbers) + 1
            new = entry.actor not in numbers
            if new:
                numbers[entry.actor] = Participant.objects.create(item=rows[some_item], user=by, number=number)
            by = numbers[entry.actor]
        with clock.at(instant(entry.hour)):
            row = audit.record(
                "network.join_asked" if entry.private else "network.held",
                by=by,
                target=rows[entry.target] if entry.target else None,
                room=rows[entry.room] if isinstance(entry.room, plain.Room) else _Gone() if entry.room else None,
                partner=rows[entry.partner] if entry.partner else None,
                reason="Because.",
            )
        made[row.pk] = entry
    return made


class _Gone:
    uid = GONE


def compare(drawn: tuple[World, list[Entry]]) -> None:
    world, entries = drawn
    with stored(world) as rows, override_settings(LIAISE_REQUIRE_MFA=world.second_factor_required):
        made = store(entries, rows, world.items[0])
        with clock.at(instant(0)):
            ref = Reference(world, 0)
            for n, reader in enumerate(world.people[:4]):
                user, assured = rows[reader], n % 2 == 0
                user.assured = assured
                found = list(AuditEntry.objects.visible_to(user))
                meant = {pk for pk, entry in made.items() if may_know(ref, reader, entry, assured=assured)}
                shown_by_gate = {row.pk for row in found}
                assert shown_by_gate == meant, f"{reader}: {[str(made[pk]) for pk in shown_by_gate ^ meant]}"
                for told in tell(user, found):
                    entry = made[told.row.pk]
                    shown = names_target(ref, reader, entry, assured=assured)
                    of_network = entry.target is None and entry.room is None
                    assert (told.target is not None) == shown, f"{reader}: {entry!s}"
                    assert bool(told.details) == (shown or of_network), f"{reader}: {entry!s}"
                    assert (told.room is not None) == names_room(ref, reader, entry), f"{reader}: {entry!s}"
                    if entry.number and entry.actor:
                        assert told.by.words.startswith("A moderator" if entry.moderating else "Participant ")
                        assert told.by.words.endswith("(you)") == (entry.actor is reader)
                        assert entry.actor.name not in told.text.removesuffix(str(told.target or ""))


@pytest.mark.django_db
def test_the_trail_shows_each_person_what_its_sentences_say() -> None:
    proof = settings(max_examples=examples(30), deadline=None, print_blob=True, suppress_health_check=list(HealthCheck))
    seed(3)(proof(given(trails())(compare)))()
