"""Bytes that lie in the store and are spoken of by rows: taken up, and let go."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction

from exchange import scanner, storage
from exchange.models import Blob
from exchange.storage import Kept
from network.background import enqueue
from network.effects import after_commit

log = logging.getLogger(__name__)


@contextmanager
def receiving(file: Any) -> Iterator[Kept]:
    """Stores the bytes of `file`, as `storage.keeping` does, and finds out whether the same lie there as they were.

    Wrap the transaction in it: those are all read, while no lock is held.
    """
    with storage.keeping(file) as kept:
        path = Blob.objects.filter(sha256=kept.sha256).values_list("path", flat=True).first()
        yield replace(kept, spoiled=path) if path and not _is_whole(path, kept.sha256) else kept


def _is_whole(path: str, sha256: str) -> bool:
    try:
        with storage.read(path) as file:
            return storage.digest(file) == sha256
    except OSError:
        return False  # whether it is lost or cannot be read: what came now can take its place


def take_up(kept: Kept) -> Blob:
    """The row of these bytes, in the caller's transaction; where others are the same already, ours go after it.

    Where what lies there is lost or `spoiled`, ours takes its place instead, for every version that has it.

    Locks the row, so that nobody lets the bytes go before the caller's row speaks of them.
    """
    same = Blob.objects.select_for_update().filter(sha256=kept.sha256)
    blob = same.first()
    if blob is None:
        try:
            with transaction.atomic():
                return _first(kept)
        except IntegrityError:
            # The same bytes came at the same moment, and the other try was first.
            blob = same.get()
    if not blob.is_served:
        # Another document has them now, whose people are to hear what the scanner says.
        enqueue("exchange.tasks.scan_file", blob.pk)
    needless = kept.path
    if blob.path == kept.spoiled or not storage.holds(blob.path):
        log.error("The stored file %s was lost or altered at %s; the same file was shared again.", blob, blob.path)
        needless, blob.path = blob.path, kept.path
        blob.save(update_fields=["path"])
    after_commit(storage.drop, needless)
    return blob


def _first(kept: Kept) -> Blob:
    """Bytes that nobody has shared before: they are looked into, and wait for the scanner, where there is one."""
    scans = scanner.is_configured()
    blob = Blob.objects.create(
        sha256=kept.sha256,
        size=kept.size,
        path=kept.path,
        scan=Blob.Scan.WAITING if scans else Blob.Scan.NONE,
    )
    if scans:
        enqueue("exchange.tasks.scan_file", blob.pk)
    enqueue("exchange.tasks.look_into_files")
    return blob


def let_go(blob: Blob) -> None:
    """Removes bytes that no version has any more, in the caller's transaction; file and pictures go after it."""
    locked = Blob.objects.select_for_update().filter(pk=blob.pk).first()
    if locked is None or locked.versions.exists():
        return
    paths = [locked.path, *locked.pictures.values_list("path", flat=True)]
    locked.delete()

    def drop_them() -> None:
        for path in paths:
            storage.drop(path)

    after_commit(drop_them)
