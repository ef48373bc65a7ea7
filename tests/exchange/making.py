"""Documents and practice sheets that a test speaks of, made by the actions that people use."""

from __future__ import annotations

import io
import uuid
import zipfile
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from exchange.actions import versions
from exchange.actions.documents import share_document
from exchange.actions.practices import SheetText, publish_sheet
from exchange.models import Document, PracticeSheet, Version
from network.labels import Label
from network.models import Theme, User
from tests.cast import Cast
from tests.factories import ThemeFactory

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"\n%%EOF"


def pdf(name: str = "guide.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    """An upload that is a PDF as far as anybody can tell from its first bytes."""
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def docx() -> bytes:
    """The least that a text of an office program is made of."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("[Content_Types].xml", "_rels/.rels", "word/document.xml"):
            archive.writestr(name, "<x/>")
    return buffer.getvalue()


def share(cast: Cast, **other: Any) -> Document:
    """Luc shares an AMBER guide in Families, unless the test says otherwise."""
    given: dict[str, Any] = {"by": cast.luc, "room": cast.families, "title": "Guide for home visits", "file": pdf()}
    return share_document(**given | other)


def add_version(
    document: Document, content: bytes = b"%PDF-2.0 again", name: str = "guide-2.pdf", by: User | None = None
) -> Version:
    """A newer version of a document, by its author unless the test says otherwise."""
    return versions.add_version(by=by or document.author, document=document, file=ContentFile(content, name=name))


TEXT = SheetText(
    summary="Parents meet for six evenings before there is a crisis.",
    objectives="Parents speak earlier.",
    methodology="Two hosts, the same room, food on the table.",
    activities="Nine groups since 2021.",
    geographical_scope="city",
    practice_status="running",
    evaluation_status="external_process",
)


def publish(cast: Cast, **other: Any) -> PracticeSheet:
    """Luc publishes a GREEN sheet in Families, unless the test says otherwise."""
    given: dict[str, Any] = {
        "by": cast.luc,
        "room": cast.families,
        "title": "Six evenings for parents",
        "text": TEXT,
        "prevention_levels": ["primary", "secondary"],
        "target_groups": ["parents"],
        "themes": [Theme.objects.first() or ThemeFactory(slug="families", name="Support to families")],
        "tlp": Label.GREEN,
    }
    return publish_sheet(**given | other)


def once() -> str:
    """A key as the form makes it."""
    return str(uuid.uuid4())
