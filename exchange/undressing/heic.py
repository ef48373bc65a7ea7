"""HEIC: boxes within boxes. What cameras say lies in items of its own, and is overwritten where it lies.

Which way is up is told by the boxes of the picture itself, so that nothing is lost by it. Series of pictures, which
carry a film's boxes, are not understood here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO

from exchange.undressing.reader import BLOCK, Damaged, exactly

LARGEST_META = 4_000_000
SAID = frozenset({b"Exif", b"mime", b"uri "})  # what the camera says; XMP; the rest of what is no picture
MOST_BOXES = 1_000


def undress(source: IO[bytes], target: IO[bytes]) -> None:
    """Raises Damaged."""
    while block := source.read(BLOCK):
        target.write(block)
    size = target.tell()
    place, metas = 0, 0
    for _number in range(MOST_BOXES):
        if place >= size:
            break
        kind, begin, end = _box(target, place, size)
        if kind == b"moov":
            raise Damaged
        if kind == b"uuid":
            _overwrite(target, begin, end - begin, size)
        if kind == b"meta":
            metas += 1
            _meta(target, begin, end, size)
        place = end
    if metas != 1:
        raise Damaged
    target.seek(0, 2)


def _box(file: IO[bytes], place: int, size: int) -> tuple[bytes, int, int]:
    """Kind, begin and end of what one box holds."""
    file.seek(place)
    head = exactly(file, 8)
    length, kind, begin = int.from_bytes(head[:4]), head[4:], place + 8
    if length == 1:
        length, begin = int.from_bytes(exactly(file, 8)), place + 16
    end = size if length == 0 else place + length
    if end < begin or end > size:
        raise Damaged
    return kind, begin, end


def _meta(file: IO[bytes], begin: int, end: int, size: int) -> None:
    if end - begin > LARGEST_META:
        raise Damaged
    file.seek(begin)
    body = exactly(file, end - begin)
    boxes = {kind: (first, last) for kind, first, last in _within(body, 4)}
    if b"iinf" not in boxes or b"iloc" not in boxes:
        raise Damaged
    try:
        said = _said(body[slice(*boxes[b"iinf"])])
        inside = begin + boxes[b"idat"][0] if b"idat" in boxes else None
        for item, here, place, length in _lying(body[slice(*boxes[b"iloc"])]):
            if item not in said:
                continue
            if here and inside is None:
                raise Damaged
            _overwrite(file, place + (inside or 0) * here, length, size)
    except (struct.error, IndexError):
        raise Damaged from None


def _within(body: bytes, place: int) -> Iterator[tuple[bytes, int, int]]:
    while place + 8 <= len(body):
        length = int.from_bytes(body[place : place + 4])
        if length < 8 or place + length > len(body):
            raise Damaged
        yield body[place + 4 : place + 8], place + 8, place + length
        place += length


def _said(body: bytes) -> set[int]:
    """The numbers of the items that are no picture."""
    found = set()
    for kind, begin, end in _within(body, 6 if body[0] == 0 else 8):
        entry = body[begin:end]
        if kind != b"infe":
            continue
        if entry[0] not in (2, 3):
            raise Damaged
        wide = 2 if entry[0] == 2 else 4
        if entry[6 + wide : 10 + wide] in SAID:
            found.add(int.from_bytes(entry[4 : 4 + wide]))
    return found


def _lying(body: bytes) -> Iterator[tuple[int, bool, int, int]]:
    """Of each piece of each item: its number, whether it lies within the box of all, where, and how many bytes."""
    version, sizes = body[0], body[4:6]
    offset_size, length_size, base_size = sizes[0] >> 4, sizes[0] & 15, sizes[1] >> 4
    index_size = sizes[1] & 15 if version in (1, 2) else 0
    wide, at = (4 if version == 2 else 2), 6

    def number(bytes_: int) -> int:
        nonlocal at
        if at + bytes_ > len(body):
            raise Damaged
        at += bytes_
        return int.from_bytes(body[at - bytes_ : at])

    for _item in range(number(wide)):
        item = number(wide)
        method = number(2) & 15 if version in (1, 2) else 0
        if method > 1:
            raise Damaged
        number(2)  # of which file: this one
        base = number(base_size)
        for _piece in range(number(2)):
            number(index_size)
            place, length = base + number(offset_size), number(length_size)
            yield item, method == 1, place, length


def _overwrite(file: IO[bytes], place: int, length: int, size: int) -> None:
    if place + length > size:
        raise Damaged
    file.seek(place)
    while length:
        block = min(length, BLOCK)
        file.write(bytes(block))
        length -= block
