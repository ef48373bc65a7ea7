"""Rooms are opened, and partners and people get their places in them."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from config.demo.content import Row
from config.demo.story import Story
from forums.actions.rules import add_rule
from forums.actions.saved import save_decision
from network.actions.joining import ask_to_join
from network.actions.rooms import archive_room, grant, open_direct_room, open_room
from network.labels import Label
from network.models.people import Partner, User
from network.permissions import Level

A_MINUTE = timedelta(minutes=1)
# Guests come for a while; their first place is older than whatever they say.
GUESTS_CAME = 120  # days ago
STANDING = (Partner.Status.ACTIVE, Partner.Status.ASSOCIATED)


def tell_rooms(story: Story) -> None:
    """Everything that is done with rooms."""
    for row in story.content.rooms:
        opened = _opened(story, row)
        if row["kind"] == "direct":
            story.timeline.add(opened, partial(_open_direct, story, row))
            continue
        story.timeline.add(opened, partial(_open, story, row))
        for slug, level in _partner_levels(story, row).items():
            partner = story.partners[slug]
            _tell_grant(story, row, partner, level, max(opened, partner.status_since))
        for place in row["people"]:
            _tell_place(story, row, place, opened)
        for asked in row["requests"]:
            story.timeline.add(story.moments.ago(days=asked["days_ago"]), partial(_ask, story, row, asked))
        if row["archived_on"]:
            story.timeline.add(story.moments.day(row["archived_on"], 20), partial(_archive, story, row))


def _opened(story: Story, row: Row) -> datetime:
    """In the morning of its day, and in any case a day before the first thing in it."""
    moments, content = story.moments, story.content
    first = [moments.day(row["opened_on"], 7)]
    for items in (content.documents, content.practices, content.workshops, content.discussions):
        first += [moments.shared(item) - timedelta(days=1) for item in items if _written(item, row)]
    for chat in content.chat:
        if chat["room"] == row["key"]:
            first.append(moments.ago(days=1, minutes=chat["messages"][0]["minutes_ago"]))
    return min(first)


def _written(item: Row, room: Row) -> bool:
    return item["room"] == room["key"] and not (item.get("on") or item.get("announced_on"))


def _open(story: Story, row: Row) -> None:
    story.rooms[row["key"]] = open_room(
        by=story.people[row["opened_by"]],
        name=row["name"],
        kind=row["kind"],
        purpose=row["purpose"],
        slug=row["slug"] or "",
        phase=story.phases[row["phase"]] if row["phase"] else None,
        moderation=row["moderation"],
        work=row["work"],
        languages=row["languages"],
        default_tlp=Label.from_word(row["default_tlp"]),
    )
    for rule in row.get("rules", ()):
        add_rule(by=story.people[row["opened_by"]], room=story.rooms[row["key"]], **rule)
    for saved in row.get("saved_decisions", ()):
        save_decision(by=story.people[row["opened_by"]], room=story.rooms[row["key"]], **saved)


def _open_direct(story: Story, row: Row) -> None:
    story.rooms[row["key"]] = open_direct_room(
        by=story.people[row["opened_by"]],
        people=[story.people[place["person"]] for place in row["people"]],
        name=row["name"],
    )


def _ask(story: Story, row: Row, asked: Row) -> None:
    ask_to_join(
        by=story.people[asked["person"]],
        room=story.rooms[row["key"]],
        note=asked["note"],
        partner=story.partners[asked["partner"]] if asked["partner"] else None,
    )


def _archive(story: Story, row: Row) -> None:
    archive_room(by=story.coordinator, room=story.rooms[row["key"]])


def _partner_levels(story: Story, row: Row) -> dict[str, str]:
    """The level of each partner by slug; the lead's comes with opening."""
    levels = {}
    if row["all_partners"]:
        levels = {p["slug"]: row["all_partners"] for p in story.content.partners if p["status"] in STANDING}
    levels |= {slug: level for level, slugs in row["partners"].items() for slug in slugs}
    return {slug: level for slug, level in levels.items() if not story.partners[slug].is_lead}


def _tell_place(story: Story, row: Row, place: Row, opened: datetime) -> None:
    person = story.people[place["person"]]
    about = next(one for one in story.content.people if one["email"] == person.email)
    came = story.moments.day(about["since"], 0) if about["since"] else story.moments.ago(days=GUESTS_CAME)
    days = place["until_in_days"]
    until = story.moments.now + timedelta(days=days) if days else None
    _tell_grant(story, row, person, place["level"], max(opened, came), until)


def _tell_grant(
    story: Story, row: Row, holder: Partner | User, level: str, since: datetime, until: datetime | None = None
) -> None:
    story.timeline.add(
        since + A_MINUTE,
        lambda: grant(
            by=story.coordinator,
            room=story.rooms[row["key"]],
            holder=holder,
            level=Level[level.upper()],
            until=until,
        ),
    )
