"""A room's documents carried away by who manages it: all versions with their captions, and what is known of them as
JSON and CSV.

What is told of each document is written down while its files are sent, so that table and files speak of the same.
Of AMBER and stricter the archive holds marked copies, which have another size and another checksum than what is stored:
both are told, so that whoever checks the files later does not take them for damaged.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

from django.utils import translation

from exchange.archive import LEFT_OUT, LeftOut, Missing, Names, Writer, bytes_of
from exchange.folders import Tree, clean_folder_name
from exchange.models import Document, Version
from network.actions.openings import opened
from network.models.people import User
from network.refusals import Invalid
from network.sheets import csv_chunks
from network.streams import Whole

COLUMNS = [
    *("document", "title", "folder", "kind", "language", "label", "state", "partner", "author", "themes", "shared_at"),
    *("description", "version", "note", "by", "at", "name", "size", "sha256", "content_type", "file"),
    *("marked_copy", "file_size", "file_sha256"),
]
A_BATCH = 200


def export_of(user: User, keys: list[int], *, tree: Tree, at: datetime, language: str) -> Iterator[bytes]:
    """The documents with these keys as a ZIP: `files/`, `documents.json`, `documents.csv`.

    The gate is asked again for each document when its turn comes. `language` is the reader's.
    """
    writer, names, missing = Writer(), Names(), Missing()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as told:
        for key in keys:
            document = _fetched(user, key)
            if document is None:
                missing.unseen += 1
                continue
            # What is told of it is read with the tables, also where its files are not handed out.
            opened(by=user, item=document)
            entry, folders = _about(document, tree), ["files", *_way(document, tree)]
            versions = document.versions.select_related("blob", "by", "document").prefetch_related("captions")
            for version in versions.order_by("number"):
                about = _of_version(version)
                entry["versions"].append(about)
                path = names.free(folders, f"v{version.number} {version.name}")
                try:
                    taken = bytes_of(user, version)
                    source = _Counted(taken.file)
                    yield from writer.file(path, source, size=version.size, at=version.at)
                except LeftOut as left:
                    with translation.override(language):
                        missing.named.append((f"{document.title} ({version.number})", str(left.reason)))
                    continue
                about["file"] = path
                about |= {"marked_copy": taken.marked, **source.found()}
                for one in version.captions.all():
                    # Beside the file and called as it is, which is where players look for them.
                    path = names.free(
                        folders, f"v{version.number} {version.name.rpartition('.')[0]}.{one.language}.vtt"
                    )
                    yield from writer.text(path, [one.text], at=one.at)
            told.write(json.dumps(entry, ensure_ascii=False) + "\n")
        yield from writer.text("documents.json", _json(told), at=at)
        yield from writer.text("documents.csv", csv_chunks(COLUMNS, _rows(told)), at=at)
    if missing:
        with translation.override(language):
            lines = list(missing.lines())
        yield from writer.text(LEFT_OUT, lines, at=at)
    yield from writer.end()


class _Counted:
    """A file that is counted and digested while it is read."""

    def __init__(self, file: Whole) -> None:
        self.file = file
        self.size = 0
        self.digest = hashlib.sha256()

    def close(self) -> None:
        """Lets it go."""
        self.file.close()

    def read(self, count: int, /) -> bytes:
        """The next bytes."""
        block = self.file.read(count)
        self.size += len(block)
        self.digest.update(block)
        return block

    def found(self) -> dict[str, Any]:
        """What the table says of it; once it is read to its end."""
        return {"file_size": self.size, "file_sha256": self.digest.hexdigest()}


def _fetched(user: User, key: int) -> Document | None:
    rows = Document.objects.one_seen_by(user, key, inside=True)
    return rows.select_related("author", "partner").prefetch_related("themes").first()


def _way(document: Document, tree: Tree) -> list[str]:
    """The folders of a document, and one of its own for its versions."""
    folder = tree.folders.get(document.folder_id or 0)
    steps = [one.name for one in tree.path(folder)] if folder is not None else []
    try:
        return [*steps, clean_folder_name(document.title[:100])]
    except Invalid:
        return [*steps, str(document.uid)]


def _about(document: Document, tree: Tree) -> dict[str, Any]:
    folder = tree.folders.get(document.folder_id or 0)
    return {
        "document": str(document.uid),
        "title": document.title,
        "folder": tree.called(folder) if folder is not None else "",
        "kind": document.doc_kind,
        "language": document.language,
        "label": document.label.word,
        "state": document.state,
        "partner": document.partner.name if document.partner else "",
        "author": document.author.name,
        "themes": [theme.name for theme in document.themes.all()],
        "shared_at": document.created_at.isoformat(),
        "description": document.description,
        "versions": [],
    }


def _of_version(version: Version) -> dict[str, Any]:
    return {
        "version": version.number,
        "note": version.note,
        "by": version.by.name,
        "at": version.at.isoformat(),
        "name": version.name,
        "size": version.size,
        "sha256": version.sha256,
        "content_type": version.content_type,
        "file": "",
        # Of the file in the archive; the size and the checksum above are those of what was shared.
        "marked_copy": False,
        "file_size": None,
        "file_sha256": "",
    }


def _json(told: IO[str]) -> Iterator[str]:
    """All that was written down, as one list."""
    told.seek(0)
    before = "[\n"
    for line in told:
        yield before + line.rstrip("\n")
        before = ",\n"
    yield "\n]\n" if before == ",\n" else "[]\n"


def _rows(told: IO[str]) -> Iterator[list[list[object]]]:
    """The same as rows of a table, one for each version, in batches."""
    told.seek(0)
    batch: list[list[object]] = []
    for line in told:
        document = json.loads(line)
        document["themes"] = "; ".join(document["themes"])
        for version in document.pop("versions"):
            version["marked_copy"] = "yes" if version["marked_copy"] else "no" if version["file"] else ""
            version["file_size"] = "" if version["file_size"] is None else version["file_size"]
            cells = document | version
            batch.append([cells[column] for column in COLUMNS])
        if len(batch) >= A_BATCH:
            yield batch
            batch = []
    yield batch
