"""WebP: chunks of a RIFF. Those of cameras and of words stay behind, and whatever lies after the last."""

from __future__ import annotations

from typing import IO

from exchange.undressing import exif
from exchange.undressing.reader import Damaged, copy, exactly, skip

KEPT = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
HAS_EXIF, HAS_XMP = 0x08, 0x04  # in the first byte of VP8X
LARGEST_EXIF = 1_000_000


def undress(source: IO[bytes], target: IO[bytes]) -> None:
    """Raises Damaged."""
    head = exactly(source, 12)
    if head[:4] != b"RIFF" or head[8:] != b"WEBP":
        raise Damaged
    target.write(head)
    left, said_at, few = int.from_bytes(head[4:8], "little") - 4, None, b""
    while left >= 8:
        chunk = exactly(source, 8)
        kind, length = chunk[:4], int.from_bytes(chunk[4:], "little")
        padded = length + length % 2
        left -= 8 + padded
        if left < 0:
            raise Damaged
        if kind == b"EXIF" and length <= LARGEST_EXIF:
            few = few or exif.kept(exactly(source, padded)[:length])
        elif kind in KEPT:
            if kind == b"VP8X":
                said_at = target.tell() + 8
            target.write(chunk)
            copy(source, target, padded)
        else:
            skip(source, padded)
    if few and said_at is not None:
        target.write(b"EXIF" + len(few).to_bytes(4, "little") + few + b"\0" * (len(few) % 2))
    _say(target, said_at, few)


def _say(target: IO[bytes], said_at: int | None, few: bytes) -> None:
    """How long it is now, and what it still has."""
    size = target.tell()
    target.seek(4)
    target.write((size - 8).to_bytes(4, "little"))
    if said_at is not None:
        target.seek(said_at)
        said = exactly(target, 1)[0] & ~(HAS_EXIF | HAS_XMP)
        target.seek(said_at)
        target.write(bytes((said | (HAS_EXIF if few else 0),)))
    target.seek(0, 2)
