"""What cameras write about a picture (EXIF, a small TIFF): read, and written anew with the little that stays."""

from __future__ import annotations

import struct

BEGIN = b"Exif\0\0"
# Which way is up; how large it is printed, and in which unit; when it was last changed; who made it; whose it is.
KEPT = frozenset({0x0112, 0x011A, 0x011B, 0x0128, 0x0132, 0x013B, 0x8298})
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8}  # bytes of one value, by its type
LONGEST = 1_000  # bytes of one value
MOST_ENTRIES = 1_000


def kept(exif: bytes) -> bytes:
    """The same, with what stays; b"" where nothing does, or where nobody can read it."""
    body = exif.removeprefix(BEGIN)
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(body[:4])
    if order is None:
        return b""
    try:
        return _written(order, _entries(order, body))
    except struct.error:
        return b""


def _entries(order: str, body: bytes) -> list[tuple[int, int, int, bytes]]:
    """Tag, type, count and value of what stays, of the first directory alone."""
    (start,) = struct.unpack_from(f"{order}I", body, 4)
    (count,) = struct.unpack_from(f"{order}H", body, start)
    found = []
    for number in range(min(count, MOST_ENTRIES)):
        place = start + 2 + 12 * number
        tag, kind, many = struct.unpack_from(f"{order}HHI", body, place)
        size = SIZES.get(kind, 0) * many
        if tag not in KEPT or not 0 < size <= LONGEST:
            continue
        (elsewhere,) = struct.unpack_from(f"{order}I", body, place + 8)
        begin = place + 8 if size <= 4 else elsewhere
        if len(value := body[begin : begin + size]) == size:
            found.append((tag, kind, many, value))
    return sorted({entry[0]: entry for entry in found}.values())


def _written(order: str, entries: list[tuple[int, int, int, bytes]]) -> bytes:
    if not entries:
        return b""
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)
    directory, values = struct.pack(f"{order}H", len(entries)), b""
    begin = 8 + 2 + 12 * len(entries) + 4
    for tag, kind, many, value in entries:
        directory += struct.pack(f"{order}HHI", tag, kind, many)
        if len(value) <= 4:
            directory += value.ljust(4, b"\0")
        else:
            directory += struct.pack(f"{order}I", begin + len(values))
            values += value + b"\0" * (len(value) % 2)
    return head + directory + struct.pack(f"{order}I", 0) + values
