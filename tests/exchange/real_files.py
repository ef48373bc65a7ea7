"""Real PDF files and pictures, made for tests that look into them."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from reportlab.pdfgen.canvas import Canvas


def real_pdf(pages: int = 3, *, password: str | None = None, owner: str = "", **size: Any) -> bytes:
    """A PDF whose pages say their numbers; protected where a password is given."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size.get("size", (595, 842)))
    for number in range(1, pages + 1):
        canvas.drawString(60, 700, f"This is page {number}.")
        canvas.showPage()
    canvas.save()
    if password is None:
        return buffer.getvalue()
    locked = io.BytesIO()
    with pikepdf.open(buffer) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(user=password, owner=owner or "owner"))
    return locked.getvalue()


def words_of(content: bytes) -> list[bytes]:
    """All that each page of a PDF draws, its marks included, unpacked."""
    found = []
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for page in pdf.pages:
            page.contents_coalesce()
            drawn = page.obj.Contents.read_bytes()
            forms = [form.read_bytes() for form in page.obj.Resources.get("/XObject", {}).values()]
            found.append(b"\n".join([drawn, *forms]))
    return found


def marks_on(content: bytes) -> list[int]:
    """How many marks each page of a PDF carries."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return [
            sum(name.startswith("/SharedWith") for name in page.obj.Resources.get("/XObject", {})) for page in pdf.pages
        ]


def picture(kind: str = "PNG", size: tuple[int, int] = (400, 300), frames: int = 1) -> bytes:
    """A plain picture; with several frames each of another colour."""
    made = [Image.new("RGB", size, (200 - 40 * number, 220, 255)) for number in range(frames)]
    buffer = io.BytesIO()
    more: dict[str, Any] = {"save_all": True, "append_images": made[1:]} if frames > 1 else {}
    made[0].save(buffer, kind, **more)
    return buffer.getvalue()


def upload(content: bytes, name: str = "plan.pdf") -> SimpleUploadedFile:
    """What a browser sends."""
    return SimpleUploadedFile(name, content)
