"""A file that somebody attaches to what they write becomes a document like any other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from exchange.actions.files import receiving, take_up
from exchange.actions.versions import append
from exchange.filetypes import clean_name, recognise, title_of
from exchange.models import Document
from exchange.storage import Kept
from exchange.undressing import without_place
from exchange.words import index_document
from network.actions.items import begin
from network.audit import record
from network.models.items import State
from network.models.people import User


@dataclass(frozen=True)
class Brought:
    """Stored bytes that are to be a document (network.attaching)."""

    kept: Kept
    name: str
    content_type: str

    @property
    def key(self) -> str:
        return self.kept.sha256

    def share(self, *, by: User, held: bool, **words: Any) -> Document:
        """The document, called as its file is; `held` where what it is attached to waits for a moderator."""
        if held:
            words["state"] = State.HELD
        document = begin(Document, by=by, title=title_of(self.name), quietly=True, **words)
        append(document, take_up(self.kept), name=self.name, content_type=self.content_type, by=by)
        partner, room = document.partner, document.room
        record("exchange.document_shared", by=by, target=document, room=room, partner=partner, file_name=self.name)
        index_document(document)
        return document


def clean_file(file: Any) -> Any:
    """The file with a name that does no harm. Raises Invalid for what is not taken."""
    file.name = clean_name(file.name)
    recognise(file, file.name)
    return file


@contextmanager
def bring(file: Any) -> Iterator[Brought]:
    """Stores a file around the transaction in which it becomes a document. Raises Invalid(file)."""
    name = clean_name(file.name)
    content_type = recognise(file, name).content_type
    with receiving(without_place(file)) as kept:
        yield Brought(kept, name, content_type)
