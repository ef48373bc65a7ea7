"""GIF: a row of blocks. Words and what programs say stay behind, and whatever lies after the last."""

from __future__ import annotations

from typing import IO

from exchange.undressing.reader import Damaged, copy, exactly, skip

BEGINS = (b"GIF87a", b"GIF89a")
EXTENSION, PICTURE, END = b"\x21", b"\x2c", b"\x3b"
HOW_TO_DRAW, PROGRAM = 0xF9, 0xFF  # how long a picture stands, and what of it is see-through; what a program says
HOW_OFTEN = (b"NETSCAPE2.0", b"ANIMEXTS1.0")  # the one thing of a program that stays: how often it moves
COLOURS = 0x80  # whether a table of them follows


def undress(source: IO[bytes], target: IO[bytes]) -> None:
    """Raises Damaged. A picture that ends without saying so is given its end."""
    begin = exactly(source, 13)
    if begin[:6] not in BEGINS:
        raise Damaged
    target.write(begin)
    copy(source, target, _colours(begin[10]))
    while (kind := source.read(1)) not in (END, b""):
        if kind == PICTURE:
            place = exactly(source, 9)
            target.write(PICTURE + place)
            copy(source, target, _colours(place[8]) + 1)
            _points(source, target)
        elif kind == EXTENSION:
            target.write(_what_stays(source))
        else:
            raise Damaged
    target.write(END)


def _colours(said: int) -> int:
    """How many bytes the table of colours has."""
    return 3 << ((said & 7) + 1) if said & COLOURS else 0


def _points(source: IO[bytes], target: IO[bytes]) -> None:
    while length := exactly(source, 1)[0]:
        target.write(bytes((length,)))
        copy(source, target, length)
    target.write(b"\0")


def _what_stays(source: IO[bytes]) -> bytes:
    """An extension, read to its end; of its bytes only those that say how the picture is drawn."""
    label = exactly(source, 1)[0]
    first = _piece(source)
    second = _piece(source) if first else b""
    if second:
        while length := exactly(source, 1)[0]:
            skip(source, length)
    if label == HOW_TO_DRAW and len(first) == 4:
        return b"\x21\xf9\x04" + first + b"\0"
    if label == PROGRAM and first in HOW_OFTEN and len(second) == 3 and second[0] == 1:
        return b"\x21\xff\x0b" + first + b"\x03" + second + b"\0"
    return b""


def _piece(source: IO[bytes]) -> bytes:
    return exactly(source, exactly(source, 1)[0])
