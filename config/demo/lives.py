"""What becomes of documents: newer versions, who works on them and has read them, what is asked, what is in the bin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import cast

from django.core.files.base import ContentFile

from config.demo import papers
from config.demo.content import Row, known_as, text_of
from config.demo.story import Story
from exchange.actions.bin import put_in_bin
from exchange.actions.reading import ask_to_read, confirm_reading
from exchange.actions.versions import add_version
from exchange.actions.working import work_on
from exchange.models import Document
from exchange.models.reading import today
from network import clock
from network.actions.bookmarks import bookmark
from network.actions.item_requests import ask_wider, propose_release
from network.models.people import User


def tell_lives(story: Story) -> None:
    """Everything that is done with documents after they were shared."""
    for row in story.content.documents:
        for email in row.get("bookmarked", ()):
            by = story.people[email]
            story.timeline.add(story.moments.ago(minutes=20), partial(_bookmark, story, row["key"], by))
    for row in story.content.documents:
        for number, version in enumerate(row.get("versions", ()), 2):
            _tell(story, version, partial(_add_version, story, row, version, number))
        for key, happens in HAPPENS.items():
            if key in row:
                _tell(story, row[key], partial(happens, story, row["key"], row[key]))
        for confirmed in row.get("reading", {}).get("confirmed", ()):
            _tell(story, confirmed, partial(_confirm, story, row["key"], confirmed))


def _tell(story: Story, about: Row, happens: Callable[[], object]) -> None:
    distance = {unit: about[f"{unit}_ago"] for unit in ("hours", "minutes") if f"{unit}_ago" in about}
    story.timeline.add(story.moments.ago(**distance), happens)


def _document(story: Story, key: str) -> Document:
    return cast(Document, story.items[f"document:{key}"])


def _add_version(story: Story, row: Row, version: Row, number: int) -> None:
    author, text = story.people[version["person"]], text_of(version["text"])
    made = papers.make(row["file"], text, title=row["title"], author=author.name, language=row["language"])
    added = add_version(
        by=author,
        document=_document(story, row["key"]),
        file=ContentFile(made, name=f"{version['text']}.{row['file']}"),
        note=version["note"],
        once=known_as("version", row["key"], number),
    )
    story.files.append(added.blob.path)


def _bookmark(story: Story, key: str, by: User) -> None:
    bookmark(by=by, item=_document(story, key))


def _work(story: Story, key: str, about: Row) -> None:
    until = clock.now() + timedelta(hours=about["for_hours"])
    work_on(by=story.people[about["person"]], document=_document(story, key), until=until)


def _ask_to_read(story: Story, key: str, about: Row) -> None:
    due = today() + timedelta(days=about["due_in_days"])
    ask_to_read(by=story.people[about["person"]], document=_document(story, key), due=due, note=about["note"])


def _confirm(story: Story, key: str, about: Row) -> None:
    confirm_reading(by=story.people[about["person"]], document=_document(story, key), version=1)


def _put_in_bin(story: Story, key: str, about: Row) -> None:
    put_in_bin(by=story.people[about["person"]], document=_document(story, key))


def _ask_wider(story: Story, key: str, about: Row) -> None:
    by = story.people[about["person"]]
    ask_wider(by=by, item=_document(story, key), note=about["note"], for_whom=about["for_whom"])


def _propose(story: Story, key: str, about: Row) -> None:
    propose_release(by=story.people[about["person"]], item=_document(story, key), version=1, note=about["note"])


# By the name that it has in documents.json.
HAPPENS: dict[str, Callable[[Story, str, Row], None]] = {
    "working": _work,
    "reading": _ask_to_read,
    "binned": _put_in_bin,
    "asked": _ask_wider,
    "proposed": _propose,
}
