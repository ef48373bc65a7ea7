"""Sharing what a form brought: one file or many, each a document of its own, each with its own outcome."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from django.utils.translation import gettext as _

from exchange.actions.documents import share_document
from exchange.actions.uploads import share_upload
from exchange.filetypes import title_of
from exchange.forms import DocumentForm
from exchange.models import Document
from network.models.people import User
from network.models.rooms import Room
from network.refusals import Refusal, Unseen

Share = Callable[..., Document]


@dataclass(frozen=True)
class Refused:
    """A file that was not shared, and why."""

    name: str
    refusal: Refusal

    @property
    def reason(self) -> str:
        """In words for the page."""
        if isinstance(self.refusal, Unseen):
            return _("It has not arrived, or was kept too long. Choose it again.")
        return str(self.refusal.reason)


@dataclass(frozen=True)
class Outcome:
    """What became of the files of one form."""

    shared: list[Document] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def share_each(*, by: User, room: Room, form: DocumentForm) -> Outcome:
    """Shares every file of a valid form. What is refused stops none of the others; asked again, nothing is doubled."""
    words = dict(form.cleaned_data)
    files, arrived, once = words.pop("file"), words.pop("upload"), words.pop("once", None)
    title, several = words.pop("title"), len(files) + len(arrived) > 1
    outcome = Outcome()
    names = {one.uid: one.shown for one in form.kept}
    sources: list[tuple[str, Share]] = []
    for uid in arrived:
        sources.append((names.get(uid, _("a file")), partial(share_upload, by=by, room=room, uid=uid)))
    for file, key in zip(files, _keys(once, [file.name for file in files]), strict=True):
        sources.append((file.name, partial(share_document, by=by, room=room, file=file, once=key)))
    for name, share in sources:
        try:
            outcome.shared.append(share(**words | {"title": title_of(name.rpartition("/")[2]) if several else title}))
        except Refusal as refusal:
            outcome.refused.append(Refused(name, refusal))
    return outcome


def _keys(once: uuid.UUID | None, names: list[str]) -> list[uuid.UUID | None]:
    """The key of a form for each of its files: by its name, so that it is the same when others are gone."""
    if once is None or len(names) == 1:
        return [once for _name in names]
    seen: dict[str, int] = {}
    keys: list[uuid.UUID | None] = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        keys.append(uuid.uuid5(once, f"{seen[name]} {name}"))
    return keys
