"""A room's documents carried away by who manages it: all versions, and what is known of them as JSON and CSV.

What is told of each document is written down while its files are sent, so that table and files speak of the same.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

from django.utils import translation

from exchange.archive import LEFT_OUT, LeftOut, Missing, Names, Writer, bytes_of
from exchange.folders import Tree, clean_folder_name
from exchange.models import Document, Version
from network.models.people import User
from network.refusals import Invalid
from network.sheets import csv_chunks

COLUMNS = [
    *("document", "title", "folder", "kind", "language", "label", "state", "partner", "author", "themes", "shared_at"),
    *("description", "version", "note", "by", "at", "name", "size", "sha256", "content_type", "file"),
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
            entry = _about(document, tree)
            for version in document.versions.select_related("blob", "by", "document").order_by("number"):
                about = _of_version(version)
                entry["versions"].append(about)
                try:
                    source = bytes_of(user, version)
                except LeftOut as left:
                    with translation.override(language):
                        missing.named.append((f"{document.title} ({version.number})", str(left.reason)))
                    continue
                about["file"] = names.free(["files", *_way(document, tree)], f"v{version.number} {version.name}")
                yield from writer.file(about["file"], source, size=version.size, at=version.at)
            told.write(json.dumps(entry, ensure_ascii=False) + "\n")
        yield from writer.text("documents.json", _json(told), at=at)
        yield from writer.text("documents.csv", csv_chunks(COLUMNS, _rows(told)), at=at)
    if missing:
        with translation.override(language):
            lines = list(missing.lines())
        yield from writer.text(LEFT_OUT, lines, at=at)
    yield from writer.end()


def _fetched(user: User, key: int) -> Document | None:
    rows = Document.objects.seen_inside_by(user).filter(pk=key)
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
            cells = document | version
            batch.append([cells[column] for column in COLUMNS])
        if len(batch) >= A_BATCH:
            yield batch
            batch = []
    yield batch
