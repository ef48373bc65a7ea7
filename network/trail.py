"""Entries of the audit trail in words, for one reader: who did what to what, where, until when.

`AuditEntry.objects.visible_to` says which entries somebody may know of. Here it is asked what they may
read of each: the room is named to who views it (or, in one's own entries, knows of it); what the entry
is about, and its detail, to who sees that thing, in a room that is named. Everything is looked up for
a whole page at once.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from network.audit import NETWORK_KIND, VERBS
from network.models.items import Item, Participant, UnnamedModerator
from network.models.people import User
from network.models.records import AuditDetail, AuditEntry
from network.models.rooms import Room
from network.parts import PARTS
from network.permissions import partners_seen_by, people_seen_by
from network.trail_words import detail_words, until_words


@dataclass(frozen=True)
class Name:
    """What somebody or something is called, and where one opens it; no address where there is none."""

    words: str
    url: str = ""

    def __html__(self) -> SafeString:
        """As a link, for templates and `format_html`."""
        return format_html('<a href="{}">{}</a>' if self.url else "{1}", self.url, self.words)

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True)
class Target:
    """A kind of thing that entries are about, as its owner told it: who sees which, and what they are called."""

    visible: Callable[[Any], QuerySet]
    name: Callable[[Any], str]


TARGETS: dict[str, Target] = {}


def register_target(kind: str, *, visible: Callable[[Any], QuerySet], name: Callable[[Any], str]) -> None:
    """From the AppConfig of whoever owns the model called `kind`; rooms, people, partners, items and parts are known.

    `visible(user)`: the rows that this person may see, each with a `uid`. What nobody registers is never named.
    """
    TARGETS[kind] = Target(visible, name)


@dataclass(frozen=True)
class Told:
    """One entry as one reader may read it; what they may not know is None, or left out."""

    row: AuditEntry
    by: Name
    partner: Name | None
    room: Name | None
    target: Name | None
    details: list[tuple[str, str]]
    until: str

    @property
    def sentence(self) -> SafeString:
        """ "Clara Moreau granted a level in the room Families, to Liège, until 30 June", with links."""
        return self._compose(lambda words, **names: format_html(str(words), **names))

    @property
    def text(self) -> str:
        """The sentence without links."""
        return self._compose(lambda words, **names: str(words).format(**{key: str(one) for key, one in names.items()}))

    def _compose(self, join: Callable[..., Any]) -> Any:
        verb = VERBS.get(self.row.verb)
        if verb is None:
            return join(_("{by} did something that is not known here any more"), by=self.by)
        done, target, room = join("{done}", done=verb.sentence), self.target, self.room
        if verb.telling is not None and "{room}" in str(verb.telling) and room is not None:
            done = join(verb.telling, target=target or _something(self.row.target_kind), room=room)
            room = None
        elif verb.telling is not None and "{room}" not in str(verb.telling) and target is not None:
            done = join(verb.telling, target=target)
        elif target is not None and self.row.target != self.row.actor:
            done = join(_("{done}: {target}"), done=done, target=target)
        if room is not None and self.row.target != self.row.room:
            done = join(_("{done}, in the room {room}"), done=done, room=room)
        if self.until:
            done = join(_("{done}, until {day}"), done=done, day=self.until)
        return join(_("{by} {done}"), by=self.by, done=done)


@dataclass
class Lookup:
    """What the reader may know of all that some entries name. A constant number of queries."""

    reader: User
    rows: Collection[AuditEntry]
    people: dict[uuid.UUID, User] = field(default_factory=dict)
    numbers: dict[uuid.UUID, Participant] = field(default_factory=dict)
    # Who moderates under the Chatham House Rule: the key of the person, for themselves alone.
    moderating: dict[uuid.UUID, int] = field(default_factory=dict)
    partners: dict[uuid.UUID, Name] = field(default_factory=dict)
    viewed: dict[uuid.UUID, Name] = field(default_factory=dict)
    listed: dict[uuid.UUID, Name] = field(default_factory=dict)
    things: dict[uuid.UUID, Name] = field(default_factory=dict)
    details: dict[int, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        reader, rows = self.reader, self.rows
        self.details = {
            row.entry: row.data for row in AuditDetail.objects.filter(entry__in=[entry.pk for entry in rows])
        }
        actors, targets = {row.actor for row in rows if row.actor}, {row.target for row in rows}
        meant = {uid for data in self.details.values() if (uid := _uid(data.get("person")))}
        known = people_seen_by(reader) | User.objects.filter(pk=reader.pk)
        self.people = {one.uid: one for one in known.filter(uid__in=actors | targets | meant)}
        self.numbers = {one.uid: one for one in Participant.objects.filter(uid__in=actors)}
        self.moderating = dict(UnnamedModerator.objects.filter(uid__in=actors).values_list("uid", "user"))
        wanted = targets | {row.partner for row in rows if row.partner}
        self.partners = {
            one.uid: Name(one.short_name or one.name, one.get_absolute_url())
            for one in partners_seen_by(reader).filter(uid__in=wanted)
        }
        rooms = {row.room for row in rows if row.room} | targets
        self.viewed = _named_rooms(Room.objects.visible_to(reader).filter(uid__in=rooms))
        self.listed = _named_rooms(Room.objects.listed_to(reader).filter(uid__in=rooms).exclude(kind="direct"))
        self._find_things(targets)

    def _find_things(self, targets: set[uuid.UUID]) -> None:
        # What one sees only by its release names neither room nor people, so it is not seen here.
        for item in Item.objects.seen_inside_by(self.reader).filter(uid__in=targets):
            self.things[item.uid] = Name(_("“{title}”").format(title=item.title), item.get_absolute_url())
        for part in PARTS.values():
            rows = part.visible(self.reader)
            # Entries name what they are about by its identifier; some parts stand only in notices, and have none.
            if not hasattr(rows.model, "uid"):
                continue
            ids = dict(rows.filter(uid__in=targets).values_list("pk", "uid"))
            for pk, words in part.show(self.reader, ids).items():
                title = words.get("title")
                name = _("“{title}”").format(title=title) if title else str(rows.model._meta.verbose_name)
                self.things[ids[pk]] = Name(name, words["url"])
        for kind, target in TARGETS.items():
            uids = {row.target for row in self.rows if row.target_kind == kind}
            for one in target.visible(self.reader).filter(uid__in=uids):
                self.things[one.uid] = Name(target.name(one))

    def by(self, row: AuditEntry) -> Name:
        """Who did it; under the Chatham House Rule a number or “a moderator”, for moderators and coordinators too."""
        if row.actor is None:
            return Name(_("The network"))
        number = self.numbers.get(row.actor)
        if number is not None:
            words = _("Participant {number} (you)") if number.user_id == self.reader.pk else _("Participant {number}")
            return Name(words.format(number=number.number))
        if row.actor in self.moderating:
            own = self.moderating[row.actor] == self.reader.pk
            return Name(_("A moderator (you)") if own else _("A moderator"))
        person = self.people.get(row.actor)
        return Name(person.name, person.get_absolute_url()) if person else Name(_("Somebody"))

    def is_own(self, row: AuditEntry) -> bool:
        """The reader did it, or it was done to them."""
        if self.reader.uid in (row.actor, row.target):
            return True
        number = self.numbers.get(row.actor) if row.actor else None
        unnamed = number.user_id if number is not None else self.moderating.get(row.actor) if row.actor else None
        return unnamed == self.reader.pk

    def room(self, row: AuditEntry) -> Name | None:
        """The room, where the reader may have it named."""
        if row.room is None:
            return None
        return self.viewed.get(row.room) or (self.listed.get(row.room) if self.is_own(row) else None)

    def target(self, row: AuditEntry) -> Name | None:
        """What it is about, where the reader sees that and the room, if any, is named."""
        if row.room is not None and self.room(row) is None:
            return None
        if row.target_kind == "user":
            person = self.people.get(row.target)
            return Name(person.name, person.get_absolute_url()) if person else None
        if row.target_kind == "partner":
            return self.partners.get(row.target)
        if row.target_kind == "room":
            return self.viewed.get(row.target) or (self.listed.get(row.target) if self.is_own(row) else None)
        return self.things.get(row.target)

    def tell(self, row: AuditEntry) -> Told:
        """One entry, as far as the reader may read it."""
        target = self.target(row)
        of_the_network = row.target_kind == NETWORK_KIND and row.room is None
        data = self.details.get(row.pk, {}) if target is not None or of_the_network else {}
        return Told(
            row=row,
            by=self.by(row),
            partner=self.partners.get(row.partner) if row.partner else None,
            room=self.room(row),
            target=target,
            details=detail_words(data, self.people),
            until=until_words(data),
        )


def _something(kind: str) -> str:
    """The word for what the reader may not have named."""
    return {"user": _("somebody"), "partner": _("a partner")}.get(kind, _("something"))


def tell(reader: User, rows: Iterable[AuditEntry]) -> list[Told]:
    """Entries that were fetched by `visible_to(reader)`, in words. A constant number of queries."""
    lookup = Lookup(reader, list(rows))
    return [lookup.tell(row) for row in lookup.rows]


def _named_rooms(rooms: Iterable[Room]) -> dict[uuid.UUID, Name]:
    return {room.uid: Name(room.name, room.get_absolute_url()) for room in rooms}


def _uid(value: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return None
