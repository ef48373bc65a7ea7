"""Why somebody sees something: there is a reason exactly where the gate lets them."""

from __future__ import annotations

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from network import clock
from network.models import Item
from network.permissions import look, why
from network.permissions.asking import people_to_ask_about, rooms_to_speak_of
from tests.drawing import examples
from tests.network.reference import Reference, World
from tests.network.worlds import instant, stored, worlds


@pytest.mark.django_db
@seed(7)
@settings(max_examples=examples(45), deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds(), turn=st.integers(0, 2))
def test_there_is_a_reason_exactly_where_somebody_sees_an_item(world: World, turn: int) -> None:
    required = override_settings(LIAISE_REQUIRE_MFA=world.second_factor_required)
    with stored(world) as rows, required, clock.at(instant(0)):
        for n, person in enumerate(world.people[turn::3]):
            reader, assured = rows[person], n == 0
            seen = set(Item.objects.visible_to(reader, assured=assured).values_list("pk", flat=True))
            linked = Item.objects.linked_to(reader)
            explained = {item.pk for item in linked if why(reader, item, assured=assured)}
            assert explained == seen, f"{person}, {assured=}"


@pytest.mark.django_db
@seed(11)
@settings(max_examples=examples(30), deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds())
def test_who_may_ask_is_told_of_no_room_that_either_does_not_view(world: World) -> None:
    with stored(world) as rows, clock.at(instant(0)):
        reference = Reference(world, 0)
        for asker in world.people[:3]:
            asked = {person.pk: person for person in people_to_ask_about(rows[asker])}
            for person in world.people:
                wholly = reference.coordinates(asker) or any(
                    reference.represents(asker, membership.partner)
                    for membership in reference.current_memberships(person)
                )
                moderated = [room for room in world.rooms if reference.has(asker, "moderate", room)]
                may = wholly or (bool(moderated) and reference.is_member(asker))
                assert (rows[person].pk in asked) == may, f"{asker} about {person}"
                if may:
                    told = rooms_to_speak_of(rows[asker], asked[rows[person].pk])
                    rooms = world.rooms if wholly else moderated
                    both = [one for one in rooms if all(reference.has(who, "view", one) for who in (asker, person))]
                    ways = look(rows[person], told=told).ways
                    assert {way.room_id for way in ways} == {rows[room].pk for room in both}, f"{asker} about {person}"
