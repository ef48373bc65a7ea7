"""Writes its reader's name on every page of a PDF or a picture. Run as a process of its own, with limits.

What is shared may be made to do harm: so this knows nothing of the house but two open files and the words to write,
and ends by itself where it takes too much memory, time or disk. The streams of a PDF are never unpacked.
"""

from __future__ import annotations

import errno
import io
import json
import os
import sys
import unicodedata
from pathlib import Path
from typing import Any, BinaryIO

from exchange.looking.limits import confine

# Where the mark changes, copies made before are not handed out any more.
FORMAT = 1
# What a mark can be written on: the content type, and what Pillow calls it.
PDF = "application/pdf"
PICTURES = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
    "image/tiff": "TIFF",
    "image/heic": "HEIC",
}
MARKED, PROTECTED, BROKEN, FULL = 0, 3, 4, 5  # how the process ends
MEMORY, SECONDS = 1024 * 1024 * 1024, 60
MOST_PIXELS, MOST_SIZES = 50_000_000, 300
# Greek and Cyrillic names need more letters than the typeface that comes with the library has.
TYPEFACE = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")


class Protected(Exception):  # noqa: N818 - it is an answer, not an error
    """The file wants a password, so that its pages cannot be written on."""


def typeface() -> Path:
    """The file of the letters that marks are written in."""
    if TYPEFACE.exists():
        return TYPEFACE
    import reportlab

    return Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"


def writable(text: str, known: Any) -> str:
    """The text in letters that are `known`; of an unknown one what is left without its accents, else a "?"."""
    found = []
    for sign in unicodedata.normalize("NFC", text):
        plain = unicodedata.normalize("NFKD", sign)[0]
        found.append(sign if ord(sign) in known else plain if ord(plain) in known else "?")
    return "".join(found)


# --- PDF ------------------------------------------------------------------------------------------


def mark_pdf(source: BinaryIO, target: BinaryIO, words: dict[str, str]) -> None:
    """A copy of the PDF with the words on each page. Raises Protected, or whatever a broken file makes it raise.

    What opens without a password (it is locked against changes or printing alone) is written without a lock.
    """
    import pikepdf

    pdf = opened_pdf(source)
    marks: dict[tuple[int, int], Any] = {}
    for page in pdf.pages:
        box = pikepdf.Rectangle(page.cropbox)
        width, height = _rounded(box.width), _rounded(box.height)
        if int(page.obj.get("/Rotate", 0)) % 180:
            width, height = height, width
        if (width, height) not in marks:
            if len(marks) == MOST_SIZES:
                raise ValueError("too many sizes of pages")
            mark = pikepdf.open(io.BytesIO(_page_of_marks(words, width, height)))
            marks[width, height] = pdf.copy_foreign(mark.pages[0].as_form_xobject())
        form = marks[width, height]
        name = page.add_resource(
            form, pikepdf.Name.XObject, name=pikepdf.Name(f"/SharedWith{width}x{height}"), replace_existing=True
        )
        placing = page.calc_form_xobject_placement(form, name, box)
        # What the page does to its own state is put back first.
        page.contents_add(b"q\n", prepend=True)
        page.contents_add(b"\nQ\n" + placing)
    pdf.save(
        target,
        deterministic_id=True,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        object_stream_mode=pikepdf.ObjectStreamMode.preserve,
    )


def opened_pdf(source: BinaryIO) -> Any:
    """The PDF, where it can be opened. Raises Protected, or whatever a broken file makes it raise."""
    import pikepdf

    try:
        pdf = pikepdf.open(source, suppress_warnings=True)
    except pikepdf.PasswordError:
        raise Protected from None
    if not len(pdf.pages):
        raise ValueError("no pages")
    return pdf


def _rounded(length: float) -> int:
    """In steps of ten points, so that scanned pages of slightly different sizes share one mark."""
    return min(max(round(abs(float(length)) / 10) * 10, 50), 10_000)


def _page_of_marks(words: dict[str, str], width: int, height: int) -> bytes:
    """One page that has nothing on it but the words: small at its foot, large and faint across it."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    if "Mark" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("Mark", str(typeface())))
    known = pdfmetrics.getFont("Mark").face.charToGlyph
    foot, name = _sayable(words, known)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(width, height), invariant=1, pageCompression=1)
    size = min(8.0, 0.94 * width / max(canvas.stringWidth(foot, "Mark", 1), 1))
    wide = canvas.stringWidth(foot, "Mark", size)
    canvas.setFillColorRGB(1, 1, 1, alpha=0.75)
    canvas.rect((width - wide) / 2 - 4, 6, wide + 8, size + 6, stroke=0, fill=1)
    canvas.setFillColorRGB(0.2, 0.2, 0.2, alpha=0.95)
    canvas.setFont("Mark", size)
    canvas.drawCentredString(width / 2, 10, foot)
    canvas.translate(width / 2, height / 2)
    canvas.rotate(35 if width > height else 50)
    large = min(0.09 * min(width, height), 0.85 * min(width, height) / max(canvas.stringWidth(name, "Mark", 1), 1))
    canvas.setFillColorRGB(0.35, 0.35, 0.35, alpha=0.2)
    canvas.setFont("Mark", large)
    canvas.drawCentredString(0, 0, name)
    canvas.setFont("Mark", large * 0.5)
    canvas.drawCentredString(0, -large, writable(f"{words['label']} · {words['day']}", known))
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _sayable(words: dict[str, str], known: Any) -> tuple[str, str]:
    """The line at the foot, and the one across. A name that the letters cannot write stands beside its address."""
    reader = writable(words["reader"], known)
    if "?" in reader:
        reader = f"{reader} ({words['address']})"
    partner = writable(words["partner"], known)
    parts = (words["label"], reader, partner, words["day"], writable(words["network"], known))
    return " · ".join(parts), f"{reader}, {partner}"


# --- pictures -------------------------------------------------------------------------------------


def mark_picture(source: BinaryIO, target: BinaryIO, words: dict[str, str], kind: str) -> None:
    """A copy of the picture, in each of its frames the words. Raises whatever a broken file makes it raise."""
    from PIL import ImageOps

    picture = opened_picture(source, kind)
    frames = getattr(picture, "n_frames", 1)
    done, pauses = [], []
    for number in range(frames):
        picture.seek(number)
        frame = ImageOps.exif_transpose(picture)
        has_alpha = frame.mode in ("RGBA", "LA", "PA") or "transparency" in frame.info
        frame = frame.convert("RGBA" if has_alpha and kind != "JPEG" else "RGB")
        _write_on(frame, words)
        done.append(frame)
        pauses.append(picture.info.get("duration", 0))
    given: dict[str, Any] = {"icc_profile": picture.info["icc_profile"]} if picture.info.get("icc_profile") else {}
    if kind in ("JPEG", "WEBP"):
        given["quality"] = 90
    if kind == "TIFF":
        given["compression"] = "tiff_deflate"
    if frames > 1:
        given |= {"save_all": True, "append_images": done[1:]}
        if kind != "TIFF":
            given |= {"duration": pauses, "loop": picture.info.get("loop", 0)}
    done[0].save(target, kind, **given)


def opened_picture(source: BinaryIO, kind: str) -> Any:
    """The picture, where it has no more points than are written on. Raises whatever a broken file makes it raise."""
    from PIL import Image

    picture = Image.open(source, formats=[kind])
    if picture.width * picture.height * getattr(picture, "n_frames", 1) > MOST_PIXELS:
        raise ValueError("too large")
    return picture


def _write_on(frame: Any, words: dict[str, str]) -> None:
    from PIL import Image, ImageDraw, ImageFont
    from reportlab.pdfbase.ttfonts import TTFontFile

    known = TTFontFile(str(typeface())).charToGlyph
    foot, name = _sayable(words, known)
    letters = ImageFont.truetype(str(typeface()), 64)
    # Written large once, then made as small as the picture wants it.
    left, top, right, bottom = letters.getbbox(foot)
    line = Image.new("L", (int(right - left) + 64, int(bottom - top) + 32), 0)
    ImageDraw.Draw(line).text((32 - left, 16 - top), foot, fill=255, font=letters)
    wide = min(frame.width, line.width // 3 if frame.width > 600 else frame.width)
    line = line.resize((wide, max(1, round(line.height * wide / line.width))))
    strip = (0, frame.height - line.height, wide, frame.height)
    ink: tuple[int, ...] = (40, 40, 40, 255) if frame.mode == "RGBA" else (40, 40, 40)
    paper: tuple[int, ...] = (255, 255, 255, 255) if frame.mode == "RGBA" else (255, 255, 255)
    frame.paste(paper, strip, Image.new("L", line.size, 190))
    frame.paste(ink, strip, line)
    # Faint and slanting, again and again, so that nothing worth having is left when it is cut out.
    left, top, right, bottom = letters.getbbox(name)
    across = Image.new("L", (int(right - left) + 64, int(bottom - top) + 64), 0)
    ImageDraw.Draw(across).text((32 - left, 32 - top), name, fill=60, font=letters)
    across = across.rotate(30, expand=True)
    scale = max(0.1, min(1.0, 0.6 * frame.width / across.width))
    across = across.resize((max(1, int(across.width * scale)), max(1, int(across.height * scale))))
    grey: tuple[int, ...] = (128, 128, 128, 255) if frame.mode == "RGBA" else (128, 128, 128)
    for y in range(0, frame.height, max(across.height, 8)):
        for x in range(0, frame.width, max(across.width, 8)):
            frame.paste(grey, (x, y), across)


# --- the process ----------------------------------------------------------------------------------


def main() -> int:
    """Reads the order from standard input; `source` and `target` in it are descriptors of open files.

    Without a target it only looks whether the file opens, which finds most of those that cannot be marked.
    """
    order = json.load(sys.stdin)
    # Somebody waits for it, so it stands back but little.
    os.nice(5)
    confine(memory=MEMORY, processor=SECONDS, largest=order["largest"])
    try:
        with os.fdopen(order["source"], "rb") as source:
            _carry_out(order, source)
    except Protected:
        return PROTECTED
    except Exception as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return FULL  # which says nothing about the file
        # Which kind of error, and no more: its words may be those of the file.
        print(type(error).__name__, file=sys.stderr)  # noqa: T201
        return BROKEN
    return MARKED


def _carry_out(order: dict[str, Any], source: BinaryIO) -> None:
    kind = PICTURES.get(order["content_type"], "")
    if order["target"] is None:
        opened_picture(source, kind) if kind else opened_pdf(source)
        return
    with os.fdopen(order["target"], "wb") as target:
        if kind:
            mark_picture(source, target, order["words"], kind)
        else:
            mark_pdf(source, target, order["words"])


if __name__ == "__main__":
    sys.exit(main())
