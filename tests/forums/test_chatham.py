"""The Chatham House Rule, put to the test by somebody who tries to tell two participants apart.

The same talk is played twice (tests.two_worlds), with two people changed places behind their numbers. Whoever is not
one of the two fetches everything: every page, file, letter and answer, as a member, moderator, manager, coordinator,
guest, representative of a partner or stranger. Both worlds must be the same, byte for byte.

`LIAISE_CHATHAM_WORLDS` says how many scripts are drawn, and has every reader open every door in every play. Without it
there are a few, the same in each run, so that a red build is the doing of the change at hand.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from exchange.actions.documents import share_document
from forums import targets
from forums.actions import appeals, cases, threads
from forums.actions import moderation as moderation_actions
from forums.models import Decision
from network import clock
from network.actions import items
from network.actions.hosts import appoint_host
from network.models import Room, User
from network.permissions import Level
from tests.cast import Cast
from tests.factories import RoomFactory, grant, grant_all, member_of
from tests.test_doors import patterns
from tests.two_worlds import Event, Fetched, World, differences, told

# Keys are drawn again where a transaction is taken back, which sequences of PostgreSQL are not.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

READERS = ("vera", "mona", "maud", "clara", "berit", "eva", "olga", None)
MODERATION = (Room.Moderation.FREE, Room.Moderation.FIRST, Room.Moderation.EVERY)
BY_ANYBODY = (
    *("reply", "reply", "reply", "quote", "mention_number", "mention_name", "attach", "edit", "withdraw", "put_back"),
    *("react", "unreact", "poll", "vote", "close_poll", "sum_up", "mark", "unmark", "close", "reopen", "report"),
    *("look", "watch", "mute_it", "bookmark", "draft", "read", "appeal", "follow", "thank"),
)
BY_MODERATORS = (
    *("hold", "approve", "remove", "lock", "unlock", "pin", "unpin", "split", "merge", "move", "undo_change"),
    *("tighten", "silence", "undo_decision", "decide", "propose", "confirm", "decline", "answer"),
)

# Every door of the house; those of signing in and of one's own keys are the same whatever is said in a room.
DOORS = [(name, pattern) for name, pattern in patterns() if ":" in name or name in ("home", "search", "steering")]
# Those that show most of a discussion, for many worlds.
NEAR = [
    (name, pattern)
    for name, pattern in DOORS
    if name
    in {
        "forums:discussion",
        "forums:discussions",
        "forums:reply",
        "forums:moderation",
        "forums:room-decisions",
        "forums:case",
        "forums:appeal",
        "forums:post-moderate",
        "network:trail",
        "network:notifications",
        "network:room",
        "network:why-item",
        "network:item-label",
        "accounts:person",
        "accounts:partner",
        "accounts:people",
        "accounts:host-person",
        "forums:people",
        "forums:everywhere",
        "forums:post",
        "forums:post-history",
        "forums:post-reactions",
        "forums:post-poll",
        "forums:post-sanction",
        "forums:room-sanctions",
        "forums:decision",
        "forums:move",
        "forums:split",
        "network:bookmarks",
        "network:drafts",
        "home",
        "search",
    }
]

WORLDS = os.environ.get("LIAISE_CHATHAM_WORLDS")
FEWEST, PARTS, SHARES = 4, 2, 3
# Whether this process has drawn what it draws once.
WARM: list[bool] = []
SCRIPTS: dict[str, Any] = {
    "events": st.lists(
        st.tuples(st.sampled_from((*BY_ANYBODY, *BY_MODERATORS)), st.integers(0, 5), st.integers(0, 7)),
        min_size=4,
        max_size=20,
    ),
    "pair": st.sampled_from([(0, 1), (0, 3), (1, 2), (1, 3), (2, 4), (3, 5)]),
    "reader": st.sampled_from(READERS),
    "moderation": st.sampled_from(MODERATION),
    "share": st.integers(0, SHARES - 1),
}
Walks = dict[str | None, list[tuple[str, URLPattern]]]

# Everything happens at least once.
STORY: list[Event] = [
    ("approve", 0, 0),
    ("follow", 0, 0),
    *[("reply", seat, 0) for seat in (1, 2, 3, 4, 5, 1, 2)],
    *[("look", seat, 0) for seat in (1, 2)],
    ("watch", 1, 0),
    ("read", 1, 0),
    *[("approve", 0, which) for which in (1, 2, 3, 4, 5)],
    ("reply", 2, 1),
    ("reply", 1, 2),
    *[(act, seat, 1) for act in ("react", "bookmark", "draft") for seat in (1, 2, 3)],
    ("unreact", 2, 1),
    ("thank", 0, 2),
    *[("quote", seat, 3) for seat in (1, 2, 3)],
    *[(f"mention_{how}", seat, 2) for how in ("number", "name") for seat in (0, 1, 2, 3)],
    *[("attach", seat, 1) for seat in (1, 3)],
    *[("edit", 0, which) for which in (0, 1, 2, 3)],
    ("poll", 0, 0),
    *[("vote", seat, seat) for seat in (1, 2, 3)],
    ("close_poll", 0, 0),
    *[("sum_up", 0, which) for which in (0, 1, 2)],
    *[("approve", 0, which) for which in range(6, 20)],
    ("withdraw", 0, 8),
    ("withdraw", 0, 9),
    ("put_back", 0, 9),
    ("mark", 0, 1),
    ("unmark", 0, 0),
    ("mark", 0, 2),
    ("report", 3, 1),
    ("report", 1, 4),
    ("report", 2, 0),
    ("decide", 0, 0),
    ("decide", 0, 0),
    ("appeal", 0, 1),
    ("appeal", 0, 4),
    ("answer", 0, 0),
    ("hold", 0, 2),
    ("remove", 0, 6),
    ("appeal", 0, 6),
    ("silence", 0, 3),
    ("report", 5, 10),
    ("propose", 0, 0),
    ("confirm", 0, 0),
    ("silence", 0, 7),
    ("undo_decision", 0, 0),
    ("merge", 0, 0),
    ("split", 0, 3),
    ("undo_change", 0, 0),
    ("split", 0, 4),
    ("reply", 2, 4),
    ("reply", 3, 4),
    ("pin", 0, 0),
    ("move", 0, 0),
    ("undo_change", 0, 0),
    ("close", 0, 0),
    ("report", 4, 5),
    ("reopen", 0, 0),
    ("reply", 1, 3),
]


class Stage:
    """Six people who may speak in Families, and somebody who represents Malmö and only reads."""

    def __init__(self, cast: Cast, moderation: str) -> None:
        self.cast, self.beginning = cast, clock.now()
        Room.objects.filter(pk=cast.families.pk).update(moderation=moderation)
        cast.families.refresh_from_db()
        self.berit = member_of(cast.malmo, name="Berit Åberg", email="berit@malmo.example")
        cast.malmo.memberships.filter(user=self.berit).update(role="representative")
        self.gisela = User.objects.create(name="Gisela Roth", email="gisela@university.example", welcomed_at=None)
        for guest, level in ((cast.eva, Level.VIEW), (self.gisela, Level.CONTRIBUTE)):
            grant(guest, level, cast.families, until=self.beginning + timedelta(days=30))
        appoint_host(person=cast.clara)
        self.annexe = RoomFactory(slug="annexe", name="Annexe")
        there = ((cast.liege, Level.CONTRIBUTE), (cast.malmo, Level.CONTRIBUTE), (cast.carlo, Level.CONTRIBUTE))
        grant_all(*((one, level, self.annexe) for one, level in there))
        grant_all((cast.maud, Level.MANAGE, self.annexe), (cast.mona, Level.MODERATE, self.annexe))
        grant(self.gisela, Level.CONTRIBUTE, self.annexe, until=self.beginning + timedelta(days=30))
        self.document = share_document(
            by=cast.maud, room=cast.families, title="Guide", file=SimpleUploadedFile("guide.txt", b"How we begin.")
        )
        others = [member_of(cast.liege, name=name) for name in ("Noor Peeters", "Jan Maes")]
        self.seats = [cast.anna, cast.carlo, cast.luc, self.gisela, *others]
        self.moderators = [cast.mona, cast.maud, cast.clara]
        # Some have spoken here before, under their names; a guest whom nobody has checked does not write here.
        thread = threads.start_thread(by=cast.carlo, room=cast.families, title="Bicycles", body="Who lends any?")
        items.approve(by=cast.maud, item=thread)
        moderation_actions.approve_post(
            by=cast.maud, post=threads.reply(by=self.gisela, thread=thread, body="My faculty does.")
        )
        self.sign_in()

    def sign_in(self) -> None:
        """Everybody at a seat, once."""
        self.signed_in = {person.pk: Client() for person in self.seats}
        for person in self.seats:
            self.signed_in[person.pk].force_login(person)

    def reader(self, name: str | None) -> User | None:
        return None if name is None else self.berit if name == "berit" else getattr(self.cast, name)

    def world(self, pair: tuple[int, int], events: list[Event], *, swapped: bool) -> World:
        seats = list(self.seats)
        one, other = pair
        if swapped:
            seats[one], seats[other] = seats[other], seats[one]
        world = World(
            self.cast,
            self.cast.families,
            self.annexe,
            self.document,
            seats,
            [self.seats[one], self.seats[other]],
            self.moderators,
            self.signed_in,
            moment=self.beginning,
        )
        world.play(events)
        return world


def told_apart(stage: Stage, pair: tuple[int, int], events: list[Event], walks: Walks) -> dict[str, Any]:
    """What differs between the two worlds for those readers, each at their doors: nothing, if the rule holds."""
    warm_up(stage)
    seen: list[Fetched] = []
    for swapped in (False, True):
        with transaction.atomic():
            world = stage.world(pair, events, swapped=swapped)
            found: Fetched = {"outcomes": list(zip(events, world.outcomes, strict=True))}
            for reader, doors in walks.items():
                whole = world.fetched_by(stage.reader(reader), doors)
                found |= {f"{reader or 'a stranger'}: {where}": what for where, what in whole.items()}
            seen.append(found)
            transaction.set_rollback(True)
    return differences(*seen)


def warm_up(stage: Stage) -> None:
    """What is drawn once in a process is drawn before it counts."""
    if WARM:
        return
    WARM.append(True)
    with transaction.atomic():
        stage.world((1, 2), [("reply", 1, 0), ("look", 1, 0)], swapped=False).fetched_by(stage.cast.clara, NEAR)
        transaction.set_rollback(True)


# A moderator, a coordinator who is host as well, a representative of one of the two, a stranger.
WALKERS: dict[str | None, tuple[str, ...]] = {
    "mona": tuple(name for name, _pattern in NEAR),
    "clara": ("network:trail", "network:notifications", "network:bookmarks", "accounts:host-person", "search"),
    "berit": ("network:trail", "forums:discussion", "forums:people", "accounts:person", "accounts:partner"),
    None: ("forums:discussion", "forums:discussions", "home", "search"),
}
OTHER_PLAYS = ((Room.Moderation.FREE, (1, 3)), (Room.Moderation.EVERY, (0, 2)), (Room.Moderation.FREE, (2, 3)))


@pytest.mark.parametrize(
    ("moderation", "pair"),
    [
        (Room.Moderation.FIRST, (0, 1)),
        *(
            [(Room.Moderation.FREE, (1, 3)), (Room.Moderation.EVERY, (0, 2)), (Room.Moderation.FREE, (2, 3))]
            if WORLDS
            else []
        ),
    ],
)
def test_nothing_that_somebody_can_fetch_tells_two_participants_apart(
    cast: Cast, moderation: str, pair: tuple[int, int]
) -> None:
    """Each reader opens the doors that show them most; with `LIAISE_CHATHAM_WORLDS` all of them."""
    walks = {reader: [door for door in DOORS if WORLDS or door[0] in names] for reader, names in WALKERS.items()}
    found = told_apart(Stage(cast, moderation), pair, STORY, walks)
    assert found == {}, told(found)


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_happens_two_participants_cannot_be_told_apart(cast: Cast, part: int) -> None:
    proof = settings(
        max_examples=max(1, int(WORLDS or FEWEST) // PARTS),
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )(given(**SCRIPTS)(compare))
    if WORLDS is None:
        proof = seed(part)(proof)
    proof(cast=cast)


def compare(
    cast: Cast, events: list[Event], pair: tuple[int, int], reader: str | None, moderation: str, share: int
) -> None:
    doors = NEAR if WORLDS else NEAR[share::SHARES]
    with transaction.atomic():
        found = told_apart(Stage(cast, moderation), pair, events, {reader: doors})
        transaction.set_rollback(True)
    assert found == {}, told(found)


def test_who_took_a_case_on_is_named_nowhere_since_the_trail_tells_their_number(cast: Cast, client: Client) -> None:
    thread = threads.start_thread(by=cast.luc, room=cast.families, title="Old", body="Who?", chatham=True)
    post = threads.reply(by=cast.anna, thread=thread, body="We.")
    threads.reply(by=cast.mona, thread=thread, body="Not we.")
    case = cases.report(by=cast.carlo, target=targets.of_post(post), ground="charter").case
    cases.take_case(by=cast.mona, case=case)
    client.force_login(cast.maud)
    page = client.get(f"/cases/{case.uid}/").content.decode()
    assert "taken on by somebody" in page
    assert cast.mona.name not in page
    decision = cases.decide_case(by=cast.mona, case=case, action="removed", ground="charter", facts="It was unkind.")
    assert isinstance(decision, Decision)
    row = appeals.appeal(by=cast.anna, decision=decision, text="It was not.")
    noor = member_of(cast.liege, name="Noor Peeters")
    grant(noor, Level.MODERATE, cast.families)
    appeals.take_appeal(by=noor, appeal=row)
    page = client.get(f"/appeals/{row.uid}/").content.decode()
    assert "taken on by somebody" in page
    assert noor.name not in page


@pytest.mark.parametrize("starter", ["anna", "gisela"])
def test_no_label_is_offered_that_only_who_has_a_partner_could_give(cast: Cast, client: Client, starter: str) -> None:
    """Whoever began it with a partner or as a guest: moderators are offered the same."""
    stage = Stage(cast, Room.Moderation.FREE)
    by = stage.gisela if starter == "gisela" else cast.anna
    thread = threads.start_thread(by=by, room=cast.families, title="Old", body="Who?", chatham=True)
    post = threads.reply(by=cast.luc, thread=thread, body="We.")
    case = cases.report(by=cast.carlo, target=targets.of_post(post), ground="charter").case
    client.force_login(cast.maud)
    for address in (f"/items/{thread.uid}/label/", f"/cases/{case.uid}/"):
        page = client.get(address).content.decode()
        assert 'value="RED"' in page
        assert 'value="AMBER+STRICT"' not in page
