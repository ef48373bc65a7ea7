"""TIFF: directories that point all over the file. What is to go is overwritten where it lies; the points never move."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import IO

from exchange.undressing.reader import BLOCK, Damaged, exactly

SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
FURTHER = 330  # directories of smaller pictures of the same
PLACES, CAMERA = 0x8825, 0x8769  # directories of their own: where it was taken; what the camera adds
# Beside those: words of XMP, IPTC and Photoshop, and names of places, of machines and of what was scanned.
GONE = frozenset(
    {PLACES, CAMERA, 700, 33723, 34377, 37724, 0x927C, 0x010D, 0x010E, 0x013C, 0xA005, 0x9C9B, 0x9C9C, 0x9C9F}
)
MOST_DIRECTORIES = 10_000
MOST_ENTRIES = 4_096


@dataclass(frozen=True)
class Form:
    """How numbers are written in this file: classic, or with the long places of a BigTIFF."""

    order: str
    place: str  # of a place in the file
    count: str  # of the entries of a directory

    @property
    def width(self) -> int:
        """Bytes of a place."""
        return struct.calcsize(self.place)

    @property
    def entry(self) -> int:
        """Bytes of an entry: tag, type, count, value or its place."""
        return 4 + 2 * self.width


def undress(source: IO[bytes], target: IO[bytes]) -> None:
    """Raises Damaged."""
    while block := source.read(BLOCK):
        target.write(block)
    size = target.tell()
    try:
        form, first = _form(target)
        seen: set[int] = set()
        waiting = [first]
        while waiting:
            place = waiting.pop()
            if place == 0 or place in seen:
                continue
            if len(seen) >= MOST_DIRECTORIES or place >= size:
                raise Damaged
            seen.add(place)
            waiting += _directory(target, form, place, size)
    except struct.error:
        raise Damaged from None


def _form(file: IO[bytes]) -> tuple[Form, int]:
    file.seek(0)
    head = exactly(file, 8)
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None:
        raise Damaged
    (version,) = struct.unpack(f"{order}H", head[2:4])
    if version == 42:
        return Form(order, "I", "H"), struct.unpack(f"{order}I", head[4:])[0]
    if version == 43:
        return Form(order, "Q", "Q"), struct.unpack(f"{order}Q", exactly(file, 8))[0]
    raise Damaged


def _directory(file: IO[bytes], form: Form, place: int, size: int, *, whole: bool = False) -> list[int]:
    """Takes what goes out of one directory, and gives those that follow it. `whole`: all of it goes."""
    file.seek(place)
    (count,) = struct.unpack(form.order + form.count, exactly(file, struct.calcsize(form.count)))
    if count > MOST_ENTRIES:
        raise Damaged
    begin = file.tell()
    body = exactly(file, count * form.entry)
    after = exactly(file, form.width)
    entries = [body[at : at + form.entry] for at in range(0, len(body), form.entry)]
    follow: list[int] = [] if whole else list(struct.unpack(form.order + form.place, after))
    stay = []
    for entry in entries:
        tag, kind = struct.unpack(f"{form.order}HH", entry[:4])
        if whole or tag in GONE:
            _overwrite(file, form, entry, kind, size)
            if tag in (PLACES, CAMERA) and not whole:
                _directory(file, form, _place(form, entry), size, whole=True)
            continue
        stay.append(entry)
        if tag == FURTHER:
            follow += _values(file, form, entry, kind, size)
    file.seek(begin - struct.calcsize(form.count))
    file.write(struct.pack(form.order + form.count, len(stay)))
    file.write(b"".join(stay) + (bytes(form.width) if whole else after) + bytes(form.entry * (count - len(stay))))
    return follow


def _place(form: Form, entry: bytes) -> int:
    return struct.unpack(form.order + form.place, entry[-form.width :])[0]


def _where(form: Form, entry: bytes, kind: int, size: int) -> tuple[int, int] | None:
    """Where the values of an entry lie, and how many bytes; None where they lie in the entry itself."""
    (many,) = struct.unpack(form.order + form.place, entry[4 : 4 + form.width])
    length = SIZES.get(kind, 1) * many
    if length <= form.width:
        return None
    place = _place(form, entry)
    if place + length > size:
        raise Damaged
    return place, length


def _overwrite(file: IO[bytes], form: Form, entry: bytes, kind: int, size: int) -> None:
    if found := _where(form, entry, kind, size):
        place, length = found
        file.seek(place)
        while length:
            block = min(length, BLOCK)
            file.write(bytes(block))
            length -= block


def _values(file: IO[bytes], form: Form, entry: bytes, kind: int, size: int) -> list[int]:
    """The places that an entry names."""
    code = {4: "I", 13: "I", 16: "Q", 18: "Q"}.get(kind)
    if code is None:
        raise Damaged
    (many,) = struct.unpack(form.order + form.place, entry[4 : 4 + form.width])
    found = _where(form, entry, kind, size)
    if found is None:
        raw = entry[-form.width :][: many * struct.calcsize(code)]
    else:
        file.seek(found[0])
        raw = exactly(file, found[1])
    return list(struct.unpack(f"{form.order}{many}{code}", raw))
