"""JPEG: a row of segments. Those that say something about the picture stay behind, and whatever lies after its end."""

from __future__ import annotations

import re
from typing import IO

from exchange.undressing import exif
from exchange.undressing.reader import BLOCK, Damaged, exactly

BEGIN, END, SCAN, COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
ALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length
SAID = range(0xE0, 0xF0)  # what programs say
# In packed points, what is a marker and neither a stuffed byte, a restart nor a filling.
MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def undress(source: IO[bytes], target: IO[bytes]) -> None:
    """Raises Damaged."""
    if exactly(source, 2) != b"\xff\xd8":
        raise Damaged
    target.write(b"\xff\xd8")
    marker = _next(source)
    while marker != END:
        if marker in ALONE or marker == BEGIN:
            raise Damaged
        length = int.from_bytes(exactly(source, 2))
        if length < 2:
            raise Damaged
        payload = exactly(source, length - 2)
        if (stays := _what_stays(marker, payload)) is not None:
            target.write(bytes((0xFF, marker)) + (len(stays) + 2).to_bytes(2) + stays)
        marker = _points(source, target) if marker == SCAN else _next(source)
    target.write(b"\xff\xd9")


def _next(source: IO[bytes]) -> int:
    if exactly(source, 1) != b"\xff":
        raise Damaged
    while (code := exactly(source, 1)) == b"\xff":
        pass
    return code[0]


def _what_stays(marker: int, payload: bytes) -> bytes | None:
    """The segment; its EXIF with what stays; None for what stays behind."""
    if marker == COMMENT:
        return None
    if marker not in SAID:
        return payload
    if marker == 0xE1 and payload.startswith(exif.BEGIN):
        few = exif.kept(payload)
        return exif.BEGIN + few if few else None
    # How the points are to be read: plain JPEG, a colour profile, the way the colours are told.
    told = (0xE0, b"JFIF\0"), (0xE2, b"ICC_PROFILE\0"), (0xEE, b"Adobe")
    return payload if any(marker == code and payload.startswith(begin) for code, begin in told) else None


def _points(source: IO[bytes], target: IO[bytes]) -> int:
    """Copies packed points up to the next marker, which it gives back; END where the file ends before it."""
    rest = b""
    while block := source.read(BLOCK):
        block = rest + block
        if found := MARKER.search(block):
            target.write(block[: found.start()])
            source.seek(found.end() - len(block), 1)
            return block[found.end() - 1]
        rest = b"\xff" if block.endswith(b"\xff") else b""
        target.write(block[: len(block) - len(rest)])
    return END
