"""Files that are two things at once, or that carry what runs: whatever they are, a browser is handed a file to save."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from exchange import storage
from exchange.models import Blob, Document
from network.labels import Label
from network.models import User
from network.refusals import Invalid
from tests.cast import Cast
from tests.exchange import papers
from tests.exchange.making import share
from tests.exchange.real_files import marks_on, real_pdf
from tests.working import work_off

# What is in files, and how they are sent, is the same on either database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

SCRIPT = b"<script>alert(document.cookie)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">' + SCRIPT + b"</svg>"


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def given(cast: Cast, name: str, content: bytes) -> Document:
    """Shared as GREEN, so that it is handed out byte by byte as it came, after the worker has looked into it."""
    document = share(cast, file=SimpleUploadedFile(name, content, content_type="text/html"), tlp=Label.GREEN)
    work_off()
    return document


def check_harmless(response: Any) -> None:
    """No browser shows this, runs this or takes it for something else."""
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Content-Type"] not in ("text/html", "image/svg+xml", "text/javascript", "application/xhtml+xml")


BEHIND = b"*/=1;alert(document.cookie)//"


def gif_and_script() -> bytes:
    """A picture with a program behind it."""
    buffer = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(buffer, "GIF")
    return buffer.getvalue() + BEHIND


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("page.pdf", b"<html>" + SCRIPT + b"<!--\n" + real_pdf(2) + b"-->", "application/pdf"),
        ("page.pdf", real_pdf(2) + b"<html>" + SCRIPT + b"</html>", "application/pdf"),
        ("picture.gif", gif_and_script(), "image/gif"),
        ("notes.txt", b"<!doctype html>" + SCRIPT, "text/plain"),
        ("drawing.txt", SVG, "text/plain"),
        ("notes.md", SCRIPT + b"\n[here](javascript:alert(1))", "text/markdown"),
    ],
)
def test_what_is_two_things_at_once_is_handed_out_as_the_one_that_its_name_says(
    cast: Cast, name: str, content: bytes, content_type: str
) -> None:
    document = given(cast, name, content)
    client = signed_in(cast.anna)
    response = client.get(f"/documents/{document.uid}/download/")
    check_harmless(response)
    assert response["Content-Type"] == content_type
    # What lies behind the end of a picture was left out when it came.
    assert response.getvalue() == content.removesuffix(BEHIND)
    # To be played in a page are sound and films alone.
    assert client.get(f"/documents/{document.uid}/play/").status_code == 404
    for page in ("", "pages/"):
        shown = client.get(f"/documents/{document.uid}/{page}").content
        assert b"alert(" not in shown or b"<script>alert" not in shown
        assert b"javascript:alert" not in shown or b'href="javascript:' not in shown


def test_of_a_picture_with_a_script_behind_it_readers_see_one_that_we_drew(cast: Cast) -> None:
    document = given(cast, "picture.gif", gif_and_script())
    blob = Blob.objects.get(versions__document=document)
    assert blob.look == Blob.Look.DONE
    for picture in blob.pictures.all():
        with storage.read(picture.path) as file:
            content = file.read()
        assert b"alert" not in content
        assert Image.open(io.BytesIO(content)).format == "WEBP"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("drawing.svg", SVG),
        ("drawing.png", SVG),
        ("drawing.jpg", b"<?xml version='1.0'?>" + SVG),
        ("page.xhtml", SVG),
        ("program.js", b"alert(1)"),
        ("text.docm", papers.word(["With macros"], **{"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"})),
        ("table.xlsm", papers.sheets({"Towns": [["Malmö"]]})),
        ("letter.dotm", papers.word(["A template"])),
        ("picture.gif", b"alert(1)//GIF89a"),
    ],
)
def test_what_runs_is_not_taken(cast: Cast, name: str, content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        share(cast, file=SimpleUploadedFile(name, content, content_type="application/pdf"))
    assert refused.value.field == "file"
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "member"),
    [
        ("text.docx", papers.word(["Words"]), "word/vbaProject.bin"),
        ("text.docx", papers.word(["Words"]), "word/VBAPROJECT.BIN"),
        ("table.xlsx", papers.sheets({"Towns": [["Malmö"]]}), "xl/macrosheets/sheet1.xml"),
        ("talk.pptx", papers.slides(["Welcome"]), "ppt/vbaProject.bin"),
    ],
)
def test_macros_are_not_taken_under_the_name_of_a_file_without_them(
    cast: Cast, name: str, content: bytes, member: str
) -> None:
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(member, b"\xd0\xcf\x11\xe0" + bytes(900))
    for file in (buffer.getvalue(), buffer.getvalue() + b"x" * 500):
        with pytest.raises(Invalid, match="This file holds macros"):
            share(cast, file=SimpleUploadedFile(name, file))
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("text.docx", papers.word(["vbaProject.bin"], **{"word/embeddings/oleObject1.bin": b"\xd0\xcf" + bytes(900)})),
        ("bomb.docx", papers.bomb()),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    ],
)
def test_what_an_office_program_might_run_is_carried_as_a_file_to_save(cast: Cast, name: str, content: bytes) -> None:
    response = signed_in(cast.anna).get(f"/documents/{given(cast, name, content).uid}/download/")
    check_harmless(response)
    assert response.getvalue() == content


def test_of_very_many_pages_each_is_marked(cast: Cast) -> None:
    document = share(cast, file=SimpleUploadedFile("atlas.pdf", papers.empty_pages(20_000)), tlp=Label.AMBER)
    response = signed_in(cast.anna).get(f"/documents/{document.uid}/download/")
    assert response.status_code == 200
    assert marks_on(response.getvalue()) == [1] * 20_000
