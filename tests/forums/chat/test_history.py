"""Any part of a chat: both ways by cursor, by day, by a permanent link; and the socket goes on from where it ends."""

import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from forums.actions import chat
from forums.models import ChatMessage
from network.models import Room
from tests.cast import Cast
from tests.forums.chat.test_page import page, say, shown
from tests.talking import Talker

pytestmark = pytest.mark.django_db
Talk = Callable[..., Talker]


def status(client: Client, person: object, query: str) -> int:
    client.force_login(person)  # type: ignore[arg-type]
    return client.get(f"/rooms/families/chat/{query}").status_code


def marked(html: str) -> list[int]:
    return [int(seq) for seq in re.findall(r'class="message[^"]* message-linked" id="message-(\d+)"', html)]


def test_a_link_opens_what_stands_around_a_message_and_marks_it(cast: Cast, client: Client) -> None:
    for number in range(1, 101):
        message = say(cast.luc, cast.families, f"Message {number}")
    html = page(client, cast.vera, "?message=40")
    assert shown(html) == list(range(16, 66))
    assert marked(html) == [40]
    assert "?before=16" in html
    assert "?after=65" in html
    assert 'href="?message=40#message-40"' in html
    assert message.get_absolute_url() == "/rooms/families/chat/?message=100#message-100"
    html = page(client, cast.vera, "?message=100")
    assert shown(html) == list(range(76, 101))
    assert "data-live" in html


def test_a_link_to_what_was_held_leads_there_under_its_new_number(cast: Cast, client: Client) -> None:
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    message = say(cast.luc, Room.objects.get(pk=cast.families.pk), "Look at this")
    assert marked(page(client, cast.mona, "?message=1")) == [1]
    assert status(client, cast.anna, "?message=1") == 404
    chat.approve_message(by=cast.mona, message=message)
    chat.remove_message(by=cast.mona, message=message, reason="Rude")
    chat.put_back(by=cast.mona, message=chat.fetch(message))
    for number in (1, 2, 4):
        assert marked(page(client, cast.anna, f"?message={number}")) == [4]


@pytest.mark.parametrize("number", [0, 2, 3, 99, 10**30])
def test_a_link_to_what_is_no_message_here_leads_nowhere(cast: Cast, client: Client, number: int) -> None:
    """Number 2 is that a message was taken away; 3 a message that another room has."""
    chat.remove_message(by=cast.mona, message=say(cast.luc, cast.families, "Rude"), reason="Rude")
    for text in ("One", "Two", "Three"):
        say(cast.luc, cast.schools, text)
    assert status(client, cast.vera, "?message=1") == 200
    assert status(client, cast.vera, f"?message={number}") == (200 if number == 10**30 else 404)
    assert status(client, cast.olga, "?message=1") == 404


def test_one_goes_to_a_day_in_ones_own_zone(cast: Cast, client: Client) -> None:
    for number, hour in enumerate((1, 21, 23, 50, 60), start=1):
        message = say(cast.luc, cast.families, f"Message {number}")
        at = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=hour)
        ChatMessage.objects.filter(pk=message.pk).update(at=at, shown_at=at)
    cast.vera.timezone = "Europe/Helsinki"  # two hours ahead
    cast.vera.save()
    assert shown(page(client, cast.vera, "?day=2026-03-02")) == [1, 2, 3, 4, 5]
    assert shown(page(client, cast.vera, "?day=2026-03-03")) == [3, 4, 5]
    assert shown(page(client, cast.vera, "?day=2026-03-04")) == [4, 5]
    html = page(client, cast.vera, "?day=2026-03-03")
    assert "?before=3" in html
    assert 'value="2026-03-03"' in html


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2099-01-01", "Nothing was said on that day or after it."),
        ("tomorrow", "This is not a day."),
        ("0001-01-01", "That is before there were chats."),
        ("9999-12-31", "That is too far ahead."),
        ("2026-02-30", "This is not a day."),
        ("%00", "This is not a day."),
    ],
)
def test_a_day_without_words_is_said_at_its_field(cast: Cast, client: Client, day: str, why: str) -> None:
    say(cast.luc, cast.families, "Bonjour")
    html = page(client, cast.vera, f"?day={day}")
    assert why in html
    assert shown(html) == [1]


@pytest.mark.parametrize("messages", [3, 60])
@pytest.mark.parametrize(
    ("query", "asked"), [("?before=3", 16), ("?after=1", 16), ("?message=2", 17), ("?day=1999-01-01", 17)]
)
def test_any_part_asks_as_often_whatever_was_said(
    cast: Cast, client: Client, messages: int, query: str, asked: int
) -> None:
    for number in range(messages):
        say(cast.luc, cast.families, f"Message {number}", reply_to=number or None)
    client.force_login(cast.carlo)
    client.get("/rooms/families/chat/")
    with CaptureQueriesContext(connection) as questions:
        client.get(f"/rooms/families/chat/{query}")
    assert len(questions) == asked


@pytest.mark.socket
@pytest.mark.django_db(transaction=True)
def test_the_page_and_the_socket_agree_without_a_gap_or_a_double(cast: Cast, talk: Talk, client: Client) -> None:
    stop = threading.Event()

    def go_on() -> None:
        try:
            while not stop.wait(0.01):
                say(cast.luc, cast.families, "One more")
        finally:
            connections.close_all()

    speaker = threading.Thread(target=go_on)
    speaker.start()
    try:
        for _round in range(3):
            html = page(client, cast.anna)
            newest = int(re.findall(r'data-newest="(\d+)"', html)[0])
            ids = dict(zip(shown(html), re.findall(r'data-id="([^"]+)"', html), strict=True))
            anna = talk(cast.anna)
            frames = anna.subscribe("families", after=newest)
            frames += [anna.next() for _more in range(5)]
            ids |= {frame["seq"]: frame["id"] for frame in frames if frame["type"] == "message"}
            assert sorted(ids) == list(range(min(ids), max(ids) + 1))
            assert len(set(ids.values())) == len(ids)
    finally:
        stop.set()
        speaker.join()
