"""Who is muted or suspended, at their socket."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from forums import targets
from forums.actions import sanctions, threads
from forums.models import Post
from network import clock
from tests.cast import Cast
from tests.forums.test_discussing import start
from tests.talking import Talker

pytestmark = [pytest.mark.socket, pytest.mark.django_db(transaction=True)]
Talk = Callable[..., Talker]


def sanction(cast: Cast, post: Post, action: str) -> None:
    until = clock.now() + timedelta(days=1)
    terms = {"action": action, "until": until, "ground": "charter", "facts": "It insults three people."}
    sanctions.sanction(by=cast.maud, target=targets.of_post(post), **terms)


def test_who_is_muted_still_hears_and_is_told_why_they_say_nothing(cast: Cast, talk: Talk) -> None:
    post = threads.reply(by=cast.carlo, thread=start(cast), body="Fools.")
    carlo, luc = talk(cast.carlo), talk(cast.luc)
    carlo.subscribe("families")
    assert carlo.say("families", "All of you.")["type"] == "ack"
    carlo.quiet()
    sanction(cast, post, "muted")
    refused = carlo.say("families", "And you.")
    assert (refused["type"], refused["code"]) == ("error", "forbidden")
    assert "not write until" in str(refused)
    assert luc.say("families", "Good morning.")["type"] == "ack"
    assert carlo.next()["body"] == "Good morning."


def test_who_is_suspended_loses_the_room_and_keeps_the_socket(cast: Cast, talk: Talk) -> None:
    post = threads.reply(by=cast.carlo, thread=start(cast), body="Fools.")
    carlo = talk(cast.carlo)
    carlo.subscribe("families")
    carlo.subscribe("commons")
    sanction(cast, post, "suspended")
    assert carlo.next() == {"type": "unsubscribed", "room": "families", "code": "not_found"}
    assert carlo.say("families", "Am I still here?")["code"] == "not_found"
    assert carlo.subscribe("commons")[-1]["room"] == "commons"
