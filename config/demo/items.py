"""Documents, practice sheets and workshops are shared, approved, released; people register."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

from django.core.files.base import ContentFile

from config.demo import papers
from config.demo.content import Row, known_as, text_of
from config.demo.story import Story
from exchange.actions.documents import share_document
from exchange.actions.practices import SheetText, publish_sheet
from network.actions.item_requests import propose_release, release_proposed
from network.actions.items import approve, release
from network.labels import Label
from network.models.items import Item, Release, State
from network.permissions.items import is_source
from workshops.actions.meetings import announce, register
from workshops.models import Workshop

LONGEST_DESCRIPTION = 400
APPROVED_AFTER, RELEASED_AFTER = timedelta(hours=2), timedelta(hours=4)
SHEET_CHOICES = ("geographical_scope", "practice_status", "evaluation_status")
SHEET_TEXTS = ("summary", "objectives", "methodology", "activities", "country", "city", "started_year")


def tell_items(story: Story) -> None:
    """Everything that is shared but discussions."""
    for row in story.content.documents:
        _tell(story, "document", row, _share)
    for row in story.content.practices:
        _tell(story, "practice", row, _publish)
    for row in story.content.workshops:
        _tell(story, "workshop", row, _announce)
        _tell_registrations(story, row)


def what_all_share(story: Story, row: Row) -> dict[str, Any]:
    """What every item has, as `network.actions.items.begin` takes it."""
    author = row["author"]
    own = next(person["partner"] for person in story.content.people if person["email"] == author)
    return {
        "by": story.people[author],
        "room": story.rooms[row["room"]],
        "title": row["title"],
        "tlp": Label[row["tlp"].replace("+", "_")],
        "partner": story.partners[own] if own else None,
        "language": row["language"],
        "themes": [story.themes[slug] for slug in row["themes"]],
        "named_partners": [story.partners[slug] for slug in row["named_partners"]],
        "named_people": [story.people[email] for email in row.get("named_people", ())],
    }


def settle(story: Story, item: Item, row: Row, approved: datetime) -> None:
    """Whatever waits for a moderator is approved then, unless the row says that it waits still."""
    waits = row.get("state") == State.HELD
    if waits and item.state != State.HELD:
        raise ValueError(f"{row['key']} is to be held, and the room {row['room']} did not hold it")
    if item.state == State.HELD and not waits:
        moderator = story.moderator(row["room"], row["author"])
        story.timeline.add(approved, lambda: approve(by=moderator, item=item))


def _tell(story: Story, kind: str, row: Row, begin: Any) -> None:
    shared = story.moments.shared(row)

    def happens() -> None:
        item = story.items[f"{kind}:{row['key']}"] = begin(story, row)
        settle(story, item, row, story.moments.before_now(shared + APPROVED_AFTER))

    story.timeline.add(shared, happens)
    if row["released"]:
        story.timeline.add(
            story.moments.before_now(shared + RELEASED_AFTER),
            lambda: _release(story, story.items[f"{kind}:{row['key']}"]),
        )


def _release(story: Story, item: Item) -> None:
    """Its author proposes it, the coordinator releases it; what is the coordinator's own needs no proposal."""
    if Release.objects.filter(item=item).exists():
        return
    if is_source(story.coordinator, item):
        release(by=story.coordinator, item=item)
        return
    proposed = propose_release(by=item.author, item=item, version=1)
    release_proposed(by=story.coordinator, request=proposed)


def _share(story: Story, row: Row) -> Item:
    text, author = text_of(row["key"]), story.people[row["author"]]
    made = papers.make(row["file"], text, title=row["title"], author=author.name, language=row["language"])
    document = share_document(
        **what_all_share(story, row),
        file=ContentFile(made, name=f"{row['key']}.{row['file']}"),
        kind=row["kind"],
        path=row.get("folder", ()),
        open_to_versions=row.get("open_to_versions", False),
        description=papers.first_words(text, LONGEST_DESCRIPTION),
        once=known_as("document", row["key"]),
    )
    if document.newest is not None:
        story.files.append(document.newest.blob.path)
    return document


def _publish(story: Story, row: Row) -> Item:
    return publish_sheet(
        **what_all_share(story, row),
        text=SheetText(**{name: row[name] for name in (*SHEET_CHOICES, *SHEET_TEXTS)}),
        prevention_levels=row["prevention_level"],
        target_groups=row["target_groups"],
        once=known_as("practice", row["key"]),
    )


def _announce(story: Story, row: Row) -> Item:
    start, end = story.moments.meeting(row)
    return announce(
        **what_all_share(story, row),
        starts_at=start,
        ends_at=end,
        workshop_kind=row["kind"],
        description=row["description"],
        time_zone=row["zone"],
        place=row["place"] or "",
        link=row["link"] or "",
        capacity=row["capacity"],
        once=known_as("workshop", row["key"]),
    )


def _tell_registrations(story: Story, row: Row) -> None:
    moments = story.moments
    start, _end = moments.meeting(row)
    opened = moments.before_now(moments.shared(row) + RELEASED_AFTER)
    for email, moment in zip(
        row["registrations"],
        moments.spread(opened, min(moments.ago(minutes=30), start), len(row["registrations"])),
        strict=True,
    ):
        story.timeline.add(moment, partial(_register, story, row["key"], email))


def _register(story: Story, workshop: str, email: str) -> None:
    register(by=story.people[email], workshop=cast(Workshop, story.items[f"workshop:{workshop}"]))
