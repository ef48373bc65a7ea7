"""Where the bytes of shared files lie: under opaque names that nothing on the web leads to.

A file is whole and on the disk before the row that speaks of it is committed; where that row is not
written, the file goes again.
"""

from __future__ import annotations

import hashlib
import logging
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _

from network.refusals import Invalid

BLOCK = 256 * 1024

log = logging.getLogger(__name__)


class NotKept(Invalid):
    """The store does not take anything at present: it is full, or does not answer."""

    def __init__(self) -> None:
        words = _("The file cannot be stored just now, so nothing was shared. Please try again in a while.")
        super().__init__("file", words)


@dataclass(frozen=True)
class Kept:
    """A stored file: its opaque path, its length in bytes and its SHA-256 in hexadecimal."""

    path: str
    size: int
    sha256: str


class _Counted(File):
    """A file that is counted and digested while it is copied."""

    def __init__(self, file: Any) -> None:
        super().__init__(file)
        self.file: Any = file
        self.count = 0
        self.digest = hashlib.sha256()

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        self.file.seek(0)
        while block := self.file.read(chunk_size or BLOCK):
            self.count += len(block)
            self.digest.update(block)
            yield block


@contextmanager
def keeping(file: Any) -> Iterator[Kept]:
    """Stores the bytes of `file`, durably; they go again if the body of the `with` fails.

    Wrap the transaction in it, not the other way round: no write lock is held while bytes are
    copied, and what the commit refuses leaves no orphan.
    """
    kept = keep(file)
    try:
        yield kept
    except BaseException:
        drop(kept.path)
        raise


def keep(file: Any) -> Kept:
    """Copies `file` to an opaque path and waits until it is on the disk; or NotKept, and nothing of it stays."""
    key = uuid.uuid4().hex
    counted = _Counted(file)
    path = f"documents/{key[:2]}/{key}"
    try:
        path = default_storage.save(path, counted)
        _wait_for_disk(path)
    except BaseException as fault:
        # Stores fail in ways of their own; whichever it was, half a file is no file.
        with suppress(Exception):
            drop(path)
        if isinstance(fault, Exception):
            log.exception("A file could not be stored.")
            raise NotKept from fault
        raise
    return Kept(path, counted.count, counted.digest.hexdigest())


def digest(file: Any) -> str:
    """The SHA-256 of `file` in hexadecimal, as `keep` would find it."""
    counted = _Counted(file)
    for _block in counted.chunks():
        pass
    return counted.digest.hexdigest()


def drop(path: str) -> None:
    """Removes a stored file; no matter if it is gone already."""
    with suppress(FileNotFoundError):
        default_storage.delete(path)


def holds(path: str) -> bool:
    """Whether the store has a file of this name."""
    return default_storage.exists(path)


def read(path: str) -> File:
    """Opens a stored file for reading. FileNotFoundError where it is lost."""
    return default_storage.open(path, "rb")


def _wait_for_disk(path: str) -> None:
    try:
        place = Path(default_storage.path(path))
    except NotImplementedError:
        return  # a remote store answers only when it holds the file
    for one in (place, place.parent, place.parent.parent):
        handle = os.open(one, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
