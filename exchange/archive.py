"""ZIP archives that are made while they are sent: no file is ever whole in memory, and none is sent unasked.

Files are stored as they are: most are compressed already, and each block goes out as it comes from the store.
"""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from exchange import storage
from exchange.filetypes import clean_name
from exchange.folders import Tree
from exchange.handing_out import hand_out, opened
from exchange.models import Document, Folder, Version
from exchange.permissions import demand_download
from network.models.openings import Opening
from network.models.people import User
from network.refusals import Refusal
from network.streams import Whole, let_database_go

log = logging.getLogger(__name__)

BLOCK = 256 * 1024
# From this size on an entry announces itself in the wide form; a watermark may add to what the store holds.
WIDE = 1 << 30
LEFT_OUT = "LEFT OUT.txt"
LOST = _("Its file is missing from the store.")
CUT_SHORT = _("Part of its file is missing from the store.")
UNREADABLE = _("Its file could not be read from the store.")
RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10))}


class LeftOut(Exception):  # noqa: N818 - it is an answer, not an error
    """A file that is not handed out, and why, for somebody who sees its document."""

    def __init__(self, reason: str | Promise) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Taken:
    """An open file for an archive; `marked` where it is a copy with its reader's name, and not what is stored."""

    file: Whole
    marked: bool


def bytes_of(user: User, version: Version) -> Taken:
    """The file of a version as it is handed out to this person, who sees its document now. Raises LeftOut.

    Whatever leaves in an archive comes from here. To be closed by whoever asked. OSError where the whole store is away:
    then the archive breaks off, rather than name every file that is left.
    """
    document = version.document
    if not version.blob.is_served:
        raise LeftOut(_("It is not handed out before the scanner for viruses has passed it."))
    try:
        demand_download(user, document)
        given = hand_out(user, document, version)
        file = Whole(given.open(), given.size)
        marked = not given.stored
    except Refusal as refusal:
        raise LeftOut(refusal.reason) from None
    except OSError as error:
        if not storage.answers():
            raise
        log.error("The file of version %s could not be read: %s", version.uid, error)
        raise LeftOut(_reason(error)) from None
    try:
        opened(user, document, version, Opening.How.DOWNLOADED)
    except BaseException as error:
        file.close()
        if isinstance(error, Refusal):
            raise LeftOut(error.reason) from None
        raise
    return Taken(file, marked)


def _reason(error: OSError) -> str | Promise:
    if isinstance(error, storage.CutShort):
        return CUT_SHORT
    return LOST if isinstance(error, FileNotFoundError) else UNREADABLE


@dataclass
class Names:
    """Names inside one archive: clean, of any computer, and each there once."""

    taken: set[str] = field(default_factory=set)

    def free(self, folders: Iterable[str], name: str) -> str:
        """The path of a file in these folders; with a number where that name stands there already."""
        name = clean_name(name)
        stem, dot, extension = name.rpartition(".")
        stem, extension = (stem, f".{extension}") if dot else (name, "")
        steps = "".join(f"{_unreserved(one)}/" for one in folders)
        path, number = f"{steps}{_unreserved(stem)}{extension}", 1
        while path.casefold() in self.taken:
            number += 1
            path = f"{steps}{_unreserved(stem)} ({number}){extension}"
        self.taken.add(path.casefold())
        return path


def _unreserved(name: str) -> str:
    return f"_{name}" if name.upper() in RESERVED else name


class _Sink:
    """What the archive is written to: cannot go back, and is emptied after each block."""

    def __init__(self) -> None:
        self.blocks: list[bytes] = []

    def write(self, data: Any) -> int:
        self.blocks.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def taken(self) -> bytes:
        """What was written since last time."""
        data = b"".join(self.blocks)
        self.blocks.clear()
        return data


class Source(Protocol):
    """What an entry is read from."""

    def read(self, count: int, /) -> bytes:
        """The next bytes; none at the end."""

    def close(self) -> None:
        """Lets it go."""


class Writer:
    """A ZIP in the making. Each method yields the bytes that are ready to be sent."""

    def __init__(self) -> None:
        self.sink = _Sink()
        self.zip = zipfile.ZipFile(self.sink, "w")  # type: ignore[call-overload]

    def file(self, path: str, source: Source, *, size: int, at: datetime) -> Iterator[bytes]:
        """One entry, block by block; `source` is closed. Raises LeftOut where it cannot be read to its end.

        What was sent of it by then is not in the table of contents, so that nobody takes it for the file.
        """
        info = zipfile.ZipInfo(path, timezone.localtime(at).timetuple()[:6])
        info.external_attr = 0o644 << 16
        let_database_go()
        fault = None
        with closing(source), self.zip.open(info, "w", force_zip64=size >= WIDE) as entry:
            try:
                while block := source.read(BLOCK):
                    entry.write(block)
                    yield self.sink.taken()
            except OSError as error:
                fault = error
        if fault is not None:
            self.zip.filelist.remove(info)
            del self.zip.NameToInfo[info.filename]
        yield self.sink.taken()
        if fault is not None:
            log.error("A file could not be read to its end for an archive: %s", fault)
            raise LeftOut(UNREADABLE)

    def text(self, path: str, chunks: Iterable[str], *, at: datetime) -> Iterator[bytes]:
        """One entry of words."""
        info = zipfile.ZipInfo(path, timezone.localtime(at).timetuple()[:6])
        info.external_attr = 0o644 << 16
        with self.zip.open(info, "w", force_zip64=True) as entry:
            for chunk in chunks:
                entry.write(chunk.encode())
                yield self.sink.taken()
        yield self.sink.taken()

    def end(self) -> Iterator[bytes]:
        """The table of contents."""
        self.zip.close()
        yield self.sink.taken()


@dataclass
class Missing:
    """What an archive does not hold, for the one file in it that says so."""

    named: list[tuple[str, str]] = field(default_factory=list)
    unseen: int = 0

    def __bool__(self) -> bool:
        return bool(self.named or self.unseen)

    def lines(self) -> Iterator[str]:
        """The words; what the reader lost sight of while it was made is not named."""
        yield str(_("Not in this archive:")) + "\r\n\r\n"
        for title, reason in self.named:
            yield f"{title}: {reason}\r\n"
        if self.unseen:
            words = "%(n)d document that could no longer be read when its turn came."
            more = "%(n)d documents that could no longer be read when their turn came."
            yield ngettext(words, more, self.unseen) % {"n": self.unseen} + "\r\n"


def archive_of(
    user: User, keys: list[int], *, tree: Tree, top: Folder | None, at: datetime, language: str
) -> Iterator[bytes]:
    """The newest versions of documents as a ZIP, in their folders from `top` down.

    The gate is asked again for each file when its turn comes. `language` is the reader's: what is sent in turn is
    made when the request is over.
    """
    writer, names, missing, above = Writer(), Names(), Missing(), len(tree.path(top))
    for key in keys:
        rows = Document.objects.one_seen_by(user, key, inside=True)
        document = rows.select_related("newest__blob", "newest__document").first()
        if document is None or document.newest is None:
            missing.unseen += 1
            continue
        version = document.newest
        way = _way(tree, document)[above:]
        try:
            source = bytes_of(user, version).file
            yield from writer.file(names.free(way, version.name), source, size=version.size, at=version.at)
        except LeftOut as left:
            with translation.override(language):
                missing.named.append((document.title, str(left.reason)))
    if missing:
        with translation.override(language):
            lines = list(missing.lines())
        yield from writer.text(names.free((), LEFT_OUT), lines, at=at)
    yield from writer.end()


def _way(tree: Tree, document: Document) -> list[str]:
    """The names of the folders that it stands in; none for what was passed on to the room."""
    folder = tree.folders.get(document.folder_id or 0)
    return [one.name for one in tree.path(folder)] if folder is not None else []
