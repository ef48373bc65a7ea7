"""Reading a ZIP that somebody else made: bounded before it is opened, and believed in nothing.

Nothing is ever written under a name from inside of it. What an archive says of itself is checked against limits
first, since Python's reader takes the whole table of contents into memory; then entry by entry.
"""

from __future__ import annotations

import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from django.core.files.base import File
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exchange.filetypes import EMPTY, clean_name
from exchange.folders import MOST_DEEP, clean_folder_name
from exchange.storage import NotStored
from network.refusals import Invalid
from network.sharing import plain_line
from network.uploads import limit

MOST_FILES = 200
MOST_ENTRIES = 10 * MOST_FILES  # folders, and what computers add for themselves, are entries as well
MOST_CONTENTS = 512 * 1024  # bytes of the table of contents
MOST_TIGHT = 200  # times; what is packed more tightly is a bomb or holds nothing
SMALL = 1_000_000  # bytes, below which nobody asks how tightly
BLOCK = 256 * 1024

END, END_SIZE, WIDE_END, WIDE_END_SIZE = b"PK\x05\x06", 22, b"PK\x06\x07", 20
LONGEST_COMMENT = 1 << 16  # bytes behind the end in which Python looks for it
PACKED_AS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
UTF8, ENCRYPTED = 0x800, 0x1
# What an archive can be at fault for. An OSError is the store's fault: in the background that is tried again.
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    ValueError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OverflowError,
)
# What computers put into archives for themselves.
OF_THE_COMPUTER = {"__macosx", ".ds_store", "thumbs.db", "desktop.ini"}

NO_ARCHIVE: Promise = _("This file cannot be read as a ZIP. Make the archive anew, or share the files one by one.")
TOO_MANY: Promise = _("An archive may hold up to 200 files. Share it in parts.")
DAMAGED: Promise = _("It is damaged, or not what the archive says of it.")
LEADS_OUT: Promise = _("Its path leads out of the archive.")


@dataclass(frozen=True)
class Part:
    """One file of an archive: where it stands, its name, and why it is left out ("" where it is not)."""

    shown: str
    folders: tuple[str, ...]
    name: str
    info: zipfile.ZipInfo
    left_out: str | Promise = ""


class NotRead(OSError):  # noqa: N818 - as the others of its kind
    """The store does not give the archive: no fault of what is in it."""


def parts_of(file: IO[bytes]) -> list[Part]:
    """The files in an archive, each with what can be said against it unread.

    Raises Invalid (file), and OSError where the file cannot be read.
    """
    _check_contents(file)
    with _reading(NO_ARCHIVE), zipfile.ZipFile(file) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
    parts = [part for part in map(_part, infos) if not _is_of_the_computer(part)]
    if len(parts) > MOST_FILES:
        raise Invalid("file", TOO_MANY)
    if sum(part.info.file_size for part in parts if not part.left_out) > limit():
        raise Invalid("file", _("Unpacked, this archive is larger than a file may be. Share it in parts."))
    if not parts:
        raise Invalid("file", _("There are no files in this archive."))
    return parts


@contextmanager
def unpacked(file: IO[bytes], part: Part) -> Iterator[File]:
    """The bytes of one part, on the disk and gone afterwards; never more than it said.

    Raises Invalid, NotStored, and NotRead where the archive cannot be read.
    """
    with tempfile.TemporaryFile() as place:
        for block in _blocks(file, part):
            try:
                place.write(block)
            except OSError as error:
                raise NotStored(error) from error
        place.seek(0)
        yield File(place, name=part.name)


def _blocks(file: IO[bytes], part: Part) -> Iterator[bytes]:
    with _reading(DAMAGED), zipfile.ZipFile(file) as archive, archive.open(part.info) as source:
        while block := source.read(BLOCK):
            yield block


@contextmanager
def _reading(fault: Promise) -> Iterator[None]:
    """Tells what the archive is at fault for from what its store is. Raises Invalid (file), NotRead."""
    try:
        yield
    except OSError as error:
        raise NotRead(*error.args) from error
    except UNREADABLE as error:
        # Where Python cannot read the end of a file, it says that the file is no archive.
        if isinstance(error.__context__, OSError):
            raise NotRead(*error.__context__.args) from error
        raise Invalid("file", fault) from None


def _check_contents(file: IO[bytes]) -> None:
    """Refuses what announces a table of contents that would fill the memory."""
    file.seek(0, 2)
    size = file.tell()
    if size < END_SIZE:
        raise Invalid("file", NO_ARCHIVE)
    # What leads to a wider end stands before the end: with the longest comment, too, it is to be seen here.
    file.seek(max(0, size - WIDE_END_SIZE - END_SIZE - LONGEST_COMMENT))
    tail = file.read()
    # As Python looks for it: at the very end, else the last there is.
    at = len(tail) - END_SIZE
    if not (tail[at:].startswith(END) and tail.endswith(b"\0\0")):
        at = tail.rfind(END)
    end = tail[at : at + END_SIZE]
    if at < 0 or len(end) < END_SIZE:
        raise Invalid("file", NO_ARCHIVE)
    if tail[:at][-WIDE_END_SIZE:].startswith(WIDE_END):
        raise Invalid("file", TOO_MANY)
    entries, contents = int.from_bytes(end[10:12], "little"), int.from_bytes(end[12:16], "little")
    if entries > MOST_ENTRIES or contents > MOST_CONTENTS:
        raise Invalid("file", TOO_MANY)
    file.seek(0)


def _part(info: zipfile.ZipInfo) -> Part:
    path = _path_of(info)
    steps = path.replace("\\", "/").split("/")
    name = clean_name(steps[-1])
    shown = plain_line(path.replace("\0", " "))[:200] or name
    against = _against(info, path, steps)
    folders: list[str] = []
    if not against:
        try:
            folders = [clean_folder_name(step) for step in steps[:-1] if step not in ("", ".")]
        except Invalid as refusal:
            against = refusal.reason
        if len(folders) >= MOST_DEEP:
            against = _("It stands more than five folders deep.")
    return Part(shown, tuple(folders), name, info, against)


def _against(info: zipfile.ZipInfo, path: str, steps: list[str]) -> str | Promise:
    """What speaks against an entry, as the table of contents has it; "" where nothing does."""
    mode = info.external_attr >> 16
    if "\0" in info.orig_filename:
        return _("Its name holds a sign that no name can hold.")
    if ".." in steps or path.startswith(("/", "\\")) or path[1:2] == ":":
        return LEADS_OUT
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return _("It is a link or a device and no file.")
    if info.header_offset < 0:
        return DAMAGED
    if info.flag_bits & ENCRYPTED:
        return _("It is encrypted.")
    if info.file_size == 0:
        return EMPTY
    if info.compress_type not in PACKED_AS:
        return _("It is packed in a way that is not read here.")
    if info.file_size > limit():
        return _("It is larger than a file may be.")
    if info.file_size > max(SMALL, info.compress_size * MOST_TIGHT):
        return _("It is packed more tightly than a file of use can be.")
    return ""


def _path_of(info: zipfile.ZipInfo) -> str:
    """Its path; names that are not marked as UTF-8 are read as such where they can be, as most programs write them."""
    if info.flag_bits & UTF8:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _is_of_the_computer(part: Part) -> bool:
    steps = _path_of(part.info).casefold().replace("\\", "/").split("/")
    return bool(OF_THE_COMPUTER & set(steps)) or steps[-1].startswith("._")
