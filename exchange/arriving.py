"""The bytes of files that are on their way: written piece by piece, and on the disk before a piece is acknowledged.

They lie on the disk of this machine, under the uid of their upload; nothing on the web leads to them.
"""

from __future__ import annotations

import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

from network.fullness import NO_ROOM, is_full
from network.refusals import Invalid

BLOCK = 256 * 1024


class NoRoom(Invalid):
    """The disk is full."""

    def __init__(self) -> None:
        super().__init__("file", NO_ROOM)


class Busy(Exception):  # noqa: N818 - it is an answer, not an error
    """Another piece of the same file is being written at this moment."""


def path_of(uid: uuid.UUID) -> Path:
    """Where the bytes of an upload lie."""
    return Path(settings.LIAISE_UPLOADS) / uid.hex


def make(uid: uuid.UUID) -> None:
    """An empty file that outlives a power cut. Raises NoRoom."""
    with _told_of_room():
        os.close(os.open(path_of(uid), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        folder = os.open(settings.LIAISE_UPLOADS, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def held(uid: uuid.UUID) -> Iterator[BinaryIO]:
    """The file to write into, for one at a time, whatever the process. Raises Busy, FileNotFoundError."""
    with path_of(uid).open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy from None
        yield file


def write(file: BinaryIO, source: Any, *, at: int, most: int, digest: Any = None) -> int:
    """Copies at most `most` bytes of `source` to `at`, waits for the disk, and says how many there were.

    What lay behind `at` was never acknowledged and goes first. Where the disk is full, nothing is kept: NoRoom.
    """
    count = 0
    try:
        with _told_of_room():
            file.truncate(at)
            file.seek(at)
            while count < most and (block := source.read(min(BLOCK, most - count))):
                file.write(block)
                count += len(block)
                if digest is not None:
                    digest.update(block)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            file.truncate(at)
        raise
    return count


def drop(uid: uuid.UUID) -> None:
    """Removes the bytes; no matter if they are gone already."""
    path_of(uid).unlink(missing_ok=True)


def left_behind(before: datetime) -> list[uuid.UUID]:
    """Files that nobody has written to since `before`. For whoever knows which of them a row still speaks of."""
    found = []
    for path in Path(settings.LIAISE_UPLOADS).iterdir():
        with suppress(ValueError, FileNotFoundError):
            uid = uuid.UUID(hex=path.name)
            if path.stat().st_mtime < before.timestamp():
                found.append(uid)
    return found


@contextmanager
def _told_of_room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise NoRoom from None
        raise
