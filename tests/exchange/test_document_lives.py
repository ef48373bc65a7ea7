"""Who can read which version, after whatever people do with documents: held against a house of plain lists.

The house below knows neither the database nor any check of ours. It says of each step whether it is done, and what of
it is true afterwards; who sees what it asks the reference of the gate (`tests.network.reference`).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from exchange.actions.bin import put_in_bin, take_out_of_bin
from exchange.actions.documents import share_document
from exchange.actions.folders import file_documents, folder_at
from exchange.actions.versions import add_version, restore_version
from exchange.actions.working import stop_working_on, work_on
from exchange.models import Binned, Document, Version
from network import clock, retention
from network.actions import items
from network.labels import Label
from network.models import Partner, Room, User
from network.refusals import Refusal
from tests.cast import Cast
from tests.network import reference as plain

pytestmark = [pytest.mark.django_db, pytest.mark.once]

# How many lives are lived; more of them where there is time.
LIVES = int(os.environ.get("LIAISE_DOCUMENT_LIVES", "15"))
PEOPLE = ["clara", "luc", "anna", "maud", "mona", "carlo", "vera", "eva", "olga"]
ROOMS = ["families", "schools"]
FOLDERS = [[], ["Minutes"], ["Minutes", "2026"]]


def cast_as_lists() -> plain.World:
    """The cast of the tests, as far as it acts here (tests/cast.py)."""
    partner = {name: plain.Partner(name, "active", -9, None) for name in ("liege", "malmo", "augsburg")}
    partner["efus"] = plain.Partner("efus", "active", -9, None, lead=True)
    person = {name: plain.Person(name) for name in PEOPLE}
    room = {name: plain.Room(name, "restricted") for name in ROOMS}
    home = {"clara": "efus", "luc": "liege", "maud": "liege", "anna": "malmo", "mona": "malmo"}
    home |= dict.fromkeys(("carlo", "vera", "olga"), "augsburg")
    memberships = [
        plain.Membership(person[name], partner[of], name in ("clara", "luc"), -9, None) for name, of in home.items()
    ]
    grants = [
        plain.Grant(partner["efus"], "manage", room["families"], -9, None),
        plain.Grant(partner["efus"], "manage", room["schools"], -9, None),
        plain.Grant(partner["liege"], "contribute", room["families"], -9, None),
        plain.Grant(partner["malmo"], "contribute", room["families"], -9, None),
        plain.Grant(partner["liege"], "contribute", room["schools"], -9, None),
        plain.Grant(person["eva"], "contribute", room["schools"], -9, 9),
        plain.Grant(person["maud"], "manage", room["families"], -9, None),
        plain.Grant(person["mona"], "moderate", room["families"], -9, None),
        plain.Grant(person["carlo"], "contribute", room["families"], -9, None),
        plain.Grant(person["vera"], "view", room["families"], -9, None),
    ]
    return plain.World(list(partner.values()), list(person.values()), memberships, list(room.values()), grants, [])


@dataclass(eq=False)
class Paper(plain.Item):
    """A document with its versions: who shared each. `put_away`: by whom it lies in the bin, and what it was.

    `worker`: who says that they work on it; nothing but this and the next such word depends on it.
    """

    versions: list[plain.Person] = field(default_factory=list)
    # The number of the newest version whose bytes are those of the first.
    first_again: int = 1
    put_away: tuple[str, str] | None = None
    gone: bool = False
    # Whether others who contribute may share versions.
    open: bool = False
    worker: plain.Person | None = None


class House:
    """What is true after each step, in the sentences of the design."""

    def __init__(self) -> None:
        self.world = cast_as_lists()
        self.gate = plain.Reference(self.world, 0)
        self.papers: list[Paper] = []

    def named(self, rows: list[Any], name: str) -> Any:
        return next(row for row in rows if row.name == name)

    def person(self, name: str) -> plain.Person:
        return self.named(self.world.people, name)

    def room(self, name: str) -> plain.Room:
        return self.named(self.world.rooms, name)

    def reads(self, person: plain.Person) -> set[tuple[str, int]]:
        """“A part is seen by who sees its Item”: every version of every document that they see."""
        return {
            (paper.name, number)
            for paper in self.papers
            if not paper.gone and self.gate.sees_inside(person, paper, assured=True)
            for number in range(1, len(paper.versions) + 1)
        }

    def sees(self, person: plain.Person, paper: Paper) -> bool:
        return not paper.gone and self.gate.sees_inside(person, paper, assured=True)

    def is_source(self, person: plain.Person, paper: Paper) -> bool:
        """“Its author (still of its partner) or a representative of its partner”."""
        if paper.partner is None:
            return person is paper.author
        own = person is paper.author and paper.partner in self.gate.partners_of(person)
        return own or self.gate.represents(person, paper.partner)

    def moderates(self, person: plain.Person, paper: Paper) -> bool:
        return self.gate.has(person, "moderate", paper.room)

    # Each of these says whether it is done.

    def share(self, person: plain.Person, room: plain.Room, label: str) -> bool:
        partners = self.gate.acts_for(person, room)
        if not self.gate.has(person, "contribute", room) or (label == "AMBER+STRICT" and not partners):
            return False
        partner = partners[0] if partners else None
        paper = Paper(f"paper {len(self.papers)}", room, person, partner, label, "published", versions=[person])
        paper.open = is_open(len(self.papers))
        self.papers.append(paper)
        return True

    def writes(self, person: plain.Person, paper: Paper) -> bool:
        """“Its source, or whoever contributes where its author lets them”, whoever works on it."""
        return (
            self.sees(person, paper)
            and self.gate.has(person, "contribute", paper.room)
            and (paper.open or self.is_source(person, paper))
            and paper.state == "published"
        )

    def version(self, person: plain.Person, paper: Paper) -> bool:
        done = self.writes(person, paper)
        if done:
            paper.versions.append(person)
            if paper.worker is person:
                paper.worker = None
        return done

    def lock(self, person: plain.Person, paper: Paper) -> bool:
        """“I am working on it”: for who may share a version, while nobody else says so."""
        done = self.writes(person, paper) and paper.worker in (None, person)
        if done:
            paper.worker = person
        return done

    def take_over(self, person: plain.Person, paper: Paper) -> bool:
        """The same, by who knows who works on it."""
        done = self.writes(person, paper)
        if done:
            paper.worker = person
        return done

    def stop(self, person: plain.Person, paper: Paper) -> bool:
        """One's own word back; that of others stays."""
        done = self.writes(person, paper)
        if done and paper.worker is person:
            paper.worker = None
        return done

    def restore(self, person: plain.Person, paper: Paper) -> bool:
        """The first version once more, as the newest; where it is the newest already, nothing happens."""
        is_newest = paper.first_again == len(paper.versions)
        done = self.writes(person, paper)
        if done and not is_newest:
            paper.versions.append(person)
            paper.first_again = len(paper.versions)
        return done

    def relabel(self, person: plain.Person, paper: Paper, label: str) -> bool:
        """“The source relaxes; moderators may tighten at once”; what is tighter than GREEN stands in its home alone."""
        tighter = plain.LABELS.index(label) > plain.LABELS.index(paper.label)
        source = self.is_source(person, paper)
        if not self.sees(person, paper) or not (source or (tighter and self.moderates(person, paper))):
            return False
        if source and label == "AMBER+STRICT" and paper.partner is None:
            return False
        wider = plain.LABELS.index(label) < plain.LABELS.index(paper.label)
        if wider and self.holds_versions_of_others(paper):
            return False
        paper.label = label
        if label not in ("CLEAR", "GREEN"):
            paper.placed_in = []
        return True

    def holds_versions_of_others(self, paper: Paper) -> bool:
        """“An item that holds others' parts is never relaxed”: others are of another partner, as nobody here moves."""
        return any(
            one is not paper.author and (paper.partner is None or paper.partner not in self.gate.partners_of(one))
            for one in paper.versions
        )

    def pass_on(self, person: plain.Person, paper: Paper, room: plain.Room) -> bool:
        done = (
            self.sees(person, paper)
            and self.gate.has(person, "contribute", room)
            and paper.label in ("CLEAR", "GREEN")
            and paper.state == "published"
            and room is not paper.room
        )
        if done and room not in paper.placed_in:
            paper.placed_in.append(room)
        return done

    def move(self, person: plain.Person, paper: Paper) -> bool:
        """Between folders; nobody reads more or less."""
        arranges = self.is_source(person, paper) or self.moderates(person, paper)
        there = self.sees(person, paper) and paper.state != "removed"
        return there and arranges and self.gate.has(person, "contribute", paper.room)

    def put_in_bin(self, person: plain.Person, paper: Paper) -> bool:
        """Its author, of what holds nobody else's words; moderators. Who sees it there: who sees what is removed."""
        if not self.sees(person, paper):
            return False
        if paper.put_away:
            return True
        own = person is paper.author and all(one is person for one in paper.versions)
        if paper.state == "removed" or not (own or self.moderates(person, paper)):
            return False
        by = "author" if person is paper.author else "moderator"
        paper.put_away, paper.state = (by, paper.state), "removed"
        return True

    def take_out(self, person: plain.Person, paper: Paper) -> bool:
        """Who put it there."""
        if not self.sees(person, paper):
            return False
        if paper.state != "removed":
            return True
        if paper.put_away is None:
            return False
        by, before = paper.put_away
        if by == "moderator" and not self.moderates(person, paper):
            return False
        writes = person is paper.author and self.gate.has(person, "contribute", paper.room)
        if by == "author" and not writes:
            return False
        paper.put_away, paper.state = None, before
        return True

    def remove(self, person: plain.Person, paper: Paper) -> bool:
        """By moderation; authors have the bin."""
        done = self.sees(person, paper) and self.moderates(person, paper)
        if done:
            paper.state = "removed"
        return done

    def a_month_passes(self) -> None:
        for paper in self.papers:
            paper.gone = paper.gone or paper.put_away is not None
            paper.worker = None


def is_open(number: int) -> bool:
    """Every second paper is a draft that is written together."""
    return number % 2 == 1


@dataclass
class Rows:
    """The same in the database, by the actions that people use."""

    cast: Cast
    documents: list[Document] = field(default_factory=list)

    def person(self, name: str) -> User:
        return getattr(self.cast, name)

    def room(self, name: str) -> Room:
        return getattr(self.cast, name)

    def share(self, by: User, room: Room, label: str, number: int) -> None:
        file = ContentFile(f"Paper {number}.".encode(), name="paper.txt")
        given = {"by": by, "room": room, "title": f"paper {number}", "tlp": Label.from_word(label)}
        self.documents.append(share_document(file=file, open_to_versions=is_open(number), **given))

    def lock(self, by: User, document: Document, over: User | None = None) -> None:
        work_on(by=by, document=document, until=clock.now() + timedelta(hours=2), over=over)

    def move(self, by: User, document: Document, way: list[str]) -> None:
        with transaction.atomic():
            folder = folder_at(by=by, room=document.room, names=way)
            moved, _left = file_documents(by=by, room=document.room, documents=[document], folder=folder)
            if not moved:
                raise Refusal("It stays where it is.")

    def reads(self, person: User) -> set[tuple[str, int]]:
        seen = Document.objects.seen_inside_by(person, assured=True)
        rows = Version.objects.filter(document__in=seen)
        return set(rows.values_list("document__title", "number"))


def done(act: Callable[[], object]) -> bool:
    """Whether the house let it happen."""
    try:
        with transaction.atomic():
            act()
    except Refusal:
        return False
    return True


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "share",
                "share",
                "version",
                "restore",
                "relabel",
                "pass on",
                "move",
                "lock",
                "lock",
                "take over",
                "stop",
                "bin",
                "bin",
                "out",
                "remove",
                "month",
            ]
        ),
        st.sampled_from(PEOPLE),
        st.integers(0, 5),
        st.sampled_from(plain.LABELS),
        st.sampled_from(ROOMS),
        st.sampled_from(FOLDERS),
    ),
    min_size=6,
    max_size=24,
)
Step = tuple[str, str, int, str, str, list[str]]


# What chance seldom brings: a draft that is written together is to become wider, with and without another's words.
ANOTHER_CITY_WRITES: list[Step] = [
    ("share", "luc", 0, "AMBER", "families", []),
    ("share", "luc", 0, "AMBER", "families", []),
    ("version", "maud", 1, "AMBER", "families", []),
    ("relabel", "luc", 1, "GREEN", "families", []),
    ("relabel", "luc", 1, "AMBER", "families", []),
    ("version", "anna", 1, "AMBER", "families", []),
    ("relabel", "luc", 1, "GREEN", "families", []),
    ("relabel", "mona", 1, "RED", "families", []),
]


def take(step: Step, house: House, rows: Rows) -> None:
    """One step, in both; they must agree on whether it is done."""
    what, name, which, label, room, way = step
    person, by = house.person(name), rows.person(name)
    if what == "month":
        Binned.objects.update(at=clock.now() - timedelta(days=31))
        Document.objects.update(worked_on_until=F("worked_on_until") - timedelta(days=31))
        retention.keep(retention.KINDS["bin"])
        house.a_month_passes()
        return
    if what == "share" or not house.papers:
        number = len(house.papers)
        expected = house.share(person, house.room(room), label)
        assert done(lambda: rows.share(by, rows.room(room), label, number)) is expected, step
        return
    paper, document = house.papers[which % len(house.papers)], rows.documents[which % len(rows.documents)]
    if paper.gone:
        return
    text = ContentFile(f"{paper} {len(paper.versions)}".encode(), name="paper.txt")
    acts: dict[str, Callable[[], object]] = {
        "version": lambda: add_version(by=by, document=document, file=text),
        "restore": lambda: restore_version(by=by, document=document, number=1),
        "relabel": lambda: items.relabel(by=by, item=document, tlp=Label.from_word(label)),
        "pass on": lambda: items.pass_on(by=by, item=document, room=rows.room(room)),
        "move": lambda: rows.move(by, document, way),
        "lock": lambda: rows.lock(by, document),
        "take over": lambda: rows.lock(by, document, over=document.worker),
        "stop": lambda: stop_working_on(by=by, document=document),
        "bin": lambda: put_in_bin(by=by, document=document),
        "out": lambda: take_out_of_bin(by=by, document=document),
        "remove": lambda: items.remove(by=by, item=document, reason="So."),
    }
    said: dict[str, Callable[[], bool]] = {
        "version": lambda: house.version(person, paper),
        "restore": lambda: house.restore(person, paper),
        "relabel": lambda: house.relabel(person, paper, label),
        "pass on": lambda: house.pass_on(person, paper, house.room(room)),
        "move": lambda: house.move(person, paper),
        "lock": lambda: house.lock(person, paper),
        "take over": lambda: house.take_over(person, paper),
        "stop": lambda: house.stop(person, paper),
        "bin": lambda: house.put_in_bin(person, paper),
        "out": lambda: house.take_out(person, paper),
        "remove": lambda: house.remove(person, paper),
    }
    expected = said[what]()
    document.refresh_from_db()
    assert done(acts[what]) is expected, step


def same_readers(house: House, rows: Rows) -> None:
    for name in PEOPLE:
        assert rows.reads(rows.person(name)) == house.reads(house.person(name)), name


def same_workers(house: House, rows: Rows) -> None:
    """Who works on what; that this decides nothing, `same_readers` says after each step."""
    theirs = {rows.person(name): name for name in PEOPLE}
    now = Document.objects.select_related("worked_on_by").in_bulk([one.pk for one in rows.documents])
    for paper, document in zip(house.papers, rows.documents, strict=True):
        if not paper.gone:
            worker = now[document.pk].worker
            assert (theirs[worker] if worker else None) == (paper.worker.name if paper.worker else None), paper


def same_downloads(house: House, rows: Rows) -> None:
    """And so it is at the door: the bytes of each version, for each person."""
    for name in ("luc", "mona", "vera", "eva"):
        client = Client()
        client.force_login(rows.person(name))
        readable = house.reads(house.person(name))
        for paper, document in zip(house.papers, rows.documents, strict=True):
            for number in range(1, len(paper.versions) + 1):
                if paper.label == "RED":
                    continue  # handed out or only read in the browser: that is its author's to say
                answer = client.get(f"/documents/{document.uid}/download/?version={number}")
                assert (answer.status_code == 200) is ((str(paper), number) in readable), (name, paper, number)
                b"".join(answer)


def test_who_reads_which_version_is_what_the_sentences_say_whatever_people_do(cast: Cast) -> None:
    assert Partner.objects.filter(slug="liege").exists()

    @settings(max_examples=LIVES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @example(steps=ANOTHER_CITY_WRITES)
    @given(steps=STEPS)
    def live(steps: list[Step]) -> None:
        with transaction.atomic():
            house, rows = House(), Rows(cast)
            for step in steps:
                take(step, house, rows)
                same_readers(house, rows)
                same_workers(house, rows)
            same_downloads(house, rows)
            transaction.set_rollback(True)

    live()
