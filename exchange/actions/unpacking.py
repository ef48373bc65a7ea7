"""An archive shared as what is in it: folders and documents, under one label and with the same settings."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.utils.functional import Promise

from exchange.actions.documents import share_document
from exchange.models import Document, Folder
from exchange.unpacking import Part, parts_of, unpacked
from network.labels import Label
from network.models.items import Theme
from network.models.people import Partner, User
from network.models.rooms import Room
from network.permissions import Level, require
from network.refusals import Invalid


@dataclass(frozen=True)
class Unpacked:
    """What became of one file of an archive: the document, or why there is none."""

    path: str
    document: Document | None = None
    reason: str | Promise = ""


def share_unpacked(
    *,
    by: User,
    room: Room,
    file: Any,
    tlp: Label = Label.AMBER,
    language: str = "en",
    partner: Partner | None = None,
    folder: Folder | None = None,
    themes: Collection[Theme] = (),
    named_partners: Collection[Partner] = (),
    named_people: Collection[User] = (),
    once: uuid.UUID | None = None,
) -> list[Unpacked]:
    """Shares each file of a ZIP as a document of its own, in the folders that it stands in there.

    Each goes through what every shared file goes through, in a transaction of its own: what is refused is named with
    its reason, and the others are shared. `once` makes a retry harmless.
    Raises Unseen, Forbidden, Invalid (file; what concerns all of them: tlp, partner, named_partners, named_people).
    """
    require(by, Level.CONTRIBUTE, room)
    settings: dict[str, Any] = {
        "by": by,
        "room": room,
        "tlp": tlp,
        "language": language,
        "partner": partner,
        "folder": folder,
        "themes": themes,
        "named_partners": named_partners,
        "named_people": named_people,
    }
    return [_share(file, part, number, once, settings) for number, part in enumerate(parts_of(file))]


def _share(file: Any, part: Part, number: int, once: uuid.UUID | None, settings: dict[str, Any]) -> Unpacked:
    if part.left_out:
        return Unpacked(part.shown, reason=part.left_out)
    try:
        with unpacked(file, part) as content:
            document = share_document(
                file=content,
                title=PurePosixPath(part.name).stem[:200],
                path=part.folders,
                once=uuid.uuid5(once, f"{number} {part.shown}") if once else None,
                **settings,
            )
    except Invalid as refusal:
        if refusal.field not in ("file", "name", "title"):
            raise  # it concerns all of them
        return Unpacked(part.shown, reason=refusal.reason)
    return Unpacked(part.shown, document=document)
