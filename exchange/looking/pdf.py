"""A PDF: how many pages, their words, their pictures. Its scripts are never run: this reader has none."""

from __future__ import annotations

import re
import time
from typing import Any, BinaryIO

import pypdfium2
from PIL import Image

from exchange.looking.pictures import say_picture
from exchange.looking.wire import MOST_PICTURES, MOST_TEXTS, SECONDS, TALLEST, WIDTHS, Words, say

# The reader marks a hyphen at the end of a line by one of these.
PARTED = re.compile("[\ufffe\x02]\r?\n?")


def look(file: BinaryIO) -> None:
    """First the words of all pages, then their pictures: whoever searches needs no pictures."""
    document = pypdfium2.PdfDocument(file)
    count = len(document)
    say("pages", number=count)
    words = Words()
    for index in range(min(count, MOST_TEXTS)):
        if words.left <= 0 or time.process_time() > SECONDS:
            break
        words.say(index + 1, _text(document, index))
    for index in range(min(count, MOST_PICTURES)):
        if time.process_time() > SECONDS:
            break
        _picture(document, index)


def _text(document: Any, index: int) -> str:
    try:
        page = document[index]
        text = page.get_textpage().get_text_range(errors="ignore")
        page.close()
    except pypdfium2.PdfiumError:
        return ""  # one page that is broken is no reason to leave the others
    return PARTED.sub("", text).replace("\r\n", "\n")


def _picture(document: Any, index: int) -> None:
    try:
        page = document[index]
        drawn = _drawn(page)
        page.close()
    except pypdfium2.PdfiumError:
        return
    for width in WIDTHS if index == 0 else WIDTHS[:1]:  # the first page stands for the whole in small
        say_picture(index + 1, drawn, width)


def _drawn(page: Any) -> Image.Image:
    wide, high = page.get_size()
    largest = max(WIDTHS)
    scale = min(largest / max(wide, 1), largest * TALLEST / max(high, 1))
    bitmap = page.render(scale=scale)
    drawn = bitmap.to_pil().convert("RGB")
    bitmap.close()
    return drawn
