"""What is written on the pages of a PDF and on pictures, and what cannot be written on."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from exchange import marking
from tests.exchange.real_files import marks_on, picture, real_pdf, words_of

pytestmark = pytest.mark.once

WORDS = {
    "label": "TLP:AMBER",
    "reader": "Anna Lindqvist",
    "partner": "Malmö",
    "day": "2026-11-27",
    "network": "Liaise",
    "address": "anna@malmo.example",
}


def marked(content: bytes, **other: str) -> bytes:
    target = io.BytesIO()
    marking.mark_pdf(io.BytesIO(content), target, WORDS | other)
    return target.getvalue()


def test_every_page_carries_the_words_and_keeps_its_own() -> None:
    content = marked(real_pdf(5))
    assert marks_on(content) == [1, 1, 1, 1, 1]
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert len(pdf.pages) == 5
        pdf.pages[3].contents_coalesce()
        assert b"This is page 4." in pdf.pages[3].obj.Contents.read_bytes()


def test_the_same_words_on_the_same_file_are_the_same_bytes() -> None:
    content = real_pdf()
    assert marked(content) == marked(content)
    assert marked(content) != marked(content, reader="Luc Delvaux")


def test_pages_of_any_size_turned_or_without_anything_on_them_are_marked() -> None:
    with pikepdf.open(io.BytesIO(real_pdf(4))) as pdf:
        pdf.pages[0].rotate(90, relative=False)
        pdf.pages[1].obj.MediaBox = pikepdf.Array([0, 0, 5000, 100])
        del pdf.pages[2].obj["/Contents"]
        resources = pdf.make_indirect(pdf.pages[3].obj.Resources)
        pdf.Root.Pages.Resources = resources
        del pdf.pages[3].obj["/Resources"]
        odd = io.BytesIO()
        pdf.save(odd)
    content = marked(odd.getvalue())
    assert marks_on(content) == [1, 1, 1, 1]
    with pikepdf.open(io.BytesIO(content)) as pdf:
        # What a page had from the leaf above it, it has still.
        assert "/Font" in pdf.pages[3].obj.Resources


def test_a_file_that_wants_a_password_is_not_written_on() -> None:
    with pytest.raises(marking.Protected):
        marked(real_pdf(password="secret"))


def test_one_that_opens_without_and_forbids_printing_alone_is_marked_like_others() -> None:
    content = marked(real_pdf(3, password=""))
    assert marks_on(content) == [1, 1, 1]
    assert b"/Encrypt" not in content
    assert b"This is page 2." in words_of(content)[1]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(cut=st.integers(0, 2000), noise=st.lists(st.tuples(st.integers(0, 1999), st.integers(0, 255)), max_size=30))
def test_a_broken_file_is_either_marked_on_every_page_or_refused(cut: int, noise: list[tuple[int, int]]) -> None:
    content = bytearray(real_pdf(2))
    for place, value in noise:
        content[place % len(content)] = value
    try:
        found = marked(bytes(content[: len(content) - cut]))
    except Exception:
        return
    assert all(count == 1 for count in marks_on(found))


@pytest.mark.parametrize(
    ("name", "said"), [("Łukasz Żółć", "Łukasz Żółć"), ("李小龙", "??? (anna@malmo.example)"), ("Ana\u202e‮", None)]
)
def test_a_name_that_the_letters_cannot_write_stands_beside_its_address(name: str, said: str | None) -> None:
    known = {ord(sign): 1 for sign in "Łukasz ŻółćabcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ö"}
    foot, _name = marking._sayable(WORDS | {"reader": name}, known)
    assert said is None or said in foot
    assert "\u202e" not in foot


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "TIFF"])
def test_a_picture_is_marked_at_its_foot_and_across(kind: str) -> None:
    plain = picture(kind)
    target = io.BytesIO()
    marking.mark_picture(io.BytesIO(plain), target, WORDS, kind)
    before, after = (Image.open(io.BytesIO(one)).convert("RGB") for one in (plain, target.getvalue()))
    assert before.size == after.size
    changed = ImageChops.difference(before, after)
    assert changed.crop((0, 280, 400, 300)).getbbox() is not None
    assert changed.crop((0, 0, 400, 200)).getbbox() is not None


def test_each_frame_of_a_picture_with_several_is_marked_and_one_of_too_many_points_is_not() -> None:
    target = io.BytesIO()
    marking.mark_picture(io.BytesIO(picture("TIFF", frames=3)), target, WORDS, "TIFF")
    found: Any = Image.open(target)
    assert found.n_frames == 3
    bare = Image.open(io.BytesIO(picture("TIFF", frames=3)))
    for number in range(3):
        found.seek(number)
        bare.seek(number)
        assert ImageChops.difference(found.convert("RGB"), bare.convert("RGB")).getbbox() is not None
    with pytest.raises(ValueError, match="too large"):
        marking.mark_picture(io.BytesIO(picture("PNG", size=(8000, 7000))), io.BytesIO(), WORDS, "PNG")
