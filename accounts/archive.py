"""The ZIP of everything of somebody's own: JSON per kind, then the files, each read in pieces."""

from __future__ import annotations

import json
import logging
import zipfile
from collections.abc import Callable
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import translation
from django.utils.translation import gettext as _

from network import clock
from network.languages import spoken
from network.models.people import User
from network.personal import Personal, counts, records

log = logging.getLogger(__name__)

BLOCK = 256 * 1024


def write(person: User, into: IO[bytes], *, tell: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Writes the archive; `tell(done, total)` hears of every row and file that is in it."""
    kinds = counts(person)
    progress = Progress(sum(count * (2 if kind.file else 1) for kind, count in kinds), tell)
    missing: list[str] = []
    with translation.override(spoken(person.language)), zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for kind, _count in kinds:
            _write_rows(archive, kind, person, progress)
        for kind, _count in kinds:
            if kind.file:
                missing += _write_files(archive, kind, person, progress)
        about = {
            "about": _("Everything of yours in the network, and nothing that others wrote."),
            "made_at": clock.now(),
            "kinds": {f"{kind.key}.json": {"name": kind.name, "rows": count} for kind, count in kinds},
            "missing_files": missing,
        }
        archive.writestr("about.json", _json(about))


class Progress:
    """Counts what is in the archive."""

    def __init__(self, total: int, tell: Callable[[int, int], None]) -> None:
        self.done, self.total, self.tell = 0, total, tell
        tell(0, total)

    def step(self) -> None:
        """One row or file more; what was written meanwhile may make it more than the total was."""
        self.done += 1
        self.tell(self.done, max(self.done, self.total))


def _write_rows(archive: zipfile.ZipFile, kind: Personal, person: User, progress: Progress) -> None:
    with archive.open(f"{kind.key}.json", "w", force_zip64=True) as file:
        file.write(b"[")
        before = b"\n"
        for row, _file in records(kind, person):
            file.write(before + _json(row))
            before = b",\n"
            progress.step()
        file.write(b"\n]\n")


def _write_files(archive: zipfile.ZipFile, kind: Personal, person: User, progress: Progress) -> list[str]:
    """Copies the files of a kind; the paths of those that the store has lost."""
    missing = []
    for _row, own in records(kind, person):
        progress.step()
        if own is None:
            continue
        try:
            source = own.open()
        except FileNotFoundError:
            log.error("A file is missing from the store: %s", own.path)
            missing.append(own.path)
            continue
        # Most are compressed already.
        entry = zipfile.ZipInfo(own.path, clock.now().timetuple()[:6])
        with source, archive.open(entry, "w", force_zip64=True) as copy:
            while block := source.read(BLOCK):
                copy.write(block)
    return missing


def _json(value: Any) -> bytes:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()
