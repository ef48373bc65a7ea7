"""Pictures are stored without the place where they were taken, and with the same points."""

from __future__ import annotations

import io
import random
import struct
import uuid
from contextlib import suppress
from typing import Any

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from exchange import storage
from exchange.actions.versions import add_version
from exchange.models import Document, Version
from exchange.undressing import HOW, without_place
from network.refusals import Invalid
from tests.cast import Cast
from tests.exchange import papers
from tests.exchange.making import share
from tests.exchange.sending import sent as arrived
from tests.exchange.sending import signed_in

PLACE = b"Rue des Guillemins"


def camera() -> Image.Exif:
    """What a telephone writes: which way is up, whose it is, what it is, and where."""
    exif = Image.Exif()
    exif[0x0112], exif[0x8298], exif[0x010F], exif[0x010E] = 6, "City of Liège", "Maker", PLACE.decode()
    exif.get_ifd(0x8769)[0x927C] = PLACE + b" of the maker"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4], gps[27] = "N", (50.0, 37.0, 29.0), "E", (5.0, 34.0, 0.0), PLACE
    return exif


XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><exif:GPSLatitude>' + PLACE + b"</exif:GPSLatitude></x:xmpmeta>"


def taken(form: str) -> bytes:
    """A picture as a telephone takes it."""
    exif = camera()
    if form == "TIFF":
        exif[700] = XMP
        return papers.picture(form, exif=exif)
    how: dict[str, Any] = {"xmp": XMP} if form in ("JPEG", "WEBP") else {}
    return papers.picture(form, exif=exif.tobytes(), **how)


def kept(content: bytes, name: str) -> bytes:
    return without_place(ContentFile(content, name=name)).read()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_the_place_goes_and_the_points_and_the_way_up_stay(form: str) -> None:
    content = taken(form)
    assert PLACE in content
    clean = kept(content, f"photo.{form.lower()}")
    assert PLACE not in clean
    with Image.open(io.BytesIO(content)) as before, Image.open(io.BytesIO(clean)) as after:
        exif = after.getexif()  # before the points are read: that turns a TIFF, and forgets that it did
        assert exif[0x0112] == 6
        assert "Li" in exif[0x8298]
        assert not exif.get_ifd(0x8825)
        assert not exif.get_ifd(0x8769)
        assert 0x8825 not in exif
        assert before.tobytes() == after.tobytes()
    assert kept(clean, "again") == clean


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "GIF"])
def test_a_picture_without_a_place_is_the_same_picture(form: str) -> None:
    content = papers.picture(form)
    clean = kept(content, "photo")
    with Image.open(io.BytesIO(content)) as before, Image.open(io.BytesIO(clean)) as after:
        assert (before.size, before.tobytes()) == (after.size, after.tobytes())


def test_a_progressive_jpeg_with_restarts_and_a_profile_stays_whole() -> None:
    noise = Image.frombytes("RGB", (200, 150), random.Random(1).randbytes(90_000))
    buffer = io.BytesIO()
    noise.save(buffer, "JPEG", progressive=True, restart_marker_rows=1, icc_profile=b"profile" * 20, comment=PLACE)
    clean = kept(buffer.getvalue(), "photo.jpg")
    with Image.open(io.BytesIO(buffer.getvalue())) as before, Image.open(io.BytesIO(clean)) as after:
        assert before.tobytes() == after.tobytes()
        assert after.info["icc_profile"] == b"profile" * 20
    assert PLACE not in clean


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_what_lies_behind_the_end_of_a_picture_stays_behind(form: str) -> None:
    content = papers.picture(form)
    assert kept(content + b"<script>alert(1)</script>" + PLACE, "photo") == kept(content, "photo")


def test_words_in_a_png_go() -> None:
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Location", PLACE.decode())
    words.add_itxt("XML:com.adobe.xmp", XMP.decode())
    assert PLACE not in kept(papers.picture("PNG", pnginfo=words), "photo.png")


def gif(*said: bytes) -> bytes:
    """A picture that moves, with what was `said` before its first picture, as blocks."""
    frames = [Image.new("RGB", (60, 40), colour) for colour in ("teal", "orange", "white")]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], loop=3, duration=[100, 200, 300])
    content = buffer.getvalue()
    at = content.index(b"\x21\xf9")
    return content[:at] + b"".join(said) + content[at:]


def pieces(content: bytes) -> bytes:
    """Bytes as blocks of a GIF hold them."""
    parts = [content[start : start + 255] for start in range(0, len(content), 255)]
    return b"".join(bytes((len(part),)) + part for part in parts) + b"\0"


COMMENT = b"\x21\xfe" + pieces(b"at 50.63N " + PLACE * 40)
DRAWN = b"\x21\x01\x0c" + bytes(12) + pieces(PLACE)
XMP_IN_GIF = b"\x21\xff\x0bXMP DataXMP" + pieces(XMP)
MORE_THAN_LOOPS = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x03\0" + pieces(PLACE)


def seen(content: bytes) -> list[tuple[bytes, int]]:
    """Each picture of a GIF, and how long it stands."""
    with Image.open(io.BytesIO(content)) as picture:
        found = []
        for number in range(getattr(picture, "n_frames", 1)):
            picture.seek(number)
            found.append((picture.convert("RGB").tobytes(), picture.info.get("duration", 0)))
        return found


@pytest.mark.parametrize("said", [COMMENT, DRAWN, XMP_IN_GIF, MORE_THAN_LOOPS])
def test_words_in_a_gif_go_and_it_moves_as_before(said: bytes) -> None:
    content = gif(said, COMMENT)
    clean = kept(content, "moving.gif")
    assert PLACE in content
    assert (PLACE in clean, b"50.63N" in clean) == (False, False)
    assert seen(clean) == seen(content)
    with Image.open(io.BytesIO(clean)) as picture:
        assert (picture.info["loop"], getattr(picture, "n_frames", 0)) == (3, 3)
    assert kept(clean, "again.gif") == clean


def test_a_gif_without_its_end_is_given_one() -> None:
    content = gif()
    assert content.endswith(b"\0;")
    assert kept(content[:-1], "moving.gif") == kept(content, "moving.gif") == content


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


def heic(said: bytes = PLACE) -> bytes:
    """The boxes of a HEIC, with a picture that nobody can see."""
    entries = b"".join(
        box(b"infe", b"\x02\0\0\0" + struct.pack(">HH", number, 0) + kind + b"\0")
        for number, kind in ((1, b"hvc1"), (2, b"Exif"))
    )
    iinf = box(b"iinf", b"\0\0\0\0" + struct.pack(">H", 2) + entries)
    begin = box(b"ftyp", b"heic\0\0\0\0mif1heic")

    def whole(place: int) -> bytes:
        lying = b"".join(
            struct.pack(">HHHII", number, 0, 1, at, length)
            for number, at, length in ((1, place, 6), (2, place + 6, len(said)))
        )
        iloc = box(b"iloc", b"\0\0\0\0\x44\x00" + struct.pack(">H", 2) + lying)
        return begin + box(b"meta", b"\0\0\0\0" + iinf + iloc)

    return whole(len(whole(0)) + 8) + box(b"mdat", b"points" + said)


def test_in_a_heic_what_the_camera_says_is_overwritten() -> None:
    content = heic()
    assert kept(content, "photo.heic") == content.replace(PLACE, bytes(len(PLACE)))


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8\xff\xe0" + bytes(300),
        papers.picture("PNG")[:40],
        papers.picture("TIFF")[:8] + b"\xff" * 8,
        papers.picture("WEBP")[:30],
        papers.picture("GIF")[:10],
        papers.picture("GIF")[:-9],
        b"GIF89a/*\0\0\0\0\0*/=1;alert(1)",
        heic()[:60],
        heic().replace(b"iloc", b"free"),
    ],
)
def test_a_picture_that_nobody_can_read_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="cannot be read"):
        kept(content, "photo")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "HEIC", "GIF"])
def test_whatever_is_broken_in_it_a_picture_is_kept_or_refused(form: str) -> None:
    others = {"HEIC": heic, "GIF": lambda: gif(COMMENT, DRAWN)}
    whole, chance = others.get(form, lambda: taken(form))(), random.Random(7)
    for _number in range(150):
        broken = bytearray(whole)
        for _fault in range(chance.randint(1, 6)):
            broken[chance.randrange(12, min(len(broken), 900))] = chance.randrange(256)
        with suppress(Invalid):
            kept(bytes(broken), "photo")


def test_wherever_a_gif_breaks_off_it_is_kept_without_its_words_or_refused() -> None:
    whole = gif(COMMENT, XMP_IN_GIF)
    for end in range(13, len(whole)):
        with suppress(Invalid):
            assert PLACE not in kept(whole[:end], "moving.gif")


def test_a_directory_that_names_itself_is_left() -> None:
    loop = b"II*\0\x08\0\0\0" + struct.pack("<H", 1) + struct.pack("<HHII", 0x8769, 4, 1, 8) + struct.pack("<I", 8)
    kept(loop, "photo.tif")
    assert "tif" in HOW


@pytest.mark.django_db
def test_a_picture_sent_again_is_known_again(cast: Cast) -> None:
    once, again, content = uuid.uuid4(), uuid.uuid4(), taken("JPEG")

    def sent() -> ContentFile:
        return ContentFile(content, name="photo.jpg")

    document = share(cast, file=sent(), once=once)
    assert share(cast, file=sent(), once=once) == document
    first = add_version(by=cast.luc, document=document, file=sent(), once=again)
    assert add_version(by=cast.luc, document=document, file=sent(), once=again) == first
    assert Version.objects.count() == 2
    assert PLACE not in storage.read(first.blob.path).read()


@pytest.mark.django_db
def test_what_came_in_pieces_is_undressed_as_well_document_and_version(cast: Cast) -> None:
    client = signed_in(cast.luc)
    first = arrived(client, taken("JPEG"), "photo.jpg")
    client.post("/rooms/families/documents/new/", {"title": "Our house", "upload": first})
    document = Document.objects.get()
    second = arrived(client, taken("PNG"), "photo.png")
    client.post(f"/documents/{document.uid}/versions/new/", {"upload": second, "over": "1"})
    versions = list(document.versions.order_by("number"))
    assert [one.name for one in versions] == ["photo.jpg", "photo.png"]
    for version in versions:
        assert PLACE not in storage.read(version.blob.path).read()
