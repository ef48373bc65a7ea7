"""Random people at two server processes talk, leave, lose their line, are muzzled, sent away and let in again.

At the end everybody's page is what a fresh one is; each message that was acknowledged is there once, in the same place
for all; and nobody was ever given what they might not see. `LIAISE_LIVE_STEPS` says how long it goes on, and
`LIAISE_LIVE_SEED` which of all such evenings it is.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable

import pytest
from django.conf import settings

from forums.actions import chat
from forums.models import ChatMessage
from network import clock
from network.models import PersonGrant, Room, RoomEvent
from network.refusals import Refusal
from tests.cast import Cast
from tests.network.live.conftest import OwnRedis
from tests.network.live.crowd import PATIENCE, Page
from tests.serving import Server
from tests.talking import Payload

pytestmark = [pytest.mark.socket, pytest.mark.django_db(transaction=True)]

STEPS = int(os.environ.get("LIAISE_LIVE_STEPS", "240"))
SEED = int(os.environ.get("LIAISE_LIVE_SEED", "6"))


class Evening:
    """The room, its two servers and its pages. Each method but the last three is something that may happen."""

    def __init__(self, cast: Cast, serve: Callable[[], Server], dice: random.Random) -> None:
        self.cast, self.serve, self.dice = cast, serve, dice
        self.servers = [serve(), serve()]
        people = [cast.luc, cast.luc, cast.anna, cast.anna, cast.maud, cast.carlo, cast.carlo, cast.vera]
        self.pages = [Page(person, watch=self.watch) for person in people]
        self.away: set[int] = set()
        # What was said while somebody had no right to the room, by their key.
        self.kept_from: dict[int, set[str]] = {cast.carlo.pk: set(), cast.vera.pk: set()}
        self.done: Counter[str] = Counter()

    def come(self) -> None:
        page = self.dice.choice(self.pages)
        if page.line is None and page.person.pk not in self.away:
            page.open(self.dice.choice(self.servers))

    def leave(self) -> None:
        self.dice.choice(self.pages).close()

    def cut(self) -> None:
        self.dice.choice(self.pages).cut()

    def say(self) -> None:
        page = self.dice.choice(self.pages)
        if page.line is not None or self.dice.random() < 0.2:
            sent = page.say(f"{page.person.name} {self.done.total()}")
            for pk in self.away - {page.person.pk}:
                self.kept_from[pk].add(sent)

    def say_and_cut(self) -> None:
        page = self.dice.choice(self.pages)
        for _each in range(self.dice.randint(1, 4)):
            sent = page.say(f"{page.person.name}, and gone {self.done.total()}")
            for pk in self.away - {page.person.pk}:
                self.kept_from[pk].add(sent)
        page.cut()

    def say_again(self) -> None:
        self.dice.choice(self.pages).say_again()

    def take_away(self) -> None:
        self._decide("published", lambda one: chat.remove_message(by=self.cast.maud, message=one, reason="Off topic."))

    def approve(self) -> None:
        self._decide("held", lambda one: chat.approve_message(by=self.cast.maud, message=one))

    def moderate(self) -> None:
        kind = self.dice.choice(Room.Moderation.values)
        Room.objects.filter(pk=self.cast.families.pk).update(moderation=kind)

    def send_away(self) -> None:
        person = self.dice.choice([self.cast.carlo, self.cast.vera])
        if person.pk not in self.away:
            PersonGrant.objects.filter(user=person).update(until=clock.now())
            self.away.add(person.pk)
            self._whisper()

    def _whisper(self) -> None:
        """Maud, who is never held, says something at once, before the look of the second finds who is still there."""
        maud = next(page for page in self.pages if page.person == self.cast.maud)
        if maud.line is None:
            maud.open(self.dice.choice(self.servers))
        sent = maud.say(f"Among ourselves {self.done.total()}")
        for pk in self.away:
            self.kept_from[pk].add(sent)
        while sent in maud.waiting and maud.listen(PATIENCE):
            pass
        time.sleep(0.1)
        self.hear()

    def let_in(self) -> None:
        for pk in sorted(self.away):
            for page in self.pages:
                if page.person.pk == pk:
                    page.catch_breath()
            self.away.discard(pk)
            self.kept_from[pk].clear()
            PersonGrant.objects.filter(user_id=pk).update(until=None)
            for page in self.pages:
                if page.person.pk == pk and page.line is not None and not page.subscribed:
                    page.send(type="subscribe", room="families", after=page.cursor)

    def kill_a_server(self) -> None:
        """As a power cut would; another comes up in its place."""
        number = self.dice.randrange(2)
        self.servers[number].stop(kill=True)
        self.servers[number] = self.serve()

    def hear(self) -> None:
        """Everybody hears what has come."""
        for page in self.pages:
            if page.line is not None and not page.listen():
                page.cut()

    def watch(self, page: Page, frame: Payload) -> None:
        """Fails where somebody is given what they may not see at that moment."""
        if frame["type"] == "message":
            own = frame["author"]["id"] == str(page.person.uid)
            assert frame["id"] not in self.kept_from.get(page.person.pk, ()), f"{page.person} was away: {frame}"
            assert own or page.person == self.cast.maud or not frame.get("held"), f"{page.person}: {frame}"

    def _decide(self, state: str, decide: Callable[[ChatMessage], None]) -> None:
        found = list(ChatMessage.objects.filter(state=state).select_related("room").order_by("pk"))
        if found:
            try:
                decide(self.dice.choice(found))
            except Refusal:
                self.done["refused to decide"] += 1


LIKELY = {
    "come": 20,
    "say": 40,
    "hear": 15,
    "leave": 3,
    "cut": 4,
    "say_and_cut": 4,
    "say_again": 3,
    "take_away": 4,
    "approve": 5,
    "moderate": 2,
    "send_away": 3,
    "let_in": 3,
}


def settled(page: Page, evening: Evening, newest: int) -> Page:
    """A page that has come back, has got rid of what waited, and has heard the newest number."""
    end = time.monotonic() + PATIENCE
    if page.line is None or not page.subscribed:
        page.open(evening.servers[0])
    page.say_again()
    while page.waiting or page.cursor < newest:
        assert time.monotonic() < end, f"{page.person} waits at {page.cursor} of {newest} with {page.waiting}"
        if not page.listen(1):
            page.cut()
            page.open(evening.servers[1])
    return page


def newest(cast: Cast) -> int:
    return RoomEvent.objects.filter(room=cast.families).count()


def test_whatever_happens_everybody_ends_with_the_same_words(
    cast: Cast, serve: Callable[..., Server], own_redis: OwnRedis
) -> None:
    def one() -> Server:
        return serve(REDIS_URL=own_redis.url if settings.REDIS_URL else "", LIAISE_LOG_LEVEL="WARNING")

    evening = Evening(cast, one, random.Random(SEED))
    for step in range(STEPS):
        if step % 400 == 50:
            own_redis.end()
        elif step % 400 == 100:
            own_redis.begin()
        elif step % 400 == 80:
            evening.kill_a_server()
        happens = evening.dice.choices(list(LIKELY), list(LIKELY.values()))[0]
        getattr(evening, happens)()
        evening.done[happens] += 1
    evening.let_in()
    for _round in range(2):
        # Whoever sends what waited only now moves the end for those before.
        for page in evening.pages:
            settled(page, evening, newest(cast))
    evening.hear()
    for page in evening.pages:
        fresh = Page(page.person)
        settled(fresh, evening, newest(cast))
        assert page.messages == fresh.messages, page.person
        assert page.cursor == fresh.cursor == newest(cast)
        fresh.close()
    said = [str(sent) for sent in ChatMessage.objects.order_by("seq").values_list("client_id", flat=True)]
    acknowledged = {sent: seq for page in evening.pages for sent, seq in page.acknowledged.items()}
    assert len(said) == len(set(said))
    assert acknowledged.keys() <= set(said)
    assert list(RoomEvent.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, newest(cast) + 1))
    print(f"{STEPS} steps: {dict(evening.done)}; {len(acknowledged)} acknowledged, none lost, none twice")  # noqa: T201 - it is what the soak reports
    for page in evening.pages:
        page.close()
