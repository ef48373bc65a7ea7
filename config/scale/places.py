"""Rooms of all kinds, and which partners have what place in them."""

from __future__ import annotations

from datetime import timedelta

from config.scale.numbers import spread
from config.scale.world import Place, Voice, World
from network.labels import Label
from network.models.grants import PartnerGrant
from network.models.people import Partner
from network.models.rooms import Room
from network.permissions import Level

BENCH = "bench"
MOST_PARTNERS = 40  # in one room
MOST_VOICES = 30
NETWORK_EVERY, HIDDEN_EVERY = 50, 7
A_BATCH = 2000


def open_rooms(world: World) -> None:
    """The rooms, with the one that will hold most first; it is for the whole network."""
    rooms = [_room(world, number) for number in range(world.numbers.rooms)]
    Room.objects.bulk_create(rooms, batch_size=A_BATCH)
    world.count(rooms)
    sizes = spread(len(rooms) * 6, len(rooms), least=2, exponent=0.6)
    grants: list[PartnerGrant] = []
    for room, size in zip(rooms, sizes, strict=True):
        grants += _let_in(world, room, _some_partners(world, min(size, MOST_PARTNERS)))
    world.count(PartnerGrant.objects.bulk_create(grants, batch_size=A_BATCH))


def open_bench(world: World) -> Place:
    """The room to measure in, to which Malmö contributes, and others who write there."""
    room = Room.objects.create(
        uid=world.uid(),
        slug=BENCH,
        name="Bench",
        purpose=f"To measure in, beside {world.numbers}.",
        opened_by=world.coordinator,
        opened_at=world.now - timedelta(days=400),
    )
    malmo = next(one for one in world.partners if one.slug == "malmo")
    others = [one for one in world.partners if one != malmo and one.pk in world.members][:5]
    grants = _let_in(world, room, [(one, Level.CONTRIBUTE) for one in (malmo, *others)])
    world.count([room, *PartnerGrant.objects.bulk_create(grants)])
    return world.places[-1]


def _room(world: World, number: int) -> Room:
    kind, slug = Room.Kind.RESTRICTED, f"scale-{world.numbers.seed}-{number + 1}"
    if number % NETWORK_EVERY == 0:
        kind = Room.Kind.NETWORK
    elif number % HIDDEN_EVERY == 0:
        # As the house does it: nobody guesses the address of a hidden room.
        kind, slug = Room.Kind.HIDDEN, world.uid().hex
    return Room(
        uid=world.uid(),
        slug=slug,
        name=f"{world.random.choice(world.words.aspects).text.capitalize()} ({number + 1})",
        purpose=world.words.paragraph().body[:300],
        kind=kind,
        default_tlp=Label.AMBER,
        opened_by=world.coordinator,
        opened_at=world.now - timedelta(days=4 * 365),
    )


def _some_partners(world: World, count: int) -> list[tuple[Partner, Level]]:
    """Large partners are in more rooms than small ones. One at least contributes."""
    known = [one for one in world.partners if one.pk in world.members]
    weights = [1 / (1 + number) ** 0.5 for number in range(len(known))]
    chosen = list(dict.fromkeys(world.random.choices(known, weights=weights, k=count)))
    levels = world.random.choices((Level.VIEW, Level.CONTRIBUTE, Level.MODERATE), weights=(3, 6, 1), k=len(chosen))
    return [(chosen[0], Level.CONTRIBUTE), *zip(chosen[1:], levels[1:], strict=True)]


def _let_in(world: World, room: Room, places: list[tuple[Partner, Level]]) -> list[PartnerGrant]:
    voices = [
        Voice(person, partner)
        for partner, level in places
        if level >= Level.CONTRIBUTE
        for person in world.members[partner.pk][:MOST_VOICES]
    ]
    world.places.append(Place(room, world.random.sample(voices, min(len(voices), MOST_VOICES))))
    return [
        PartnerGrant(
            group_id=partner.group_id, content_object=room, permission_id=world.levels[level], since=room.opened_at
        )
        for partner, level in ((world.lead, Level.MANAGE), *places)
    ]
