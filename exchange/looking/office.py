"""Files of office programs: their words, slide by slide where there are slides, and the picture that some carry.

What they hold beside it (macros, objects, links) is never opened.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any, BinaryIO
from xml.etree import ElementTree

import kreuzberg

from exchange.looking.pictures import opened, say_picture
from exchange.looking.plain import row
from exchange.looking.wire import MOST_WORDS, Words, say

LARGEST = 100_000_000  # bytes that are read into memory
MOST_UNPACKED = 300_000_000  # bytes that an archive may claim to hold; a bomb claims more, or is stopped by its memory
MOST_MEMBERS = 20_000
# Office programs lay a picture of the first page beside the text.
FIRST_PAGES = (
    "Thumbnails/thumbnail.png",
    "docProps/thumbnail.jpeg",
    "docProps/thumbnail.jpg",
    "docProps/thumbnail.png",
)
LARGEST_FIRST_PAGE = 5_000_000
SLIDE = "⁂ slide {page_num} ⁂"
SLIDES = re.compile(r"⁂ slide \d+ ⁂")
SHEETS = ("xlsx", "ods", "xls")
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
OPEN_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
DRAWN_PAGE = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}page"
GAPS = {f"{WORD}tab": "\t", f"{WORD}br": "\n", f"{WORD}cr": "\n", f"{OPEN_TEXT}tab": "\t", f"{OPEN_TEXT}s": " "}


class TooMuch(Exception):  # noqa: N818 - a finding, not an error
    """More than anybody reads: an archive that would fill the memory."""


def look(file: BinaryIO, extension: str, content_type: str) -> None:
    """The words, and the first page where the file has its picture."""
    content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise TooMuch
    archive = _archive(content)
    if extension in ("docx", "odp"):
        # Read by our own few lines: kreuzberg 4.10 loses "&" and "<" in the one, and does not know the other.
        parts = _paragraphs(archive, extension) if archive else []
    elif extension in SHEETS:
        parts = [_sheets(content, content_type)]
    else:
        text = _extracted(content, content_type, slides=extension == "pptx").content
        parts = SLIDES.split(text)[1:] if extension == "pptx" else [text]
    if extension in ("pptx", "odp"):
        say("pages", number=len(parts))
    words = Words()
    for number, part in enumerate(parts, 1):
        words.say(number, part.strip())
    if archive:
        _first_page(archive)


def _archive(content: bytes) -> zipfile.ZipFile | None:
    if not content.startswith(b"PK"):
        return None
    archive = zipfile.ZipFile(io.BytesIO(content))
    members = archive.infolist()
    if len(members) > MOST_MEMBERS or sum(one.file_size for one in members) > MOST_UNPACKED:
        raise TooMuch
    return archive


def _extracted(content: bytes, content_type: str, *, slides: bool = False) -> Any:
    pages = kreuzberg.PageConfig(extract_pages=True, insert_page_markers=True, marker_format=SLIDE) if slides else None
    # Its own list of types does not know `disable_ocr` yet.
    config = kreuzberg.ExtractionConfig(use_cache=False, disable_ocr=True, pages=pages)  # type: ignore[call-arg]
    return kreuzberg.extract_bytes_sync(content, content_type, config)


def _sheets(content: bytes, content_type: str) -> str:
    """Sheet by sheet under its name, row by row: in its own text kreuzberg parts cells by blanks alone."""
    found = _extracted(content, content_type)
    names = found.metadata.get("sheet_names") or []
    lines: list[str] = []
    length = 0
    for table in found.tables:
        number = table.page_number - 1
        lines += ["", names[number] if 0 <= number < len(names) else "", ""]
        for cells in table.cells:
            lines.append(row(cells))
            length += len(lines[-1])
            if length > MOST_WORDS:
                break
    return "\n".join(lines) if lines else found.content


def _paragraphs(archive: zipfile.ZipFile, extension: str) -> list[str]:
    """Paragraph by paragraph, without ever holding the whole tree; of a presentation by slides."""
    member, kind = ("word/document.xml", WORD) if extension == "docx" else ("content.xml", OPEN_TEXT)
    parts: list[list[str]] = [[]] if extension == "docx" else []
    length = 0
    with archive.open(member) as xml:
        for event, element in ElementTree.iterparse(xml, events=("start", "end")):  # noqa: S314 - bounded by limits
            if event == "start":
                if element.tag == DRAWN_PAGE:
                    parts.append([])
            elif element.tag in (f"{kind}p", f"{kind}h"):
                line = _line(element, kind)
                length += len(line)
                if parts:
                    parts[-1].append(line)
                element.clear()
            if length > MOST_WORDS:
                break
    return ["\n".join(lines) for lines in parts]


def _line(paragraph: ElementTree.Element, kind: str) -> str:
    if kind == OPEN_TEXT:
        return "".join(paragraph.itertext())
    return "".join((one.text or "") if one.tag == f"{WORD}t" else GAPS.get(one.tag, "") for one in paragraph.iter())


def _first_page(archive: zipfile.ZipFile) -> None:
    held = {one.filename: one for one in archive.infolist()}
    found = next((held[name] for name in FIRST_PAGES if name in held), None)
    if found is None or found.file_size > LARGEST_FIRST_PAGE:
        return
    with archive.open(found) as picture:
        content = picture.read(LARGEST_FIRST_PAGE)
    try:
        drawn = opened(io.BytesIO(content))
    except Exception:
        return  # a picture that cannot be shown takes no word away
    say_picture(1, drawn, 320)
