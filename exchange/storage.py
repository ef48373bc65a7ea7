"""Where the bytes of shared files lie: under opaque names that nothing on the web leads to.

A file is whole and on the disk before the row that speaks of it is committed; where that row is not
written, the file goes again.
"""

from __future__ import annotations

import errno
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

from exchange.models import Blob
from network.local_storage import LocalStorage
from network.refusals import Invalid

log = logging.getLogger(__name__)

BLOCK = 256 * 1024
FOLDER = "documents"


@dataclass(frozen=True)
class Kept:
    """A stored file: its opaque path, its length in bytes and its SHA-256 in hexadecimal."""

    path: str
    size: int
    sha256: str
    # Where the same bytes should lie already, and do not any more.
    spoiled: str = ""


class NotStored(Invalid):
    """The store took nothing: it is full or away. Nothing of the file is left, and no row speaks of it."""

    def __init__(self, error: Exception) -> None:
        full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
        super().__init__("file", FULL if full else AWAY)


FULL = _("There is no room left for files. Nothing was shared; please tell whoever hosts the network, and try later.")
AWAY = _("The store of files does not answer at the moment. Nothing was shared; please try again in a few minutes.")


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
    """Copies `file` to an opaque path and waits until it is on the disk. Raises NotStored, and nothing of it stays."""
    key = uuid.uuid4().hex
    path = f"{FOLDER}/{key[:2]}/{key}"
    try:
        counted = _saved(path, file)
        _wait_for_disk(path)
    except BaseException as error:
        _drop_half(path)
        # Stores fail in ways of their own; whichever it was, half a file is no file.
        if isinstance(error, Exception):
            log.exception("A file could not be stored.")
            raise NotStored(error) from error
        raise
    return Kept(path, counted.count, counted.digest.hexdigest())


def _saved(path: str, file: Any) -> _Counted:
    counted = _Counted(file)
    if _is_on_this_machine():
        default_storage.save(path, counted)
        return counted
    # A remote store reads as it likes, several pieces at once and some of them twice: that is counted beforehand.
    for _block in counted.chunks():
        pass
    file.seek(0)
    default_storage.save(path, File(file, name=path))
    return counted


def _is_on_this_machine() -> bool:
    try:
        default_storage.path("any")
    except NotImplementedError:
        return False
    return True


def _drop_half(path: str) -> None:
    # Where the store is away, what may lie there is found by `manage.py check_storage`.
    with suppress(Exception):
        drop(path)


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


class CutShort(FileNotFoundError):  # noqa: N818 - it is an answer, not an error
    """The store holds less of a file than there was: it is lost as much as one that is gone."""


def read_whole(path: str, size: int) -> File:
    """Opens a stored file of `size` bytes. Raises CutShort where there are fewer, and what `read` raises."""
    file = read(path)
    # What a test or another store puts there may not know its length; then it shows while it is read.
    there = getattr(file, "size", size)
    if there < size:
        file.close()
        raise CutShort(errno.ENOENT, f"{there} of {size} bytes", path)
    return file


def size_of(path: str) -> int:
    """How many bytes the store has of this file. Raises what `read` raises."""
    return default_storage.size(path)


def answers() -> bool:
    """Whether the store is there at all: asked when one file cannot be read, or before many are."""
    store: Any = default_storage
    try:
        store.demand_answer()
    except OSError:
        return False
    return True


def make_store() -> None:
    """Makes a folder on this machine the store, once: where it is new, or was the store before stores had a mark.

    Not where it is empty although rows speak of files: then a disk is missing, and what is shared would go astray.
    """
    if not isinstance(default_storage, LocalStorage) or default_storage.mark.is_file():
        return
    if default_storage.is_bare() and Blob.objects.exists():
        log.error(
            "Files were shared, and their folder is empty: is its disk missing? Nothing is stored before it is "
            "there, or before somebody makes %s by hand.",
            default_storage.mark,
        )
        return
    default_storage.make()


def read(path: str) -> File:
    """Opens a stored file for reading. FileNotFoundError where it is lost, OSError where the store is away."""
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
