"""Whom a text mentions: people by a link to them, and under the Chatham House Rule participants by their number.

Read from the cleaned HTML, so that nothing is a mention that does not stand on the page as one; what is quoted
mentions nobody anew. Whom somebody may mention follows from whom they may see, and from who reads it as far as they
can tell: a room that they do not view keeps its people to itself.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import QuerySet, Value
from django.db.models.functions import Concat

from forums.models.threads import Post, Thread
from network.labels import Label
from network.models.items import Item, Participant, State
from network.models.people import Membership, User
from network.models.rooms import Room
from network.permissions import Level, Reach, audience, audience_of, people_seen_by, who_may

MOST_MENTIONED = 50  # in one post; whoever writes to more makes an announcement
MOST_OFFERED = 8
# One of them stands in every text that mentions anybody.
SIGNS = ("/people/", "@Participant ")
PERSON = re.compile(r"/people/([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})/?")
PARTICIPANT = re.compile(r"@Participant (\d{1,4})\b")


@dataclass(frozen=True)
class Mentioned:
    """Whom a text mentions: those who are told, those whom it does not reach, and the numbers of participants."""

    told: list[User] = field(default_factory=list)
    unreached: list[User] = field(default_factory=list)
    participants: list[Participant] = field(default_factory=list)

    @property
    def people(self) -> set[int]:
        """The keys of all who are to hear of it."""
        return {one.pk for one in self.told} | {one.user_id for one in self.participants}


class _Reader(HTMLParser):
    """Collects links to people, and the words, outside of quotations and of code."""

    def __init__(self) -> None:
        super().__init__()
        self.quoted = 0
        self.people: list[uuid.UUID] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("blockquote", "pre", "code"):
            self.quoted += 1
        elif tag == "a" and not self.quoted:
            person = _person_at(dict(attrs).get("href") or "")
            if person is not None and person not in self.people and len(self.people) < MOST_MENTIONED:
                self.people.append(person)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("blockquote", "pre", "code"):
            self.quoted -= 1

    def handle_data(self, data: str) -> None:
        if not self.quoted:
            self.words.append(data)


def _person_at(address: str) -> uuid.UUID | None:
    """The key in an address of a person of this network; None for any other address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    here = urlsplit(settings.LIAISE_URL)
    if (parts.scheme or parts.netloc) and (parts.scheme, parts.netloc) != (here.scheme, here.netloc):
        return None
    found = PERSON.fullmatch(parts.path)
    return uuid.UUID(found[1]) if found else None


def read(html: str) -> tuple[list[uuid.UUID], list[int]]:
    """The people whom cleaned HTML links to, and the numbers of participants in it, each once."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    numbers = dict.fromkeys(int(number) for number in PARTICIPANT.findall("".join(reader.words)))
    return reader.people, list(numbers)[:MOST_MENTIONED]


def mentioned(by: User, html: str, reach: Reach, *, thread: Item | None, chatham: bool) -> Mentioned:
    """Whom these words of `by` mention, of those whom they may see. No query without a mention.

    `thread` is the discussion whose numbers count; None where it is not begun.
    """
    keys, numbers = read(html)
    told, unreached, participants = [], [], []
    if keys:
        people = list(people_seen_by(by).filter(uid__in=keys, closed_at=None).exclude(pk=by.pk).order_by("name", "pk"))
        reached = set(audience_of(reach).filter(pk__in=[one.pk for one in people]).values_list("pk", flat=True))
        told = [one for one in people if one.pk in reached]
        unreached = [one for one in people if one.pk not in reached]
    if chatham and numbers and thread is not None:
        rows = Participant.objects.filter(item=thread.pk, number__in=numbers).exclude(user=by.pk)
        participants = list(rows.filter(user__in=_who_stands_in(thread)).order_by("number"))
    return Mentioned(told, unreached, participants)


def mentioned_under_rule(html: str, thread: Thread, author: User) -> set[int]:
    """The keys of whom words under the Chatham House Rule mention: of all who read them, whoever wrote them.

    Whom their author may see is not asked, since who hears of it, and who does not, would tell who wrote.
    """
    keys, numbers = read(html)
    people = set(audience(thread).filter(uid__in=keys, closed_at=None).values_list("pk", flat=True)) if keys else set()
    if numbers:
        rows = Participant.objects.filter(item=thread.pk, number__in=numbers, user__in=_who_stands_in(thread))
        people |= set(rows.values_list("user", flat=True))
    return people - {author.pk}


def reach_of(by: User, thread: Thread) -> Reach:
    """Who reads a discussion once it stands, as far as `by` can tell: by the rooms that they view themselves."""
    elsewhere = thread.effective_label <= Label.GREEN
    placed_in = list(Room.objects.visible_to(by).filter(placements__item=thread)) if elsewhere else []
    return Reach(
        home=thread.room,
        label=thread.label,
        author=thread.author,
        partner=thread.partner,
        placed_in=placed_in,
        named_partners=list(thread.named_partners.all()) if thread.tlp == Label.AMBER_STRICT else (),
        named_people=list(thread.named_people.all()) if thread.tlp == Label.RED else (),
        parent=thread.parent,
    )


def reach_of_comment(by: User, item: Item, room: Room) -> Reach:
    """The same of comments on an item that nobody has begun in this room."""
    return Reach(home=room, label=min(item.label, Label.AMBER), author=by, parent=item)


def hides_readers(reach: Reach, *, chatham: bool) -> bool:
    """Whether nothing may tell who reads it: under the Chatham House Rule, where a label admits only some."""
    above = Label(reach.parent.tlp) if reach.parent else Label.CLEAR
    return chatham and max(reach.label, above) > Label.AMBER


def offer(by: User, words: str, reach: Reach, *, thread: Item | None, chatham: bool) -> list[dict[str, str]]:
    """Whom somebody who writes may mention, by how a name or a part of it begins, however accented; eight at most.

    Three queries and those of the gate. Under the Chatham House Rule first the numbers that stand on the page.
    """
    offered: list[dict[str, str]] = []
    wanted = " ".join(words.split())[:80]
    if chatham and thread is not None:
        rows = Participant.objects.filter(item=thread.pk, user__in=_who_stands_in(thread)).exclude(user=by.pk)
        names = [f"Participant {number}" for number in rows.order_by("number").values_list("number", flat=True)]
        chosen = [name for name in names if wanted.casefold() in name.casefold()][:MOST_OFFERED]
        offered = [{"name": name, "partner": "", "text": f"@{name}", "url": ""} for name in chosen]
    # Where nobody may learn who reads it, those are offered who have a place in the room; everybody sees them there.
    there = who_may(Level.VIEW, reach.home) if hides_readers(reach, chatham=chatham) else audience_of(reach)
    people = there.filter(pk__in=people_seen_by(by).values("pk"), closed_at=None).exclude(pk=by.pk)
    if wanted:
        people = people.annotate(parts=Concat(Value(" "), "name")).filter(parts__holds=f" {wanted}")
    found = list(people.order_by("name", "pk")[: MOST_OFFERED - len(offered)])
    partners = _partners_of(found)
    return offered + [
        {
            "name": one.name,
            "partner": partners.get(one.pk, ""),
            "text": f"[@{escaped(one.name)}]({one.get_absolute_url()})",
            "url": one.get_absolute_url(),
        }
        for one in found
    ]


def escaped(words: str) -> str:
    """Words that mean nothing to Markdown or HTML, in one line."""
    return re.sub(r"([\\`*_\[\]<>&~|!])", r"\\\1", " ".join(words.split()))


def _who_stands_in(thread: Item) -> QuerySet:
    """The authors of what everybody reads in it: whose numbers stand on its pages."""
    return Post.objects.filter(thread=thread.pk, state=State.PUBLISHED).values("author")


def _partners_of(people: list[User]) -> dict[int, str]:
    rows = Membership.objects.effective().filter(user__in=people)
    partners = rows.order_by("-partner__short_name").values_list("user", "partner__short_name")
    return dict(partners)
