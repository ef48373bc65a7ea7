"""A second gate, to prove the first by: the sentences of the design in plain loops over plain lists.

It is as slow and as literal as it can be, knows neither the database nor `network.permissions`, and quotes the sentence
that each function says. Where the two gates disagree, one of them has misread the sentence: read it again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Instant = int
LEVELS = ["view", "contribute", "moderate", "manage"]
LABELS = ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"]


# --- what a world is made of ----------------------------------------------------------------------


@dataclass(eq=False)
class Named:
    """Anything that is itself, whatever it holds, and goes by its name."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(eq=False)
class Partner(Named):
    status: str
    since: Instant
    until: Instant | None
    lead: bool = False


@dataclass(eq=False)
class Person(Named):
    active: bool = True


@dataclass(eq=False)
class Membership:
    person: Person
    partner: Partner
    representative: bool
    since: Instant
    until: Instant | None
    deputy_for: Person | None = None


@dataclass(eq=False)
class Room(Named):
    kind: str
    archived_at: Instant | None = None


@dataclass(eq=False)
class Grant:
    holder: Partner | Person
    level: str
    room: Room
    since: Instant
    until: Instant | None


@dataclass(eq=False)
class Sanction:
    person: Person
    kind: str
    room: Room
    since: Instant
    until: Instant
    lifted: bool = False
    # Of a thread alone, under the Chatham House Rule.
    item: Item | None = None


@dataclass(eq=False)
class Item(Named):
    room: Room
    author: Person
    partner: Partner | None
    label: str
    state: str
    named_partners: list[Partner] = field(default_factory=list)
    named_people: list[Person] = field(default_factory=list)
    co_authors: list[Person] = field(default_factory=list)
    reviewers: list[Person] = field(default_factory=list)
    parent: Item | None = None
    placed_in: list[Room] = field(default_factory=list)
    released: bool = False


@dataclass(eq=False)
class World:
    """Everything there is, at all times; `Reference` looks at it at one instant."""

    partners: list[Partner]
    people: list[Person]
    memberships: list[Membership]
    rooms: list[Room]
    grants: list[Grant]
    items: list[Item]
    sanctions: list[Sanction] = field(default_factory=list)
    second_factor_required: bool = False

    def __repr__(self) -> str:
        return "\n".join(["", *self._lines()])

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """How Hypothesis tells a world that fails: one line for each row."""
        printer.text(repr(self))

    def _lines(self) -> list[str]:
        def told(row: object) -> str:
            values = {
                name: [str(one) for one in value] if isinstance(value, list) else value
                for name, value in vars(row).items()
                if value is not None and value != []
            }
            return f"{type(row).__name__}({', '.join(f'{name}={value}' for name, value in values.items())})"

        rows = [*self.partners, *self.people, *self.memberships, *self.rooms, *self.grants, *self.items]
        rows += self.sanctions
        return [*map(told, rows), f"second factor required: {self.second_factor_required}"]


# --- the sentences --------------------------------------------------------------------------------


class Reference:
    """The answers at one instant. `person` is None for a stranger."""

    def __init__(self, world: World, now: Instant) -> None:
        self.world = world
        self.now = now

    def runs(self, since: Instant, until: Instant | None) -> bool:
        """“From an instant, until an instant (half-open)”."""
        return since <= self.now and (until is None or self.now < until)

    # People in the network

    def stands(self, partner: Partner) -> bool:
        """“A partner that is active or associated now”."""
        return partner.status in ("active", "associated") and self.runs(partner.since, partner.until)

    def current_memberships(self, person: Person) -> list[Membership]:
        found = []
        for membership in self.world.memberships:
            if membership.person is person and self.runs(membership.since, membership.until):
                found.append(membership)
        return found

    def effective_memberships(self, person: Person) -> list[Membership]:
        """“An active user with a current membership in a partner that is active or associated now”."""
        if not person.active:
            return []
        return [
            membership
            for membership in self.current_memberships(person)
            if self.stands(membership.partner) and self.rests_on_somebody(membership)
        ]

    def rests_on_somebody(self, membership: Membership) -> bool:
        """A deputy stands in for who may sign in."""
        return membership.deputy_for is None or membership.deputy_for.active

    def is_member(self, person: Person | None) -> bool:
        return person is not None and len(self.effective_memberships(person)) > 0

    def is_guest(self, person: Person | None) -> bool:
        """“Or, with no current membership, with a current, dated grant to a room that is not direct”."""
        if person is None or not person.active or self.current_memberships(person):
            return False
        for grant in self.world.grants:
            runs = grant.holder is person and self.runs(grant.since, grant.until)
            if runs and grant.until is not None and grant.room.kind != "direct":
                return True
        return False

    def is_present(self, person: Person | None) -> bool:
        """“In the network now … nobody else has any level anywhere”."""
        return self.is_member(person) or self.is_guest(person)

    def partners_of(self, person: Person | None) -> list[Partner]:
        """“Current partners of one's own”."""
        if person is None:
            return []
        return [membership.partner for membership in self.effective_memberships(person)]

    def knows(self, person: Person | None, other: Person) -> bool:
        """“Members see all people and partners; a guest those of their rooms; strangers … no people”."""
        if self.is_member(person):
            return True
        for room in self.world.rooms:
            if self.is_guest(person) and self.has(person, "view", room) and self.has(other, "view", room):
                return True
        return False

    def knows_of(self, person: Person | None, partner: Partner) -> bool:
        """“Strangers active and associated partners”, and so do those whose time has ended."""
        if not self.is_present(person):
            return self.stands(partner)
        if self.is_member(person):
            return True
        known = [other for other in self.world.people if self.knows(person, other)]
        return any(own is partner for other in known for own in self.partners_of(other))

    # Levels in rooms

    def grants_of_partner(self, partner: Partner, room: Room) -> list[str]:
        found = []
        for grant in self.world.grants:
            if grant.holder is partner and grant.room is room and self.runs(grant.since, grant.until):
                found.append(grant.level)
        return found

    def levels_through(self, membership: Membership, room: Room) -> list[str]:
        """“Granted to a partner (all its current members; of the lead, only its representatives)”."""
        if membership.partner.lead and not membership.representative:
            return []
        return self.grants_of_partner(membership.partner, room)

    def own_levels(self, person: Person, room: Room) -> list[str]:
        """“Levels come from one's own current grants”, of whoever is in the network now."""
        if not self.is_present(person):
            return []
        found = []
        for grant in self.world.grants:
            if grant.holder is person and grant.room is room and self.runs(grant.since, grant.until):
                found.append(grant.level)
        return found

    def includes(self, held: list[str], level: str) -> bool:
        """“Four levels, each including the ones before”."""
        return any(LEVELS.index(one) >= LEVELS.index(level) for one in held)

    def is_archived(self, room: Room) -> bool:
        return room.archived_at is not None and room.archived_at <= self.now

    def sanctions_of(self, person: Person, room: Room) -> list[str]:
        """“Both end by themselves; both can be lifted early”; “the sanction is of that thread alone”."""
        found = []
        for sanction in self.world.sanctions:
            here = sanction.person is person and sanction.room is room and sanction.item is None
            if here and not sanction.lifted and self.runs(sanction.since, sanction.until):
                found.append(sanction.kind)
        return found

    def has(self, person: Person | None, level: str, room: Room) -> bool:
        if person is None:
            return False
        if "suspension" in self.sanctions_of(person, room):
            # “In that room the person has no level at all until then”.
            return False
        if "mute" in self.sanctions_of(person, room) and level != "view":
            # “In that room the person reads but writes nothing until then”.
            return False
        if level == "contribute" and self.is_archived(room):
            # “In an archived room nobody has `contribute`”.
            return False
        if self.includes(self.own_levels(person, room), level):
            return True
        for membership in self.effective_memberships(person):
            if self.includes(self.levels_through(membership, room), level):
                return True
        # “Network (every member of the network views it)”.
        return level == "view" and room.kind == "network" and self.is_member(person)

    def highest(self, person: Person | None, room: Room) -> str | None:
        for level in reversed(LEVELS):
            if self.has(person, level, room):
                return level
        return None

    def acts_for(self, person: Person | None, room: Room) -> list[Partner]:
        """“Only for a partner of one's own that gives `contribute` here, or, writing by an own grant, for any”."""
        if person is None or self.is_archived(room) or self.sanctions_of(person, room):
            return []
        found = []
        for membership in self.effective_memberships(person):
            by_partner = self.includes(self.levels_through(membership, room), "contribute")
            by_own_grant = self.includes(self.own_levels(person, room), "contribute")
            if by_partner or by_own_grant:
                found.append(membership.partner)
        return found

    def is_managed(self, room: Room) -> bool:
        return any(self.has(person, "manage", room) for person in self.world.people)

    def is_listed(self, person: Person | None, room: Room) -> bool:
        """“Restricted: members, not guests, see name and purpose”; “where the last manager ends … coordinators see
        the room's name”; a direct room has no manager and shows itself to nobody else."""
        if self.has(person, "view", room):
            return True
        if room.kind == "restricted" and self.is_member(person):
            return True
        return room.kind != "direct" and not self.is_managed(room) and self.coordinates(person)

    # Partners and the network

    def represents(self, person: Person | None, partner: Partner) -> bool:
        if person is None:
            return False
        for membership in self.effective_memberships(person):
            if membership.partner is partner and membership.representative:
                return True
        return False

    def coordinates(self, person: Person | None) -> bool:
        """“One partner is the lead; its representatives are the coordinators”."""
        return any(partner.lead and self.represents(person, partner) for partner in self.world.partners)

    # Items

    def label_of(self, item: Item) -> str:
        """“The tighter of the item's and its parent's”, for assurance and passing on."""
        labels = [item.label] if item.parent is None else [item.label, item.parent.label]
        return max(labels, key=LABELS.index)

    def is_placed(self, person: Person, item: Item) -> bool:
        """1. “Its home room, or one it was passed on to; … counts only while the label is GREEN or CLEAR”."""
        if self.has(person, "view", item.room):
            return True
        if self.label_of(item) not in ("GREEN", "CLEAR"):
            return False
        return any(self.has(person, "view", room) for room in item.placed_in)

    def label_lets(self, person: Person, item: Item) -> bool:
        """2. By the item's own label."""
        if item.label in ("CLEAR", "GREEN", "AMBER"):
            return True
        if item.label == "RED":
            # “The people it names, and its author”.
            return person is item.author or any(named is person for named in item.named_people)
        # "Whoever views the room through the grant, or the network-kind view, of a partner that it names (its own
        # partner always): the membership that opens the room must be the one named; an own grant never counts".
        for membership in self.effective_memberships(person):
            named = [*item.named_partners, item.partner]
            opens = self.includes(self.levels_through(membership, item.room), "view") or item.room.kind == "network"
            if opens and any(membership.partner is partner for partner in named):
                return True
        return False

    def state_lets(self, person: Person, item: Item) -> bool:
        """3, but for drafts: “held → author and the home room's moderators; removed → its author and those”."""
        if item.state in ("published", "archived"):
            return True
        return person is item.author or self.has(person, "moderate", item.room)

    def sees_draft(self, person: Person, item: Item) -> bool:
        """3. “Draft → author, co-authors and the reviewers it was submitted to (each with `view` of the home room; the
        label need not name them)”."""
        writers = [item.author, *item.co_authors, *item.reviewers]
        return any(person is one for one in writers) and self.has(person, "view", item.room)

    def sees_inside(self, person: Person | None, item: Item, *, assured: bool) -> bool:
        """1 to 4, other than by the item's own release."""
        if person is None:
            return False
        if self.world.second_factor_required and not assured and self.label_of(item) in ("AMBER+STRICT", "RED"):
            # “STRICT and RED need a session with a second factor”.
            return False
        if item.state == "draft":
            lets = self.sees_draft(person, item)
        else:
            lets = self.is_placed(person, item) and self.label_lets(person, item) and self.state_lets(person, item)
        # 4. “Where it has a parent, they see the parent”.
        return lets and (item.parent is None or self.sees(person, item.parent, assured=assured))

    def is_public(self, item: Item) -> bool:
        """“It is CLEAR, published and released to the public site, and so is its parent if any”."""
        itself = item.label == "CLEAR" and item.state == "published" and item.released
        return itself and (item.parent is None or self.is_public(item.parent))

    def sees(self, person: Person | None, item: Item, *, assured: bool) -> bool:
        return self.sees_inside(person, item, assured=assured) or self.is_public(item)
