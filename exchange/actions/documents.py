"""Sharing a document."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from exchange.actions.files import receiving, take_up
from exchange.actions.folders import folder_at
from exchange.actions.locking import locked_document
from exchange.actions.versions import append
from exchange.filetypes import clean_name, recognise
from exchange.models import DocKind, Document, Folder
from exchange.permissions import check_allow_downloads
from exchange.storage import digest
from exchange.undressing import without_place
from exchange.words import index_document
from network.actions.items import begin
from network.actions.sendings import free_key, sent_before
from network.audit import record
from network.labels import Label
from network.models.items import Theme
from network.models.people import Partner, User
from network.models.rooms import Room
from network.permissions import Level, require


class _SharedBefore(Exception):  # noqa: N818 - it is an answer, not an error
    """The same form has arrived already: what this try wrote goes again."""


def share_document(
    *,
    by: User,
    room: Room,
    title: str,
    file: Any,
    tlp: Label = Label.AMBER,
    language: str = "en",
    kind: str = DocKind.OTHER,
    description: str = "",
    open_to_versions: bool = False,
    downloads_allowed: bool = False,
    partner: Partner | None = None,
    folder: Folder | None = None,
    path: Sequence[str] = (),
    themes: Collection[Theme] = (),
    named_partners: Collection[Partner] = (),
    named_people: Collection[User] = (),
    once: uuid.UUID | None = None,
) -> Document:
    """Shares a file in a room as the first version of a document.

    It stands in `folder`, or below it where the names of `path` lead; folders that lack on the way are made.

    `file` is a django File or an upload, with a `name`. `once` makes a retry harmless: the same
    person, UUID, words and file get the same document again. The bytes are on the disk before the rows are
    committed, and go again where the rows are refused.
    Raises Unseen, Forbidden, Invalid (fields: file, title, tlp, partner, named_partners, named_people; name, of
    a folder).
    """
    words: dict[str, Any] = {
        "by": by,
        "room": room,
        "title": title,
        "tlp": tlp,
        "partner": partner,
        "language": language,
        "themes": themes,
        "named_partners": named_partners,
        "named_people": named_people,
        "doc_kind": kind,
        "description": description.strip(),
        "open_to_versions": open_to_versions,
        "downloads_allowed": downloads_allowed,
    }
    # What was sent before was kept without its place, too: so a retry is compared with what is kept.
    file = without_place(file)
    key = free_key(once)
    if before := _shared_before(once, file, **words):
        return before
    require(by, Level.CONTRIBUTE, room)
    name = clean_name(file.name)
    file_type = recognise(file, name)
    try:
        with receiving(file) as kept, transaction.atomic():
            document = begin(Document, uid=key, **words)
            if document.newest_id is not None:
                raise _SharedBefore
            append(document, take_up(kept), name=name, content_type=file_type.content_type, by=by)
            if folder is not None or path:
                document.folder = folder_at(by=by, room=room, names=path, parent=folder)
                document.save(update_fields=["folder"])
            record(
                "exchange.document_shared",
                by=by,
                target=document,
                room=room,
                partner=document.partner,
                file_name=name,
            )
            index_document(document)
    except (_SharedBefore, IntegrityError):
        again = _shared_before(once, file, **words)
        if again is None:
            raise
        return again
    return document


@transaction.atomic
def allow_downloads(*, by: User, document: Document, allowed: bool) -> None:
    """Its source lets those whom it names download it while it is RED, or no longer. Twice is once.

    Raises Unseen, NeedsSecondFactor, Forbidden.
    """
    document = locked_document(document)
    check_allow_downloads(by, document)
    if document.downloads_allowed == allowed:
        return
    document.downloads_allowed = allowed
    document.save(update_fields=["downloads_allowed"])
    verb = "exchange.downloads_allowed" if allowed else "exchange.downloads_ended"
    record(verb, by=by, target=document, room=document.room, partner=document.partner)


def _shared_before(once: uuid.UUID | None, file: Any, **words: Any) -> Document | None:
    document = sent_before(Document, once, **words)
    if document is None or document.newest is None or document.newest.sha256 != digest(file):
        return None
    return document
