"""The demo network read from its files, with the few rules of the gate that its content must keep."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "config" / "demo"
LEVELS = ["view", "contribute", "moderate", "manage"]
LABELS = ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"]
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Row = dict[str, Any]


def read(name: str) -> Any:
    """The content of one file of the demo; the themes are those that any network is offered at its founding."""
    folder = FOLDER.parent if name == "themes" else FOLDER
    return json.loads((folder / f"{name}.json").read_text("utf-8"))


def at(day: str) -> datetime:
    """Noon of a day that is written as YYYY-MM-DD."""
    return datetime.combine(date.fromisoformat(day), time(12), UTC)


@dataclass
class Demo:
    """Everything that the files hold, as it stands at one moment."""

    now: datetime
    partners: dict[str, Row] = field(default_factory=lambda: {p["slug"]: p for p in read("partners")})
    people: dict[str, Row] = field(default_factory=lambda: {p["email"]: p for p in read("people")})
    rooms: dict[str, Row] = field(default_factory=lambda: {r["key"]: r for r in read("rooms")})
    documents: list[Row] = field(default_factory=lambda: read("documents"))
    practices: list[Row] = field(default_factory=lambda: read("practices"))
    workshops: list[Row] = field(default_factory=lambda: read("workshops"))
    discussions: list[Row] = field(default_factory=lambda: read("discussions"))
    chats: list[Row] = field(default_factory=lambda: read("chat"))

    @property
    def items(self) -> list[Row]:
        """All that becomes an Item."""
        return [*self.documents, *self.practices, *self.workshops, *self.discussions]

    def find(self, reference: str) -> Row:
        """What `document:KEY`, `practice:KEY` or `workshop:KEY` refers to."""
        kind, _, key = reference.partition(":")
        rows = {"document": self.documents, "practice": self.practices, "workshop": self.workshops}[kind]
        return next(row for row in rows if row["key"] == key)

    def moment(self, row: Row) -> datetime:
        """When an item was shared or a post or message written."""
        if "posts" in row:
            return self.moment(row["posts"][0])
        for unit in ("days", "hours", "minutes"):
            ago = row.get(f"{unit}_ago", row.get(f"announced_{unit}_ago"))
            if ago is not None:
                return self.now - timedelta(**{unit: ago})
        return at(row.get("on") or row["announced_on"])

    def starts(self, workshop: Row) -> date:
        """The day on which a workshop begins."""
        if "starts_on" in workshop:
            return date.fromisoformat(workshop["starts_on"])
        monday = self.now.date() - timedelta(days=self.now.weekday())
        return monday + timedelta(weeks=workshop["weeks_ahead"], days=WEEKDAYS.index(workshop["weekday"]))

    # --- the gate, as far as the content needs it -------------------------------------------------

    def standing_partner(self, person: Row, when: datetime) -> str | None:
        """The partner for which a person is a member at that moment."""
        if person["partner"] is None:
            return None
        partner = self.partners[person["partner"]]
        spans = [(partner["since"], partner["until"]), (person["since"], person["until"])]
        current = all(at(since) <= when + timedelta(hours=12) for since, _ in spans) and all(
            until is None or when < at(until) for _, until in spans
        )
        return partner["slug"] if current and partner["status"] in {"active", "associated", "left"} else None

    def own_level(self, person: Row, room: Row, when: datetime) -> int:
        """What the person's own grant to the room gives, as a place in LEVELS; -1 for nothing."""
        for grant in room["people"]:
            days = grant["until_in_days"]
            if grant["person"] == person["email"] and (days is None or when < self.now + timedelta(days=days)):
                return LEVELS.index(grant["level"])
        return -1

    def partner_level(self, slug: str, room: Row) -> int:
        """What a partner's grant to the room gives, as a place in LEVELS; -1 for nothing."""
        found = [LEVELS.index(level) for level, slugs in room["partners"].items() if slug in slugs]
        if room["all_partners"] and self.partners[slug]["status"] in {"active", "associated"}:
            found.append(LEVELS.index(room["all_partners"]))
        return max(found, default=-1)

    def level(self, email: str, room_key: str, when: datetime) -> int:
        """The person's level in the room at that moment, as a place in LEVELS; -1 for none."""
        person, room = self.people[email], self.rooms[room_key]
        partner = self.standing_partner(person, when)
        if partner is None and not any(
            self.own_level(person, other, when) >= 0 for other in self.rooms.values() if other["kind"] != "direct"
        ):
            return -1
        best = self.own_level(person, room, when)
        if partner is not None:
            best = max(best, self.level_through(partner, person, room))
        archived = room["archived_on"] is not None and at(room["archived_on"]) <= when
        return min(best, 0) if archived else best

    def level_through(self, partner: str, person: Row, room: Row) -> int:
        """What the membership in that partner gives: its grant, and the view of a network room."""
        carries = not self.partners[partner]["lead"] or person["role"] == "representative"
        best = self.partner_level(partner, room) if carries else -1
        return max(best, 0) if room["kind"] == "network" else best

    def may(self, level: str, email: str, room_key: str, when: datetime) -> bool:
        """Whether the person has that level there and then."""
        return self.level(email, room_key, when) >= LEVELS.index(level)

    def sees(self, email: str, item: Row, when: datetime) -> bool:
        """Whether room and label of a published item let the person see it."""
        if email == item["author"]:
            return self.may("view", email, item["room"], when)
        if not self.may("view", email, item["room"], when):
            return False
        if item["tlp"] == "AMBER+STRICT":
            person, room = self.people[email], self.rooms[item["room"]]
            partner = self.standing_partner(person, when)
            own = self.people[item["author"]]["partner"]
            named = partner is not None and partner in {*item["named_partners"], own}
            return named and self.level_through(str(partner), person, room) >= 0
        return item["tlp"] != "RED" or email in item["named_people"]
