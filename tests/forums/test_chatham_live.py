"""The Chatham House Rule on the socket: what reaches open pages counts notices, and says nothing of anybody."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from forums import targets
from forums.actions import answers, editing, moderation, polls, reactions, sanctions, splitting, summaries, threads
from forums.actions.moving import move_thread
from forums.models import Reaction, Thread
from network import clock
from network.actions.following import follow_item
from network.live.hub import SWEEP
from network.models import Notification, RoomEvent
from network.permissions import Level
from tests.cast import Cast
from tests.factories import RoomFactory, grant_all
from tests.forums.test_discussing import start
from tests.talking import PATIENCE, Payload, Talker
from tests.working import work_off

pytestmark = [pytest.mark.socket, pytest.mark.django_db(transaction=True)]
READERS = ("luc", "anna", "carlo", "mona", "maud", "clara", "vera")


def talk_of_it(cast: Cast) -> Thread:
    """People take part in all the ways there are, and moderators do what they do."""
    thread = start(cast, chatham=True, purpose="question")
    follow_item(by=cast.vera, item=thread, choice="watch")
    post = threads.reply(by=cast.anna, thread=thread, body="We stopped.")
    other = threads.reply(by=cast.carlo, thread=thread, body="@Participant 2, since when?", parent=post)
    threads.reply(by=cast.anna, thread=thread, body=f"[@Mona]({cast.mona.get_absolute_url()}) knows.", parent=other)
    editing.edit_post(by=cast.anna, post=post, body="We stopped in May.", version=post.version)
    reactions.react(by=cast.luc, post=post, kind=Reaction.Kind.THANK)
    reactions.react(by=cast.carlo, post=post, kind=Reaction.Kind.TOO)
    poll = polls.ask(by=cast.luc, thread=thread, question="How many?", options=["One", "Two"])
    polls.vote(by=cast.anna, poll=poll, choices=[0])
    polls.close(by=cast.luc, poll=poll)
    answers.mark_answer(by=cast.luc, post=post)
    summaries.summarise(by=cast.luc, thread=thread, body="In short.")
    work_off()
    why = {"ground": "charter", "facts": "It was unkind."}
    until = clock.now() + timedelta(days=3)
    sanctions.sanction(by=cast.mona, target=targets.of_post(other), action="muted", until=until, **why)
    moderation.remove_post(by=cast.maud, post=other, reason="It names somebody.")
    room = RoomFactory(slug="annexe", name="Annexe")
    grant_all(*((one, Level.CONTRIBUTE, room) for one in (cast.liege, cast.malmo)), (cast.mona, Level.MODERATE, room))
    move_thread(
        by=cast.mona,
        thread=splitting.split_thread(by=cast.mona, thread=thread, posts=[post.uid], title="Apart"),
        room=room,
    )
    work_off()
    return thread


def heard(talker: Talker, seconds: float) -> list[Payload]:
    """All that comes until it has been quiet for so long."""
    frames: list[Payload] = []
    try:
        while True:
            frames.append(talker.next(seconds))
    except TimeoutError:
        return frames


def test_open_pages_hear_that_there_is_something_new_and_no_more(cast: Cast, talk: Callable[..., Talker]) -> None:
    talkers = {name: talk(getattr(cast, name)) for name in READERS}
    for talker in talkers.values():
        talker.subscribe("families")
    # Bells ring for what is new since the server has looked once.
    time.sleep(2 * SWEEP)
    for talker in talkers.values():
        talker.quiet()
    thread = talk_of_it(cast)
    told = {name for name in READERS if Notification.objects.filter(user=getattr(cast, name)).exists()}
    assert {"luc", "anna", "carlo", "mona", "vera"} <= told
    end = time.monotonic() + 4 * PATIENCE
    frames: dict[str, list[Payload]] = {name: [] for name in READERS}
    while sum(bool(frames[name]) for name in told) < 3 and time.monotonic() < end:
        for name, talker in talkers.items():
            frames[name] += heard(talker, 0.2)
    rung = {name for name in READERS if frames[name]}
    assert len(rung) >= 3
    assert rung <= told
    for name in READERS:
        assert [set(frame) for frame in frames[name] if set(frame) != {"type", "unread"}] == [], name
        assert {frame["type"] for frame in frames[name]} <= {"notification"}
        assert all(isinstance(frame["unread"], int) for frame in frames[name])
    # The log of the room has nothing of it, so no number is missing to whoever reads only the chat.
    assert not RoomEvent.objects.exists()
    for name, talker in talkers.items():
        # Nor is there a discussion to listen to, or to be seen typing in.
        for topic in (str(thread.uid), f"thread-{thread.pk}"):
            talker.send(type="subscribe", room=topic, after=None)
            *late, refused = talker.until("error")
            assert refused["code"] == "not_found", name
            assert all(set(frame) == {"type", "unread"} for frame in late), name
        talker.send(type="typing", room=str(thread.uid))
        assert talker.until("error")[-1]["code"] == "invalid", name
