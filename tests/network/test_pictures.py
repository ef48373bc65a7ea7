"""Logos from outside: what is kept of them, and what is refused before it is unpacked."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

from network import pictures
from network.pictures import LogoField, clean_logo
from network.refusals import Invalid

pytestmark = pytest.mark.once


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: Any) -> bytes:
    """The bytes of a picture in one colour."""
    written = io.BytesIO()
    Image.new(mode, size, color="teal" if mode in ("RGB", "RGBA") else 7).save(written, kind, **options)
    return written.getvalue()


def upload(content: bytes, name: str = "logo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/png")


def kept(content: bytes) -> Image.Image:
    """The picture that is stored of an upload."""
    return Image.open(clean_logo(upload(content)))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_the_three_kinds_become_a_png_of_ours(kind: str) -> None:
    small = kept(picture(kind, (1200, 600)))
    assert (small.format, small.size) == ("PNG", (512, 256))


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "I;16", "RGBA"])
def test_pictures_of_every_depth_are_kept(mode: str) -> None:
    assert kept(picture(mode=mode)).size == (40, 30)
    assert kept(picture("JPEG", mode="CMYK")).mode == "RGB"


def test_nothing_is_kept_but_the_points() -> None:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "taken at home of Anna")
    exif = Image.Exif()
    exif[0x010E] = "taken at home of Anna"
    exif[0x0112] = 6  # lies on its side
    profile = b"a profile that names Anna"
    for content in (
        picture(pnginfo=told, exif=exif.tobytes(), icc_profile=profile) + b"<script>Anna</script>",
        picture("JPEG", exif=exif.tobytes(), comment=b"Anna") + b"PK Anna",
        picture("WEBP", exif=exif.tobytes(), xmp=b"<x>Anna</x>"),
    ):
        assert b"Anna" in content
        stored = clean_logo(upload(content)).read()
        assert b"Anna" not in stored
        assert Image.open(io.BytesIO(stored)).info == {}
    # … and it stands upright before that is forgotten.
    assert kept(picture("JPEG", exif=exif.tobytes())).size == (30, 40)


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        picture("GIF"),
        picture("BMP"),
        picture()[:60],
        b"\x89PNG\r\n\x1a\n",
        b"no picture at all",
    ],
    ids=["svg", "gif", "bmp", "torn", "only a head", "text"],
)
def test_what_is_none_of_the_three_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="PNG, JPEG or WebP"):
        clean_logo(upload(content))


def claims(width: int, height: int) -> bytes:
    """A PNG of a hundred bytes that says how large it would be."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    def unpacked(*_: Any) -> None:
        raise AssertionError("It was unpacked.")

    monkeypatch.setattr(pictures, "_small", unpacked)
    for width, height in ((4001, 4000), (60_000, 60_000)):
        with pytest.raises(Invalid):
            clean_logo(upload(claims(width, height)))


def test_more_than_two_megabytes_are_not_even_opened() -> None:
    with pytest.raises(Invalid, match="2 MB"):
        clean_logo(upload(picture() + b"\0" * pictures.LARGEST))


def test_the_field_says_at_its_place_what_is_wrong() -> None:
    field = LogoField()
    assert field.clean(None) is None
    assert field.clean(upload(picture())).name == "logo.png"
    with pytest.raises(ValidationError, match="PNG, JPEG or WebP"):
        field.clean(upload(b"no picture"))
