"""What is handed out of a stored file: the file itself or, of AMBER and stricter, a copy marked with its reader.

The stored bytes never change. A marked copy is made in a limited process (`exchange.marking`), lies beside the store
for a day at most, and is the same for the same reader, file, label and day, so that a broken download can go on.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version as release_of
from pathlib import Path
from typing import IO, Any, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exchange import marking, storage
from exchange.actions.reading import opened_as_asked
from exchange.models import Blob, Document, Version
from network import clock
from network.actions import openings
from network.labels import Label
from network.mail import network_name
from network.models.openings import Opening
from network.models.people import User
from network.permissions import by_hat, partners_of
from network.permissions.items import is_source
from network.refusals import Forbidden, Refusal, Words

AT_ONCE, PATIENCE = 2, 15  # copies made at the same time by one server process; seconds that a reader waits for a turn
KEPT_FOR, MOST_KEPT = timedelta(days=1), 1024**3
TOO_SLOW = -1  # how a process ended that was ended, beside the ends of `marking`
MARKER = [sys.executable, "-B", "-m", "exchange.marking"]
_turns = threading.BoundedSemaphore(AT_ONCE)


class NotNow(Refusal):
    """Too many copies are being made, or the disk is full: the same may succeed in a minute (503)."""

    code = "not_now"


NO_MARK = {marking.PROTECTED: Blob.NoMark.PROTECTED, marking.BROKEN: Blob.NoMark.BROKEN}
REASONS: dict[str, Words] = {
    Blob.NoMark.PROTECTED: _(
        "This PDF wants a password, so no copy of it can be marked with your name, and under AMBER and stricter no "
        "other copy is handed out. Only its source can download it: ask them for a file without a password."
    ),
    Blob.NoMark.BROKEN: _(
        "No copy of this file can be marked with your name: it is damaged, too large or made in an unusual way. Under "
        "AMBER and stricter no other copy is handed out. Only its source can download it: ask them for another file, "
        "such as a PDF."
    ),
}
TO_ITS_SOURCE: dict[str, Words] = {
    Blob.NoMark.PROTECTED: _(
        "This PDF wants a password, so no copy of it can be marked with its reader's name, and under AMBER and "
        "stricter nobody but its source can download it. Share a new version without a password."
    ),
    Blob.NoMark.BROKEN: _(
        "No copy of this file can be marked with its reader's name: it is damaged, too large or made in an unusual "
        "way. Under AMBER and stricter nobody but its source can download it. Share it as a new version in another "
        "form, such as a PDF."
    ),
}


class CannotMark(Forbidden):
    """The file is one of those that are handed out with a mark alone, and cannot carry one."""


@dataclass(frozen=True)
class Obstacle:
    """Why no marked copy of a version can be made, in words for its reader; whether they get the file all the same."""

    words: Words
    is_source: bool


@dataclass(frozen=True)
class HandedOut:
    """Bytes to hand out: how many, which state of them, and what opens them (FileNotFoundError where they are lost).

    `stored`: as they lie in the store, so that the web server in front may send them.
    """

    size: int
    etag: str
    open: Callable[[], Any]
    stored: bool = False


def is_marked(document: Document, version: Version) -> bool:
    """Whether copies of this version carry their reader's name: of AMBER and stricter, PDF and pictures."""
    return document.effective_label >= Label.AMBER and (
        version.content_type == marking.PDF or version.content_type in marking.PICTURES
    )


def obstacle(user: Any, document: Document, version: Version) -> Obstacle | None:
    """What its page says, instead of offering what would be refused. None where nothing is known against a copy."""
    why = version.blob.no_mark
    if not why or not is_marked(document, version):
        return None
    source = is_source(user, document)
    return Obstacle((TO_ITS_SOURCE if source else REASONS)[why], source)


def as_stored(version: Version) -> HandedOut:
    """The bytes as they lie in the store."""
    return HandedOut(version.size, version.sha256, lambda: stored_file(version), stored=True)


def stored_file(version: Version) -> IO[bytes]:
    """The stored bytes, all of them. FileNotFoundError where some are lost, OSError where the store is away."""
    file: Any = storage.read_whole(version.blob.path, version.size)
    return cast("IO[bytes]", file)


def hand_out(user: Any, document: Document, version: Version) -> HandedOut:
    """What this person gets of a version that they may download. Raises CannotMark, NotNow, FileNotFoundError.

    Where no mark can be made, its source gets the file itself: they have it already.
    """
    stored = as_stored(version)
    if not is_marked(document, version):
        return stored
    try:
        copy = marked_copy(version, words_for(user, document))
    except CannotMark:
        if is_source(user, document):
            return stored
        raise
    return HandedOut(copy.stat().st_size, f"marked-{copy.name}", lambda: copy.open("rb"))


def opened(user: Any, document: Document, version: Version, how: Opening.How) -> None:
    """Writes down that this person reads or downloads a version now; call it before anything is handed out.

    For what is AMBER+STRICT or RED, and for who asked that it be read; for the rest nothing is written. Where it
    cannot be written nothing is read.
    """
    openings.opened(by=user, item=document, how=how, version=version.number)
    if user.is_authenticated:
        opened_as_asked(by=user, document=document, file=True)


def words_for(user: User, document: Document) -> dict[str, str]:
    """What a mark says: label, reader, partner, day and network; the address for letters that cannot be written."""
    partner = partners_of(user).order_by(*by_hat(user)).first()
    return {
        "label": f"TLP:{document.effective_label.word}",
        "reader": user.name,
        "partner": partner.short_name if partner else str(_("guest")),
        "day": timezone.localdate(clock.now(), ZoneInfo(settings.LIAISE_TIME_ZONE)).isoformat(),
        "network": network_name(),
        "address": user.email,
    }


# --- marked copies --------------------------------------------------------------------------------


def marked_copy(version: Version, words: dict[str, str]) -> Path:
    """The file of a marked copy; made where there is none. Raises CannotMark, NotNow, FileNotFoundError.

    That a file cannot be marked is remembered: its page says so from then on, and nobody's turn is taken again.
    """
    if version.blob.no_mark:
        raise CannotMark(REASONS[version.blob.no_mark])
    path = _folder() / _key(version, words)
    if path.exists():
        return path
    if not _turns.acquire(timeout=PATIENCE):
        raise NotNow(_("Many copies are being marked just now. Try again in a minute."))
    try:
        if not path.exists():
            forget_copies()
            _make(version, words, path)
    finally:
        _turns.release()
    return path


def no_mark_of(version: Version) -> str:
    """What keeps copies from being marked, as far as opening the file tells; "" for kinds that carry no mark."""
    if version.content_type != marking.PDF and version.content_type not in marking.PICTURES:
        return ""
    try:
        with _descriptor(version) as source:
            return NO_MARK.get(_run(source.fileno(), None, 0, version.content_type, {}), "")
    except FileNotFoundError:
        return ""


def forget_copies() -> None:
    """Removes copies that are older than a day and, beyond so many bytes, the oldest. Safe beside readers of them."""
    found = []
    for path in _folder().iterdir():
        with suppress(FileNotFoundError):
            state = path.stat()
            found.append((state.st_mtime, state.st_size, path))
    oldest, left = clock.now().timestamp() - KEPT_FOR.total_seconds(), MOST_KEPT
    for made, size, path in sorted(found, reverse=True):
        left -= size
        if made < oldest or left < 0:
            path.unlink(missing_ok=True)


def _folder() -> Path:
    folder = Path(settings.LIAISE_DATA_DIR) / "marked"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _key(version: Version, words: dict[str, str]) -> str:
    """The name of a copy: another one for everything that makes other bytes."""
    made_with = [release_of(name) for name in ("pikepdf", "reportlab", "pillow")]
    of = [marking.FORMAT, version.sha256, version.content_type, words, made_with, str(marking.typeface())]
    return hashlib.sha256(json.dumps(of, sort_keys=True).encode()).hexdigest()


def _make(version: Version, words: dict[str, str], path: Path) -> None:
    largest = version.size * 2 + 64 * 1024 * 1024
    # What the store does not give is not for want of room here: its own fault goes on.
    with _descriptor(version) as source:
        try:
            _write(source, version, words, path, largest)
        except OSError:
            raise NotNow(_("There is no room on the disk for a marked copy. Try again later.")) from None


def _write(source: IO[bytes], version: Version, words: dict[str, str], path: Path, largest: int) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix="making-", delete=False) as target:
        try:
            ended = _run(source.fileno(), target.fileno(), largest, version.content_type, words)
            if ended == marking.FULL:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if ended != marking.MARKED:
                why = _remembered(version, ended)
                raise CannotMark(REASONS[why])
            Path(target.name).replace(path)
        except BaseException:
            Path(target.name).unlink(missing_ok=True)
            raise


def _remembered(version: Version, ended: int) -> str:
    """Why it cannot be marked. What ended for want of time may succeed on a calmer day, and is not remembered."""
    if ended in NO_MARK:
        Blob.objects.filter(pk=version.blob_id).update(no_mark=NO_MARK[ended])
    return NO_MARK.get(ended, Blob.NoMark.BROKEN)


def _run(source: int, target: int | None, largest: int, content_type: str, words: dict[str, str]) -> int:
    """How the process ended that writes the marked copy. It gets neither our environment nor any other open file."""
    order = {"source": source, "target": target, "largest": largest, "content_type": content_type, "words": words}
    try:
        done = subprocess.run(  # noqa: S603 - nothing of it comes from a reader but through standard input
            MARKER,
            input=json.dumps(order).encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(source,) if target is None else (source, target),
            cwd=settings.BASE_DIR,
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},
            timeout=marking.SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return TOO_SLOW
    return done.returncode


@contextmanager
def _descriptor(version: Version) -> Iterator[IO[bytes]]:
    """The stored file as one of the system's; of a store that is elsewhere, a copy that has no name."""
    with cast("Any", stored_file(version)) as file:
        try:
            file.fileno()
        except (AttributeError, OSError):
            with tempfile.TemporaryFile() as copy:
                for block in file.chunks():
                    copy.write(block)
                copy.seek(0)
                yield copy
        else:
            yield file
