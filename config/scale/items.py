"""Documents with their versions, practice sheets and workshops, in rooms of all sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import islice, repeat
from typing import Any, NamedTuple

from django.db.models import OuterRef, Subquery

from config.scale.numbers import spread
from config.scale.words import COUNTRIES, Title
from config.scale.world import Place, World
from exchange.models import Blob, DocKind, Document, PracticeSheet, Version
from exchange.models.practices import Evaluation, PracticeStatus, PreventionLevel, Scope, SheetChoice, TargetGroup
from network.bulk import bulk_create_items
from network.labels import Label
from network.models.items import Item, Placement, Release, State
from network.models.records import SearchEntry
from workshops.models import Registration, Workshop

A_BATCH = 2000
MOST_VERSIONS = 12
MOST_SEATS = 20


class Shared(NamedTuple):
    """An item that is not written yet: where, and what it is called."""

    place: Place
    item: Any
    title: Title


def places_of(world: World, count: int) -> Iterator[Place]:
    """The rooms of so many items, one after the other: the first has most."""
    for place, size in zip(world.places, spread(count, len(world.places)), strict=True):
        yield from repeat(place, size)


def share(world: World, place: Place, kind: type[Item], /, **own: Any) -> Shared:
    """One item that somebody of the room shared."""
    voice = world.random.choice(place.voices)
    title = world.words.title(world.random.randrange(1, 10_000))
    at = world.past()
    values = {
        "uid": world.uid(),
        "kind": kind.KIND,  # type: ignore[attr-defined]
        "room": place.room,
        "author": voice.person,
        "partner": voice.partner,
        "title": title.text,
        "tlp": world.label(),
        "state": world.state(),
        "created_at": at,
        "active_at": at,
    }
    return Shared(place, kind(**values | own), title)


def share_documents(world: World, places: Iterable[Place], blobs: list[Blob], **own: Any) -> None:
    """Documents with one to twelve versions each; a few files lie behind all of them. `own` is what all are to be."""
    for batch in batches(share(world, place, Document, **_document(world) | own) for place in places):
        _write(world, batch, lambda document: document.description)
        versions = [version for shared in batch for version in _versions(world, shared.item, blobs)]
        world.count(Version.objects.bulk_create(versions, batch_size=A_BATCH))
        _spread(world, [shared.item for shared in batch])


def name_newest() -> None:
    """Each document knows its newest version, as lists join it."""
    newest = Version.objects.filter(document=OuterRef("pk")).order_by("-number").values("pk")[:1]
    Document.objects.filter(newest=None).update(newest=Subquery(newest))


def write_sheets(world: World, places: Iterable[Place]) -> None:
    """Practice sheets with their choices."""
    for batch in batches(share(world, place, PracticeSheet, **_sheet(world)) for place in places):
        _write(world, batch, lambda sheet: sheet.objectives)
        choices = [choice for shared in batch for choice in _choices(world, shared.item)]
        world.count(SheetChoice.objects.bulk_create(choices, batch_size=A_BATCH))


def announce_workshops(world: World, places: Iterable[Place]) -> None:
    """Workshops, one in ten of them still to come, with those who registered."""
    for batch in batches(share(world, place, Workshop, **_workshop(world)) for place in places):
        _write(world, batch, lambda workshop: workshop.description)
        seats = [seat for shared in batch for seat in _seats(world, shared.place, shared.item)]
        world.count(Registration.objects.bulk_create(seats, batch_size=A_BATCH))


def batches(rows: Iterable[Shared]) -> Iterator[list[Shared]]:
    """So many at a time that memory stays small."""
    rest = iter(rows)
    while batch := list(islice(rest, A_BATCH)):
        yield batch


def surround(world: World, items: Sequence[Item]) -> None:
    """Themes, and the names that the two strictest labels want."""
    themes = [(item.pk, theme.pk) for item in items for theme in world.random.sample(world.themes, k=2)]
    partners = [(item.pk, item.partner_id) for item in items if item.tlp == Label.AMBER_STRICT]
    people = [(item.pk, item.author_id) for item in items if item.tlp == Label.RED]
    for field, column, keys in (
        ("themes", "theme_id", themes),
        ("named_partners", "partner_id", partners),
        ("named_people", "user_id", people),
    ):
        through: Any = getattr(Item, field).through
        rows = [through(**{"item_id": item, column: other}) for item, other in keys]
        world.count(through.objects.bulk_create(rows, batch_size=A_BATCH))


def _spread(world: World, documents: list[Document]) -> None:
    """Some were passed on to another room, and some of the CLEAR ones stand on the public site."""
    open_ones = [one for one in documents if one.tlp <= Label.GREEN and one.state == State.PUBLISHED]
    placements = [
        Placement(item=one, room=world.random.choice(world.places).room, by_id=one.author_id, at=one.created_at)
        for one in world.random.sample(open_ones, len(open_ones) // 10)
    ]
    placements = [one for one in placements if one.room_id != one.item.room_id]
    released = [
        Release(item=one, version=1, by=world.coordinator, at=one.created_at)
        for one in open_ones
        if one.tlp == Label.CLEAR and world.random.random() < 0.2
    ]
    world.count(Placement.objects.bulk_create(placements, batch_size=A_BATCH))
    world.count(Release.objects.bulk_create(released, batch_size=A_BATCH))


def _write(world: World, batch: list[Shared], words: Callable[[Any], str]) -> None:
    items = bulk_create_items([shared.item for shared in batch])
    world.count([*items, *items])
    surround(world, items)
    entries = [
        world.entry(item.pk, title, world.words.stems_of(words(item)), item.created_at)
        for _place, item, title in batch
        if item.state in (State.PUBLISHED, State.ARCHIVED)
    ]
    world.count(SearchEntry.objects.bulk_create(entries, batch_size=A_BATCH))


def _document(world: World) -> dict[str, Any]:
    kind = world.random.choice(list(DocKind))
    paragraph = world.words.paragraph()
    return {"doc_kind": kind, "description": paragraph.body, "language": paragraph.language}


def _versions(world: World, document: Document, blobs: list[Blob]) -> Iterator[Version]:
    count = min(1 + int(world.random.expovariate(1.2)), MOST_VERSIONS)
    for number in range(1, count + 1):
        blob = world.random.choice(blobs)
        yield Version(
            uid=world.uid(),
            document=document,
            number=number,
            blob=blob,
            name=f"paper-{number}.txt",
            size=blob.size,
            sha256=blob.sha256,
            content_type="text/plain",
            note="" if number == 1 else "After the comments of the group.",
            by_id=document.author_id,
            at=document.created_at + timedelta(minutes=number),
        )


def _sheet(world: World) -> dict[str, Any]:
    choose, paragraph = world.random.choice, world.words.paragraph
    first = paragraph()
    return {
        "summary": first.body[:300],
        "objectives": paragraph().body,
        "methodology": paragraph().body,
        "activities": paragraph().body,
        "language": first.language,
        "geographical_scope": choose(Scope.values),
        "practice_status": choose(PracticeStatus.values),
        "evaluation_status": choose(Evaluation.values),
        "country": choose(COUNTRIES),
        "city": world.words.town(),
        "started_year": world.random.randrange(2005, 2025),
    }


def _choices(world: World, sheet: PracticeSheet) -> Iterator[SheetChoice]:
    yield SheetChoice(sheet=sheet, group=SheetChoice.Group.LEVEL, key=world.random.choice(PreventionLevel.values))
    for key in world.random.sample(TargetGroup.values, k=2):
        yield SheetChoice(sheet=sheet, group=SheetChoice.Group.TARGET, key=key)


def _workshop(world: World) -> dict[str, Any]:
    paragraph = world.words.paragraph()
    ahead = world.random.random() < 0.1
    days = world.random.randrange(2, 120) if ahead else -world.random.randrange(1, 1000)
    starts_at = (world.now + timedelta(days=days)).replace(minute=0, second=0, microsecond=0)
    return {
        "workshop_kind": world.random.choice(Workshop.Kind.values),
        "description": paragraph.body,
        "description_html": paragraph.html,
        "language": paragraph.language,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=world.random.choice((1, 2, 8))),
        "place": world.words.town(),
        "capacity": MOST_SEATS,
    }


def _seats(world: World, place: Place, workshop: Workshop) -> Iterator[Registration]:
    count = min(int(world.random.expovariate(0.2)), MOST_SEATS, len(place.voices))
    for position, voice in enumerate(world.random.sample(place.voices, count), 1):
        yield Registration(
            workshop=workshop,
            user=voice.person,
            partner=voice.partner,
            state=Registration.State.REGISTERED,
            at=min(workshop.created_at + timedelta(hours=position), world.now),
            position=position,
        )
