"""PNG: a row of chunks. Those that words and cameras use stay behind, and whatever lies after the last."""

from __future__ import annotations

import zlib
from typing import IO

from exchange.undressing import exif
from exchange.undressing.reader import Damaged, copy, exactly, skip

BEGIN = b"\x89PNG\r\n\x1a\n"
# Beside those without which there is no picture: colours, transparency, resolution, movement.
KEPT = frozenset(
    b"tRNS gAMA cHRM sRGB iCCP sBIT pHYs bKGD hIST cICP mDCV cLLI acTL fcTL fdAT".split()
)  # fmt: skip
LARGEST_EXIF = 1_000_000


def undress(source: IO[bytes], target: IO[bytes]) -> None:
    """Raises Damaged."""
    if exactly(source, len(BEGIN)) != BEGIN:
        raise Damaged
    target.write(BEGIN)
    kind = b""
    while kind != b"IEND":
        head = exactly(source, 8)
        length, kind = int.from_bytes(head[:4]), head[4:]
        if kind == b"eXIf" and length <= LARGEST_EXIF:
            few = exif.kept(exactly(source, length))
            skip(source, 4)
            if few:
                target.write(_chunk(kind, few))
        elif kind in KEPT or b"A" <= kind[:1] <= b"Z":
            target.write(head)
            copy(source, target, length + 4)
        else:
            skip(source, length + 4)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4) + kind + content + zlib.crc32(kind + content).to_bytes(4)
