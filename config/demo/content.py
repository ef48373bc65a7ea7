"""What the files of this folder say, as they say it. README.md has their schemas."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
NAMESPACE = uuid.UUID("6a1f0c6e-2d0b-5f4e-9a51-3b1d0a7c11e5")

Row = dict[str, Any]


def read(name: str) -> Any:
    """The content of NAME.json; the themes are those that any network is offered at its founding."""
    folder = FOLDER.parent if name == "themes" else FOLDER
    return json.loads((folder / f"{name}.json").read_text("utf-8"))


def text_of(key: str) -> str:
    """The Markdown text of a document."""
    return (FOLDER / "documents" / f"{key}.md").read_text("utf-8")


def legal_text(kind: str) -> str:
    """The Markdown text of the charter or the privacy notice."""
    return (FOLDER / "texts" / f"{kind}.md").read_text("utf-8").strip()


def known_as(*words: object) -> uuid.UUID:
    """The identifier of whatever these words name; the same in every demo network."""
    return uuid.uuid5(NAMESPACE, "/".join(str(word) for word in words))


@dataclass(frozen=True)
class Content:
    """All files but those of the documents' texts."""

    network: Row
    phases: list[Row]
    themes: list[Row]
    partners: list[Row]
    people: list[Row]
    rooms: list[Row]
    documents: list[Row]
    practices: list[Row]
    workshops: list[Row]
    discussions: list[Row]
    chat: list[Row]
    opinions: dict[str, list[Row]]

    @classmethod
    def read(cls) -> Content:
        """Read every file."""
        return cls(**{name: read(name) for name in cls.__dataclass_fields__})

    @property
    def coordinator(self) -> str:
        """The e-mail address of who opens rooms, gives places in them and releases."""
        lead = next(partner["slug"] for partner in self.partners if partner["lead"])
        return next(who["email"] for who in self.people if who["partner"] == lead and who["role"] == "representative")
