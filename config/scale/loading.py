"""Loading bulk data beside the demo network: once, all or nothing."""

from __future__ import annotations

import time
from random import Random

from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.db import connection, transaction

from config.demo.content import Content
from config.demo.loading import Refused
from config.demo.loading import load as load_demo
from config.scale.items import announce_workshops, name_newest, places_of, share_documents, write_sheets
from config.scale.numbers import Numbers
from config.scale.people import found_partners, found_people, know_members
from config.scale.places import BENCH, open_bench, open_rooms
from config.scale.talk import discuss, hold_hot
from config.scale.words import Words
from config.scale.world import World
from exchange import storage
from exchange.actions.files import take_up
from exchange.models import Blob
from network import clock
from network.models.items import Theme
from network.models.people import Partner, User
from network.models.rooms import Room
from network.permissions.levels import LEVELS_BY_CODENAME

FILES = 12
# Of a hundred items so many are documents, practice sheets and workshops; the rest are discussions.
DOCUMENTS, SHEETS, WORKSHOPS = 60, 5, 5


def load(numbers: Numbers) -> tuple[int, float]:
    """Writes the bulk data, after the demo network where that is missing; the number of rows, and in how many seconds.

    Where they are there already that is none.

    Raises Refused in production, beside another network, and where bulk data of other numbers are there.
    """
    if settings.PRODUCTION:
        raise Refused("This is production (LIAISE_ENV): bulk data and its accounts do not come here.")
    if min(numbers.partners, numbers.rooms, numbers.people) < 1:
        raise Refused("There is one partner, one room and one person at the least.")
    load_demo()
    begin = time.perf_counter()
    files: list[str] = []
    try:
        with transaction.atomic():
            written = 0 if _is_loaded(numbers) else _write(numbers, files)
    except BaseException:
        for path in files:
            storage.drop(path)
        raise
    if written:
        _take_stock()
    return written, time.perf_counter() - begin


def _is_loaded(numbers: Numbers) -> bool:
    bench = Room.objects.filter(slug=BENCH).first()
    if bench is not None and str(numbers) not in bench.purpose:
        raise Refused(f"Other bulk data are here. {bench.purpose} Begin with an empty database (`make reset`).")
    return bench is not None


def _write(numbers: Numbers, files: list[str]) -> int:
    world = found(numbers)
    world.partners = found_partners(world)
    found_people(world, world.partners)
    know_members(world)
    open_rooms(world)
    documents, sheets, workshops = (numbers.items * share // 100 for share in (DOCUMENTS, SHEETS, WORKSHOPS))
    share_documents(world, places_of(world, documents), store_some(world, files))
    name_newest()
    write_sheets(world, places_of(world, sheets))
    announce_workshops(world, places_of(world, workshops))
    discuss(world, numbers.items - documents - sheets - workshops)
    # Last, so that nothing of the above lies in it.
    hold_hot(world, open_bench(world))
    return world.written


def found(numbers: Numbers) -> World:
    """What is there before anything is written: the demo network, and chance."""
    # The same chance each time is what is wanted here.
    random = Random(numbers.seed)
    permissions = Permission.objects.filter(codename__in=LEVELS_BY_CODENAME, content_type__app_label="network")
    return World(
        numbers=numbers,
        now=clock.now(),
        coordinator=User.objects.get(email=Content.read().coordinator),
        lead=Partner.objects.get(role=Partner.Role.LEAD),
        levels={LEVELS_BY_CODENAME[one.codename]: one.pk for one in permissions},
        random=random,
        words=Words(random),
        themes=list(Theme.objects.order_by("pk")),
    )


def store_some(world: World, files: list[str]) -> list[Blob]:
    """The few small files that stand for all."""
    blobs = []
    for number in range(FILES):
        kept = storage.keep(ContentFile(f"{number}. {world.words.paragraph().body}\n".encode()))
        files.append(kept.path)
        blobs.append(take_up(kept))
    world.count(blobs)
    return blobs


def _take_stock() -> None:
    """PostgreSQL learns at once how much there is now, as it would by itself in a minute; SQLite never does."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
