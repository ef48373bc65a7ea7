"""Whoever is kept from writing in a discussion under the Chatham House Rule is so wherever its posts go, as long."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from forums.actions import closing, polls, reactions, restoring, splitting, summaries, threads, undoing
from forums.actions.moving import move_thread
from forums.models import Change, Decision, Post, Reaction, Thread
from forums.permissions.threads import check_reply
from network.models import Room, Sanction, User
from network.permissions import Level, can
from network.personal import PERSONAL
from network.refusals import Forbidden, Refusal
from tests.cast import Cast
from tests.factories import RoomFactory, grant
from tests.forums.test_cases import signed_in
from tests.forums.test_discussing import start
from tests.forums.test_properties import SETTINGS, undone
from tests.forums.test_sanctions import mute

pytestmark = pytest.mark.django_db
PEOPLE = ("luc", "anna", "carlo", "mona")


@pytest.fixture
def thread(cast: Cast) -> Thread:
    return start(cast, chatham=True)


def reply(cast: Cast, thread: Thread, name: str = "anna", body: str = "Fools.") -> Post:
    return threads.reply(by=getattr(cast, name), thread=thread, body=body)


def split(cast: Cast, thread: Thread, post: Post) -> Thread:
    return splitting.split_thread(by=cast.mona, thread=thread, posts=[post.uid], title="Apart")


def annexe(cast: Cast) -> Room:
    """Another room of the same people, in which Mona moderates."""
    room = RoomFactory(slug="annexe", name="Annexe")
    for one in (cast.liege, cast.malmo, cast.carlo):
        grant(one, Level.CONTRIBUTE, room)
    for moderator in (cast.mona, cast.maud):
        grant(moderator, Level.MODERATE, room)
    return room


def writes(person: User, thread: Thread) -> bool:
    return bool(can(check_reply, person, Thread.objects.get(pk=thread.pk)))


def page(person: User, address: str) -> str:
    return signed_in(person).get(address).content.decode()


def test_a_mute_goes_along_with_what_is_split_off_and_where_that_is_moved(cast: Cast, thread: Thread) -> None:
    first, other = reply(cast, thread), reply(cast, thread, "carlo")
    mute(cast.maud, first)
    new = split(cast, thread, other)
    assert (writes(cast.anna, new), writes(cast.carlo, new)) == (False, True)
    assert "not write until" in page(cast.anna, new.get_absolute_url())
    room = annexe(cast)
    move_thread(by=cast.mona, thread=new, room=room)
    assert not writes(cast.anna, new)
    # In no other discussion of either room, so that no page tells who it is.
    for place in (cast.families, room):
        assert writes(cast.anna, start(cast, room=place, chatham=True))


def test_it_ends_everywhere_where_it_is_lifted_and_is_one_in_the_export(cast: Cast, thread: Thread) -> None:
    decision = mute(cast.maud, reply(cast, thread))
    new = split(cast, thread, reply(cast, thread, "carlo"))
    newest = split(cast, new, reply(cast, new, "luc"))
    assert [row["kind"] for row in map(PERSONAL["sanctions"].show, PERSONAL["sanctions"].rows(cast.anna))] == ["mute"]
    restoring.undo(by=cast.mona, decision=decision, facts="It was a mistake.")
    assert [writes(cast.anna, one) for one in (thread, new, newest)] == [True] * 3


def test_what_was_imposed_meanwhile_comes_back_with_the_posts(cast: Cast, thread: Thread) -> None:
    post = reply(cast, thread, "carlo")
    before = mute(cast.maud, reply(cast, thread))
    new = split(cast, thread, post)
    since = mute(cast.maud, post)
    assert writes(cast.carlo, thread)
    undoing.undo_change(by=cast.mona, change=Change.objects.get(kind=Change.Kind.SPLIT))
    assert not writes(cast.carlo, thread)
    told = page(cast.maud, "/rooms/families/sanctions/")
    assert "in “Apart”" not in told
    for decision in (before, since):
        assert told.count(f"/decisions/{decision.uid}/undo/") == 1
    assert Thread.objects.get(pk=new.pk).merged_into == thread


def test_moderators_read_where_it_holds_by_number_alone(cast: Cast, thread: Thread) -> None:
    decision = mute(cast.maud, reply(cast, thread))
    new = split(cast, thread, reply(cast, thread, "carlo"))
    move_thread(by=cast.mona, thread=new, room=annexe(cast))
    for slug, title in (("families", thread.title), ("annexe", "Apart")):
        told = page(cast.maud, f"/rooms/{slug}/sanctions/").split("<main")[1]
        assert told.count("Participant 2") == 2  # the line, and the words of its button
        assert f"in “{title}”" in told
        assert f"/decisions/{decision.uid}/undo/" in told
        assert not any(word in told for word in ("Anna", "Malmö"))


def test_the_list_asks_as_often_for_many_parts_as_for_one(cast: Cast, thread: Thread) -> None:
    mute(cast.maud, reply(cast, thread))
    split(cast, thread, reply(cast, thread, "carlo"))

    def asked() -> int:
        client: Client = signed_in(cast.maud)
        client.get("/rooms/families/sanctions/")
        with CaptureQueriesContext(connection) as found:
            assert client.get("/rooms/families/sanctions/").status_code == 200
        return len(found)

    few = asked()
    for name in ("luc", "carlo", "mona"):
        mute(cast.maud, reply(cast, thread, name))
    split(cast, thread, reply(cast, thread, "maud"))
    assert Sanction.objects.count() == 9
    assert asked() == few


@pytest.mark.parametrize("act", ["reply", "sum up", "ask", "vote", "close", "do too"])
def test_who_is_muted_there_writes_nothing_else_there_either(cast: Cast, thread: Thread, act: str) -> None:
    post = reply(cast, thread, "carlo")
    poll = polls.ask(by=cast.mona, thread=thread, question="How many?", options=["One", "Two"])
    acts: dict[str, Callable[[], Any]] = {
        "reply": lambda: reply(cast, thread, "luc"),
        "sum up": lambda: summaries.summarise(by=cast.luc, thread=thread, body="In short."),
        "ask": lambda: polls.ask(by=cast.luc, thread=thread, question="How many?", options=["One", "Two"]),
        "vote": lambda: polls.vote(by=cast.luc, poll=poll, choices=[0]),
        "close": lambda: closing.close_thread(by=cast.luc, thread=thread, cause="settled"),
        "do too": lambda: reactions.react(by=cast.luc, post=post, kind=Reaction.Kind.TOO),
    }
    with transaction.atomic():
        acts[act]()
        transaction.set_rollback(True)
    mute(cast.maud, thread.posts.get(parent=None))
    with pytest.raises(Forbidden, match="not write until"):
        acts[act]()


def test_nor_does_the_page_offer_it(cast: Cast, thread: Thread) -> None:
    reply(cast, thread, "carlo")

    def offered() -> list[str]:
        shown = page(cast.luc, thread.get_absolute_url())
        return [
            words
            for words in ("Sum it up", "Ask for votes", "We do this too", "Close this discussion")
            if words in shown
        ]

    assert len(offered()) == 4
    mute(cast.maud, thread.posts.get(parent=None))
    assert offered() == []


ACTS = ("reply", "reply", "mute", "mute", "lift", "split", "split", "move", "undo")


@SETTINGS
@given(
    acts=st.lists(
        st.tuples(st.sampled_from(ACTS), st.sampled_from(PEOPLE), st.integers(0, 20)), min_size=5, max_size=14
    )
)
def test_however_it_is_taken_apart_and_moved_nobody_writes_past_a_mute(
    cast: Cast, acts: list[tuple[str, str, int]]
) -> None:
    """Beside it, in plain sets: which mutes hold in which discussion."""
    with undone():
        here, there = cast.families, annexe(cast)
        holds: dict[int, set[Decision]] = {start(cast, chatham=True).pk: set()}
        for act, name, which in acts:
            standing = list(Thread.objects.filter(merged_into=None).order_by("pk"))
            thread = standing[which % len(standing)]
            posts = list(Post.objects.filter(thread__in=standing).order_by("pk"))
            post = posts[which % len(posts)]
            try:
                with transaction.atomic():
                    if act == "reply":
                        reply(cast, thread, name)
                    elif act == "mute":
                        holds[post.thread_id].add(mute(cast.maud, post))
                    elif act == "lift":
                        decision = max(set.union(*holds.values()), key=lambda one: one.pk, default=None)
                        if decision is not None:
                            restoring.undo(by=cast.mona, decision=decision, facts="A mistake.")
                            holds = {key: mutes - {decision} for key, mutes in holds.items()}
                    elif act == "split":
                        holds[split(cast, post.thread, post).pk] = set(holds[post.thread_id])
                    elif act == "move":
                        move_thread(by=cast.mona, thread=thread, room=there if thread.room == here else here)
                    else:
                        change = Change.objects.filter(undone_at=None).latest("pk")
                        undoing.undo_change(by=cast.mona, change=change)
                        if change.kind == Change.Kind.SPLIT:
                            holds[change.thread_id] |= holds[change.other_id or 0]
            except (Refusal, Change.DoesNotExist):
                continue
            for thread in Thread.objects.filter(merged_into=None):
                muted = {decision.case.author_id for decision in holds[thread.pk]}
                assert muted == {one.pk for one in map(cast.__getattribute__, PEOPLE) if not writes(one, thread)}
