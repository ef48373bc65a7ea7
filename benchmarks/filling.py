"""Rooms with a known number of documents, written by the code of `load_scale`; run inside the house (`House.run`)."""

from django.db import transaction

from config.scale.items import name_newest, share_documents
from config.scale.loading import found, store_some
from config.scale.numbers import Numbers
from config.scale.world import Place, Voice
from network.actions.rooms import open_room
from network.labels import Label
from network.models.items import State
from network.models.people import Membership, Partner
from network.permissions import Level


def fill(slug: str, documents: int) -> None:
    """A room of this address to which Malmö contributes, with so many documents that it may read."""
    world = found(Numbers(partners=1, rooms=1, items=documents, posts=0, people=1, seed=documents))
    malmo = Partner.objects.get(slug="malmo")
    with transaction.atomic():
        places = [(malmo, Level.CONTRIBUTE)]
        room = open_room(by=world.coordinator, name=slug, slug=slug, places=places)
        members = Membership.objects.effective().filter(partner=malmo).select_related("user")
        place = Place(room, [Voice(one.user, malmo) for one in members])
        world.places = [place]
        share_documents(world, [place] * documents, store_some(world, []), tlp=Label.AMBER, state=State.PUBLISHED)
        name_newest()
