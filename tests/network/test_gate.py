"""The gate, sentence by sentence, with the cast."""

from network.models import Item, Room
from tests.cast import Cast
from tests.factories import ItemFactory


def test_members_of_a_partner_with_a_grant_see_what_is_in_the_room(cast: Cast) -> None:
    item = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege)
    for person in (cast.luc, cast.anna, cast.clara, cast.vera):
        assert item in Item.objects.visible_to(person)
    for person in (cast.olga, cast.ivan, cast.gus, cast.sven, cast.eva):
        assert item not in Item.objects.visible_to(person)
        assert cast.families not in Room.objects.visible_to(person)
