"""Who has read what was to be read, as pages say it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from exchange.actions.reading import open_request
from exchange.models import Confirmation, Document, ReadRequest
from network.models.people import Membership, User
from network.permissions import audience


@dataclass
class Readers:
    """The people of one partner (or the guests) who see the document now: who confirmed it, and who has not."""

    name: str
    done: list[tuple[User, Confirmation]] = field(default_factory=list)
    waiting: list[tuple[User, Confirmation | None]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many they are."""
        return len(self.done) + len(self.waiting)


def readers_of(document: Document, request: ReadRequest) -> list[Readers]:
    """Those who see the document now, by partner, without who asked; whoever confirmed and lost it is not named.

    Somebody of two partners stands with each. Three queries.
    """
    said = {one.user_id: one for one in request.confirmations.all()}
    people = {one.pk: one for one in audience(document).exclude(pk=request.by_id).order_by("name")}
    groups: dict[str, Readers] = {}
    placed: set[int] = set()
    rows = Membership.objects.effective().filter(user__in=people).values_list("partner__short_name", "user").distinct()
    for name, key in sorted(rows, key=lambda row: (row[0], people[row[1]].name)):
        _place(groups.setdefault(name, Readers(name)), people[key], said.get(key), request)
        placed.add(key)
    guests = Readers(_("Guests"))
    for key, person in people.items():
        if key not in placed:
            _place(guests, person, said.get(key), request)
    return [*groups.values(), *([guests] if guests.count else [])]


def _place(group: Readers, person: User, said: Confirmation | None, request: ReadRequest) -> None:
    if said is not None and said.version >= request.version:
        group.done.append((person, said))
    else:
        group.waiting.append((person, said))


def reading_context(user: User, document: Document) -> dict[str, Any]:
    """What the page of a document says of this: to whom it is asked, and to who asked. Two queries at most."""
    asked = open_request(document)
    if asked is None:
        return {"asked": None, "read": None}
    read = asked.confirmations.filter(user=user).first()
    return {"asked": asked, "read": read, "has_read": read is not None and read.version >= asked.version}
