"""What is handed out of a stored file: the file itself or, of AMBER and stricter, a copy marked with its reader.

The stored bytes never change. A marked copy is made in a limited process (`exchange.marking`), lies beside the store
for a day at most, and is the same for the same reader, file, label and day, so that a broken download can go on.
"""

from __future__ import annotations

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
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exchange import marking, storage
from exchange.models import Document, Version
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
_turns = threading.BoundedSemaphore(AT_ONCE)


class NotNow(Refusal):
    """Too many copies are being made, or the disk is full: the same may succeed in a minute (503)."""

    code = "not_now"


REASONS: dict[int, Words] = {
    marking.PROTECTED: _(
        "This PDF is protected with a password, so that no copy of it can be marked with your name. Read it in the "
        "browser where it can be shown, or ask its source for a file without protection."
    ),
    marking.BROKEN: _(
        "No copy of this file could be marked with your name: it is damaged, too large or made in an unusual way. Read "
        "it in the browser where it can be shown, or ask its source for another file."
    ),
}


class CannotMark(Forbidden):
    """The file is one of those that are handed out with a mark alone, and cannot carry one."""


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


def as_stored(version: Version) -> HandedOut:
    """The bytes as they lie in the store."""
    return HandedOut(version.size, version.sha256, lambda: storage.read(version.blob.path), stored=True)


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

    For what is AMBER+STRICT or RED; for the rest nothing is written. Where it cannot be written nothing is read.
    """
    openings.opened(by=user, item=document, how=how, version=version.number)


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
    """The file of a marked copy; made where there is none. Raises CannotMark, NotNow, FileNotFoundError."""
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
    try:
        with (
            _descriptor(version) as source,
            tempfile.NamedTemporaryFile(dir=path.parent, prefix="making-", delete=False) as target,
        ):
            try:
                ended = _run(source.fileno(), target.fileno(), largest, version.content_type, words)
                if ended != marking.MARKED:
                    raise CannotMark(REASONS.get(ended, REASONS[marking.BROKEN]))
                Path(target.name).replace(path)
            except BaseException:
                Path(target.name).unlink(missing_ok=True)
                raise
    except FileNotFoundError:
        raise
    except OSError:
        raise NotNow(_("There is no room on the disk for a marked copy. Try again later.")) from None


def _run(source: int, target: int, largest: int, content_type: str, words: dict[str, str]) -> int:
    """How the process ended that writes the marked copy. It gets neither our environment nor any other open file."""
    order = {"source": source, "target": target, "largest": largest, "content_type": content_type, "words": words}
    try:
        done = subprocess.run(  # noqa: S603 - nothing of it comes from a reader but through standard input
            [sys.executable, "-I", marking.__file__],
            input=json.dumps(order).encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(source, target),
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},
            timeout=marking.SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return marking.BROKEN
    return done.returncode


@contextmanager
def _descriptor(version: Version) -> Iterator[IO[bytes]]:
    """The stored file as one of the system's; of a store that is elsewhere, a copy that has no name."""
    with storage.read(version.blob.path) as file:
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
