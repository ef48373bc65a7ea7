"""Why somebody sees something: there is a reason exactly where the gate lets them."""

from __future__ import annotations

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from network import clock
from network.models import Item
from network.permissions import why
from tests.network.reference import World
from tests.network.worlds import instant, stored, worlds


@pytest.mark.django_db
@seed(7)
@settings(max_examples=45, deadline=None, suppress_health_check=list(HealthCheck))
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
