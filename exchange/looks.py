"""Has a file looked into by a process of its own (`exchange.looking`), and believes nothing of what that says."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO, Any

from django.conf import settings

from exchange.looking.wire import (
    LARGEST_PICTURE,
    LONGEST_LINE,
    MOST_PICTURES,
    MOST_TEXTS,
    MOST_WORDS,
    TALLEST,
    WIDTHS,
)

SECONDS = 900  # by the clock, for everything; the process itself stops after 240 seconds of work
MOST_PAGES = 1_000_000
MOST_BYTES = 400_000_000  # of all pictures
# What control characters say is nothing to read; one of them no database takes.
UNREADABLE = dict.fromkeys((*range(9), 11, *range(14, 32), 127))
BLOCK = 1024 * 1024


@dataclass(frozen=True)
class Picture:
    """The picture of one page as it lies in the store."""

    number: int
    width: int
    height: int
    path: str


@dataclass
class Found:
    """What was found in a file. `whole` says that the process ended by itself, `cut` that it left words out."""

    pages: int | None = None
    texts: dict[int, str] = field(default_factory=dict)
    pictures: dict[tuple[int, int], Picture] = field(default_factory=dict)
    whole: bool = False
    cut: bool = False

    @property
    def read_to(self) -> int | None:
        """The last page of which words were read, where there are more words than were read; None where all were."""
        cut = self.cut or (self.pages is not None and 0 < len(self.texts) < self.pages)
        return max(self.texts, default=0) if cut else None


class _Unbelievable(Exception):  # noqa: N818 - an answer that is none
    """The process says what it cannot have to say: somebody else speaks through it."""


def look(file: Any, extension: str, content_type: str, keep: Callable[[bytes], str]) -> Found:
    """What is in `file`; each picture is given to `keep`, which returns its path. Raises OSError where that fails."""
    found = Found()
    with _local(file) as local, _process(local, extension, content_type) as process:
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        with suppress(_Unbelievable):
            _listen(process.stdout, found, keep)
    return found


@contextmanager
def _local(file: Any) -> Iterator[IO[bytes]]:
    """The file under a number of the system, as a child process inherits it; a copy, where it lies elsewhere."""
    try:
        file.fileno()
    except (AttributeError, OSError):
        with tempfile.TemporaryFile(dir=settings.LIAISE_DATA_DIR) as copy:
            while block := file.read(BLOCK):
                copy.write(block)
            copy.seek(0)
            yield copy
    else:
        file.seek(0)
        yield file


@contextmanager
def _process(file: IO[bytes], extension: str, content_type: str) -> Iterator[subprocess.Popen[bytes]]:
    """The process, without anything of our environment; gone with all its own when the `with` ends, or the time."""
    process = subprocess.Popen(  # noqa: S603 - our own module, and words of our own list
        [sys.executable, "-B", "-m", "exchange.looking", extension, content_type],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=settings.BASE_DIR,
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
        start_new_session=True,
    )

    def end() -> None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    clock = threading.Timer(SECONDS, end)
    clock.daemon = True
    clock.start()
    try:
        with process:
            yield process
            end()
    except BaseException:
        end()
        raise
    finally:
        clock.cancel()


def _listen(answer: IO[bytes], found: Found, keep: Callable[[bytes], str]) -> None:
    words, drawn = 0, 0
    while line := answer.readline(LONGEST_LINE):
        kind, number, said = _read(line)
        payload = answer.read(said["bytes"])
        if len(payload) != said["bytes"]:
            return  # it ended in the middle
        if kind == "done":
            found.whole = True
            return
        if kind == "cut":
            found.cut = True
        elif kind == "pages":
            found.pages = number
        elif kind == "text":
            words += len(payload)
            if words > MOST_WORDS or number > MOST_TEXTS:
                raise _Unbelievable
            found.texts[number] = payload.decode(errors="replace").translate(UNREADABLE)
        else:
            drawn += len(payload)
            if drawn > MOST_BYTES or (number, said.get("width")) in found.pictures:
                raise _Unbelievable
            picture = _picture(number, said, payload, keep)
            found.pictures[number, picture.width] = picture


def _read(line: bytes) -> tuple[str, int, dict[str, Any]]:
    """Kind, number and the rest of one line. Raises _Unbelievable."""
    try:
        said = json.loads(line)
        kind, number, size = said["kind"], said.get("number", 0), said["bytes"]
        width, height = said.get("width", 0), said.get("height", 0)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise _Unbelievable from None
    if type(kind) is not str or any(type(one) is not int for one in (number, size, width, height)):
        raise _Unbelievable
    most = {"pages": 0, "cut": 0, "done": 0, "text": MOST_WORDS, "picture": LARGEST_PICTURE}
    if kind not in most or not 0 <= size <= most[kind] or not 0 <= number <= MOST_PAGES:
        raise _Unbelievable
    return kind, number, said


def _picture(number: int, said: dict[str, Any], payload: bytes, keep: Callable[[bytes], str]) -> Picture:
    """One picture, kept: a WebP by its first bytes, and browsers are told to take it for nothing else."""
    width, height = said.get("width", 0), said.get("height", 0)
    if width not in WIDTHS or not 0 < height <= width * TALLEST:
        raise _Unbelievable
    if not 0 < number <= MOST_PICTURES or payload[:4] != b"RIFF" or payload[8:12] != b"WEBP":
        raise _Unbelievable
    return Picture(number, width, height, keep(payload))
