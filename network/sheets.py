"""Tables that people make in a spreadsheet: CSV and XLSX, read within limits and written without formulas.

What is read comes from outside: it may be a picture, a bomb, or a table of a million rows. So nothing is read further
than the limits, and each refusal says what to do.
"""

from __future__ import annotations

import codecs
import csv
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import StringIO
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from network import workbooks
from network.cells import harmless, typed
from network.refusals import Invalid

MOST_BYTES = 5 * 1024 * 1024
MOST_SIGNS = MOST_BYTES  # as CSV has; in a workbook one long text may stand in every cell and take no room
MOST_ROWS = 5_000
MOST_COLUMNS = 50
MOST_LINES = 4 * MOST_ROWS  # with empty ones, which spreadsheets like to leave below a table
LONGEST_CELL = 2_000
A_BLOCK = 64 * 1024

SEPARATORS = (",", ";", "\t")
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# A letter of two or three bytes: where there is one, a file that is not UTF-8 is broken UTF-8 and nothing older.
BROKEN_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
UNPACKING = (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, RuntimeError, EOFError)
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Sheet:
    """A table as it was typed: its header, its rows with their line, and how its signs were read ("" for XLSX)."""

    columns: list[str]
    rows: list[tuple[int, list[str]]]
    encoding: str = ""


def read(file: Any) -> Sheet:
    """The table in an uploaded file; its first line that holds anything names the columns. Raises Invalid (file)."""
    if file.size > MOST_BYTES:
        raise _refused(_("The file is larger than 5 MB. Send the list in parts."))
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    if start.startswith(b"PK"):
        return _table(_xlsx_lines(file), "")
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refused(_("This is a workbook of an old kind (XLS). Save it as XLSX or CSV."))
    text, encoding = _decoded(file.read())
    return _table(_csv_lines(text), encoding)


def _table(lines: Iterable[tuple[int, list[str]]], encoding: str) -> Sheet:
    columns: list[str] = []
    rows: list[tuple[int, list[str]]] = []
    signs = 0
    for line, cells in lines:
        if line > MOST_LINES:
            raise _too_many()
        if not any(cells):
            continue
        _check_line(line, cells)
        signs += sum(map(len, cells))
        if signs > MOST_SIGNS:
            raise _refused(_("The list holds more than 5 million characters. Send it in parts."))
        if not columns:
            columns = cells
        elif len(rows) == MOST_ROWS:
            raise _too_many()
        else:
            rows.append((line, cells))
    if not rows:
        raise _refused(_("There are no rows in this file. Its first line names the columns, the rows follow."))
    return Sheet(columns, rows, encoding)


def _check_line(line: int, cells: list[str]) -> None:
    if len(cells) > MOST_COLUMNS:
        raise _refused(_("Line %(line)d has more than 50 columns.") % {"line": line})
    if any(len(cell) > LONGEST_CELL for cell in cells):
        words = _("Line %(line)d has a cell of more than 2,000 characters. Is a quotation mark left open there?")
        raise _refused(words % {"line": line})


def _refused(reason: str) -> Invalid:
    return Invalid("file", reason)


def _too_many() -> Invalid:
    return _refused(_("The list has more than 5,000 rows. Send it in parts of at most 5,000."))


# --- CSV ------------------------------------------------------------------------------------------


def _decoded(raw: bytes) -> tuple[str, str]:
    """The text and what its signs were read as. Raises Invalid naming the line."""
    known = next((name for mark, name in MARKS if raw.startswith(mark)), "")
    try:
        text, encoding = raw.decode(known or "utf-8"), known or "utf-8"
    except UnicodeDecodeError as error:
        if known or BROKEN_UTF8.search(raw):
            raise _unreadable(raw, error.start) from error
        try:
            text, encoding = raw.decode("cp1252"), "Windows-1252"
        except UnicodeDecodeError as older:
            raise _unreadable(raw, older.start) from older
    if "\0" in text:
        raise _unreadable(text.encode(), text.encode().index(b"\0"))
    return text, encoding


def _unreadable(raw: bytes, at: int) -> Invalid:
    words = _("Line %(line)d holds signs that cannot be read. Save the list as “CSV UTF-8”, or XLSX and send it anew.")
    return _refused(words % {"line": raw.count(b"\n", 0, at) + 1})


def _csv_lines(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=_separator(text))
    last = 0
    try:
        for cells in reader:
            yield last + 1, _narrow(cells)
            last = reader.line_num
    except csv.Error as error:
        raise _refused(_("Line %(line)d cannot be read as CSV.") % {"line": last + 1}) from error


def _narrow(cells: list[str]) -> list[str]:
    """As many cells as a line may have, and one more where something stands behind them.

    A line may be five million separators and nothing else.
    """
    own = [typed(cell.strip(" ")) for cell in cells[:MOST_COLUMNS]]
    if len(cells) > MOST_COLUMNS and any(map(str.strip, cells[MOST_COLUMNS:])):
        own.append("…")
    return own


def _separator(text: str) -> str:
    """The sign that makes the most columns of the first line that holds anything."""
    first = next((line for line in text[:A_BLOCK].splitlines() if line.strip(" ,;\t")), "")
    return max(SEPARATORS, key=lambda sign: len(next(csv.reader([first], delimiter=sign), [])))


# --- XLSX -----------------------------------------------------------------------------------------


def _xlsx_lines(file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    _check_package(file)
    try:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        try:
            sheet = book.worksheets[0]
            # The size that a sheet states of itself is often wrong: rows would be missing, or thousands be made up.
            sheet.reset_dimensions()
            # One column more than may be, to see whether there is one.
            for line, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True), 1):
                cells = ["" if value is None else typed(_words(value)) for value in row]
                yield line, cells if cells[MOST_COLUMNS:] != [""] else cells[:MOST_COLUMNS]
        finally:
            book.close()
    except Invalid:
        raise
    except Exception as failure:
        # Readers of untrusted files fail in more ways than they name.
        raise _refused(_("This workbook cannot be read. Save it as XLSX or CSV anew.")) from failure


def _check_package(file: IO[bytes]) -> None:
    """Refuses what would unpack to more than a list can hold."""
    try:
        workbooks.measure(file, most_rows=MOST_LINES)
    except workbooks.TooManyRowsError as failure:
        raise _too_many() from failure
    except workbooks.TooMuchError as failure:
        words = _("This workbook holds far more than a list. Save the one sheet as CSV and send that.")
        raise _refused(words) from failure
    except UNPACKING as failure:
        raise _refused(_("This workbook cannot be read. Save it as XLSX or CSV anew.")) from failure


def _words(value: Any) -> str:
    """What a person reads in the cell."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value).strip(" ")


# --- writing --------------------------------------------------------------------------------------


def csv_chunks(columns: Sequence[str], batches: Iterable[Iterable[Sequence[object]]]) -> Iterator[str]:
    """The table as CSV: UTF-8 with the mark by which spreadsheets know it, commas, no cell that could be run."""
    yield "\ufeff" + _csv_lines_of([columns])
    for batch in batches:
        yield _csv_lines_of(batch)


def _csv_lines_of(rows: Iterable[Sequence[object]]) -> str:
    out = StringIO()
    csv.writer(out).writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def xlsx_chunks(columns: Sequence[str], batches: Iterable[Iterable[Sequence[object]]]) -> Iterator[bytes]:
    """The same table as XLSX, written to the disk first: its table of contents stands at its end."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(list(columns))
    for batch in batches:
        for row in batch:
            sheet.append([harmless(ILLEGAL_CHARACTERS_RE.sub("", str(cell))) for cell in row])
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while block := file.read(A_BLOCK):
            yield block
