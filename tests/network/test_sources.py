"""Who is the source of a thing: for one person, as a condition on rows, and as its inverse."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from network import clock
from network.models import Item, User
from network.permissions.items import is_source
from network.permissions.sources import source_rule, sources
from tests.network import reference as plain
from tests.network.worlds import NOON, stored, worlds

pytestmark = pytest.mark.django_db


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds(), data=st.data())
def test_the_three_answers_agree_in_any_world(world: plain.World, data: st.DataObject) -> None:
    with clock.at(NOON), stored(world) as rows:
        keepers = [None, *(rows[partner] for partner in world.partners)]
        for one in world.items:
            keeper, chatham = data.draw(st.sampled_from(keepers)), data.draw(st.integers(0, 4)) == 4
            Item.objects.filter(pk=rows[one].pk).update(keeper=keeper, chatham=chatham)
        items = list(Item.objects.select_related("room", "parent", "partner", "keeper", "author"))
        answering = {item.pk: set(sources(item).values_list("pk", flat=True)) for item in items}
        for person in User.objects.all():
            alone = {item.pk for item in items if is_source(person, item)}
            assert set(Item.objects.filter(source_rule(person)).values_list("pk", flat=True)) == alone
            seen = set(Item.objects.seen_inside_by(person, assured=True).values_list("pk", flat=True))
            assert {pk for pk, people in answering.items() if person.pk in people} == alone & seen
