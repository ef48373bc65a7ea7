"""Who has read what was to be read, as pages say it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from exchange.actions.reading import open_request
from exchange.models import Confirmation, Document, FirstOpening, ReadRequest
from network.models.people import Membership, User
from network.permissions import audience


@dataclass(frozen=True)
class Reader:
    """One person who is asked: what they said, and when they first opened it."""

    person: User
    said: Confirmation | None
    opened: FirstOpening | None
    done: bool


@dataclass
class Readers:
    """The people of one partner (or the guests) who see the document now, those who have not confirmed it last."""

    name: str
    people: list[Reader] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many they are."""
        return len(self.people)

    @property
    def done(self) -> int:
        """How many of them have confirmed that they have read what is to be read."""
        return sum(one.done for one in self.people)

    @property
    def opened(self) -> int:
        """How many of them have opened it, or say that they have read it."""
        return sum(one.done or one.opened is not None for one in self.people)


def readers_of(document: Document, request: ReadRequest) -> list[Readers]:
    """Those who see the document now, by partner, without who asked; whoever confirmed and lost it is not named.

    Somebody of two partners stands with each. Four queries.
    """
    said = {one.user_id: one for one in request.confirmations.all()}
    opened = {one.user_id: one for one in request.first_openings.all()}
    people = {
        person.pk: Reader(person, said.get(person.pk), opened.get(person.pk), _has_read(said.get(person.pk), request))
        for person in audience(document).exclude(pk=request.by_id)
    }
    groups: dict[str, Readers] = {}
    placed: set[int] = set()
    rows = Membership.objects.effective().filter(user__in=people).values_list("partner__short_name", "user").distinct()
    for name, key in sorted(rows):
        groups.setdefault(name, Readers(name)).people.append(people[key])
        placed.add(key)
    guests = Readers(_("Guests"), [one for key, one in people.items() if key not in placed])
    found = [*groups.values(), *([guests] if guests.count else [])]
    for group in found:
        group.people.sort(key=lambda one: (not one.done, one.opened is None, one.person.name))
    return found


def _has_read(said: Confirmation | None, request: ReadRequest) -> bool:
    return said is not None and said.version >= request.version


def reading_context(user: User, document: Document) -> dict[str, Any]:
    """What the page of a document says of this: to whom it is asked, and to who asked. Two queries at most."""
    asked = open_request(document)
    if asked is None:
        return {"asked": None, "read": None}
    read = asked.confirmations.filter(user=user).first()
    return {"asked": asked, "read": read, "has_read": _has_read(read, asked)}
