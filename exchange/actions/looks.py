"""Looking into stored files: what waits, one after the other, and what was found written down once."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F

from exchange import looks, storage
from exchange.filetypes import TYPES, extension_of
from exchange.handing_out import no_mark_of
from exchange.looks import Found
from exchange.models import Blob, Document, PagePicture, PageText
from exchange.words import index_again
from network import clock

log = logging.getLogger(__name__)

# In sound, film and HEIC there is nothing to read here; a browser plays what it can play.
NOTHING_TO_READ = ("audio/", "video/", "image/heic")
# What ends in an error of ours is looked into so often; each try may take many minutes.
MOST_TRIES = 5


def look_into(blob: Blob) -> None:
    """Looks into one file and writes down what it holds. Done twice, or by two at once, it is written once.

    Raises OSError where the store does not answer: then it waits for the next try.
    """
    version = blob.versions.order_by("pk").first()
    if version is None or not blob.is_served:
        return
    found = Found(whole=True)
    kept: list[str] = []

    def keep(content: bytes) -> str:
        kept.append(storage.keep(ContentFile(content)).path)
        return kept[-1]

    try:
        if not version.content_type.startswith(NOTHING_TO_READ):
            found = _found(blob, extension_of(version.name), version.content_type, keep)
        written = _write(blob, found, no_mark_of(version))
    except BaseException:
        _drop(kept)
        raise
    if not written:
        _drop(kept)


def _found(blob: Blob, extension: str, content_type: str, keep: Callable[[bytes], str]) -> Found:
    try:
        file = storage.read(blob.path)
    except FileNotFoundError:
        log.error("The bytes of %s are missing from the store.", blob)
        return Found()
    with file:
        known = TYPES.get(extension)
        found = looks.look(file, extension, known.content_type if known else content_type, keep)
    if not found.whole:
        log.warning("The file %s could not be looked into to its end.", blob)
    return found


def _write(blob: Blob, found: Found, no_mark: str) -> bool:
    """What was found, in one transaction; False where somebody has done so, or the bytes are gone."""
    documents = Document.objects.filter(newest__blob=blob)
    with transaction.atomic():
        waiting = Blob.objects.select_for_update().filter(pk=blob.pk, look=Blob.Look.WAITING).first()
        if waiting is None:
            return False
        PageText.objects.bulk_create(
            PageText(blob=waiting, number=number, text=text) for number, text in found.texts.items() if number
        )
        PagePicture.objects.bulk_create(
            PagePicture(blob=waiting, number=one.number, width=one.width, height=one.height, path=one.path)
            for one in found.pictures.values()
        )
        waiting.look = Blob.Look.DONE if found.whole else Blob.Look.FAILED
        waiting.looked_at = clock.now()
        waiting.pages, waiting.read_to, waiting.no_mark = found.pages, found.read_to, no_mark
        waiting.save(update_fields=["look", "looked_at", "pages", "read_to", "no_mark"])
        for document in documents:
            index_again(document)
    return True


def count_error(blob: Blob) -> None:
    """Counts an error of ours; after some of them the file is one that cannot be looked into."""
    waiting = Blob.objects.filter(pk=blob.pk, look=Blob.Look.WAITING)
    waiting.update(look_tries=F("look_tries") + 1)
    waiting.filter(look_tries__gte=MOST_TRIES).update(look=Blob.Look.FAILED, looked_at=clock.now())


def _drop(paths: list[str]) -> None:
    for path in paths:
        storage.drop(path)
