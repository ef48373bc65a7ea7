"""Bytes that lie in the store and are spoken of by rows: taken up, and let go."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from exchange import scanner, storage
from exchange.models import Blob
from exchange.storage import Kept
from network.background import enqueue
from network.effects import after_commit


def take_up(kept: Kept) -> Blob:
    """The row of these bytes, in the caller's transaction; where others are the same already, ours go after it.

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
    if not storage.holds(blob.path):
        # What was lost is here again.
        blob.path = kept.path
        blob.save(update_fields=["path"])
        return blob

    def drop_ours() -> None:
        storage.drop(kept.path)

    after_commit(drop_ours)
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
