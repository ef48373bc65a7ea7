"""What a workbook of somebody else holds, measured before it is opened.

A workbook is a ZIP of XML. Whoever reads it makes an object of each element and each attribute, a hundred times as
large as what was typed, and keeps a whole row of them. So all of it goes once through the parser with nothing kept.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from typing import IO
from xml.parsers import expat

MOST_UNPACKED = 30 * 1024 * 1024
MOST_PARTS = 200
MOST_MARKS = 2_500_000  # elements and attributes: 5,000 rows of 50 cells have 1.75 million
MOST_CELLS = 16_384  # in one row: where spreadsheets themselves end
A_BLOCK = 256 * 1024  # the longest text that a cell may hold is shorter, so each block has the beginning of an element

PACKED_AS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # a workbook knows no others (ECMA-376 Part 2, Annex B)
BEGINNINGS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe", b"\xfe\xff", b"\0<")


class TooMuchError(Exception):
    """The workbook holds more than a list."""


class TooManyRowsError(Exception):
    """A sheet of the workbook has more rows than a list."""


def measure(file: IO[bytes], *, most_rows: int) -> None:
    """Raises TooMuchError or TooManyRowsError; what `zipfile` raises where it is no ZIP.

    Python reads no part further than its stated size.
    """
    package = zipfile.ZipFile(file)
    parts = package.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise TooMuchError
    if any(part.compress_type not in PACKED_AS for part in parts):
        raise TooMuchError
    meter = _Meter(most_rows)
    for part in parts:
        with package.open(part) as stream:
            meter.look(stream)
    file.seek(0)


class _Meter:
    """Counts through the parts of one workbook. Which of them is a sheet, only their elements say."""

    def __init__(self, most_rows: int) -> None:
        self.most_rows = most_rows
        self.marks = self.rows = self.cells = 0

    def look(self, stream: IO[bytes]) -> None:
        """Goes through one part; pictures and the like are none of XML."""
        self.rows = self.cells = 0
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._element
        parser.StartDoctypeDeclHandler = self._doctype
        block = stream.read(A_BLOCK)
        if not block.lstrip().startswith(BEGINNINGS):
            return
        try:
            while block:
                if len(block) == A_BLOCK and b"<" not in block:
                    raise TooMuchError
                parser.Parse(block, False)
                block = stream.read(A_BLOCK)
        except expat.ExpatError:
            # Whoever reads the part finds the same fault at the same place, if it is read at all.
            return

    def _element(self, name: str, attributes: Mapping[str, str]) -> None:
        self.marks += 1 + len(attributes)
        kind = name.rpartition(":")[2]
        if kind == "row":
            self.rows, self.cells = self.rows + 1, 0
        elif kind == "c":
            self.cells += 1
        if self.rows > self.most_rows:
            raise TooManyRowsError
        if self.marks > MOST_MARKS or self.cells > MOST_CELLS:
            raise TooMuchError

    def _doctype(self, *_declared: object) -> None:
        """No workbook has one (ECMA-376 Part 2, 8.1.4); by its entities a few bytes would become gigabytes."""
        raise TooMuchError
