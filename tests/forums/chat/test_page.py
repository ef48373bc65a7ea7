"""The chat as a page: history through the gate, and a form that needs no script."""

import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from forums.actions import chat
from forums.models import ChatMessage
from network.models import Notification, Room
from network.search import find
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def say(by: object, room: Room, body: str, **more: object) -> ChatMessage:
    return chat.say(by=by, room=room, body=body, client_id=uuid.uuid4(), **more)  # type: ignore[arg-type]


def page(client: Client, person: object, query: str = "") -> str:
    client.force_login(person)  # type: ignore[arg-type]
    answer = client.get(f"/rooms/families/chat/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def shown(html: str) -> list[int]:
    return [int(seq) for seq in re.findall(r'id="message-(\d+)"', html)]


def test_the_newest_fifty_messages_are_shown_and_earlier_ones_a_step_away(cast: Cast, client: Client) -> None:
    for number in range(1, 121):
        say(cast.luc, cast.families, f"Message {number}")
    html = page(client, cast.vera)
    assert shown(html) == list(range(71, 121))
    assert 'data-newest="120"' in html
    html = page(client, cast.vera, "?before=71")
    assert shown(html) == list(range(21, 71))
    assert "data-live" not in html
    assert "?after=70" in html
    html = page(client, cast.vera, "?before=21")
    assert shown(html) == list(range(1, 21))
    assert "?before=" not in html
    html = page(client, cast.vera, "?after=50")
    assert shown(html) == list(range(51, 101))
    assert "data-live" not in html
    assert "?before=51" in html
    html = page(client, cast.vera, "?after=100")
    assert shown(html) == list(range(101, 121))
    assert "data-live" in html
    for nonsense in (
        *("?before=x", "?before=-1", "?before=" + "9" * 15, "?before=" + "9" * 400, "?before=1", "?before=0"),
        *("?after=", "?after=120", "?after=" + "9" * 400, "?message=", "?message=x", "?day="),
    ):
        assert shown(page(client, cast.vera, nonsense)) == list(range(71, 121))


@pytest.mark.parametrize("messages", [1, 40])
def test_the_page_asks_as_often_for_forty_messages_as_for_one(cast: Cast, client: Client, messages: int) -> None:
    for number in range(messages):
        message = say(cast.luc, cast.families, f"Message {number}", reply_to=number or None)
    say(cast.anna, cast.families, "An answer", reply_to=message.seq)
    client.force_login(cast.carlo)
    client.get("/rooms/families/chat/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/rooms/families/chat/")
    assert len(asked) == 15


def test_a_message_is_said_by_the_form_alone(cast: Cast, client: Client) -> None:
    html = page(client, cast.luc)
    sent = re.search(r'name="once" value="([^"]+)"', html)
    assert sent
    form = {"body": "Bonjour\r\nà tous", "once": sent[1]}
    answer = client.post("/rooms/families/chat/", form)
    assert (answer.status_code, answer["Location"]) == (302, "/rooms/families/chat/#message-1")
    assert client.post("/rooms/families/chat/", form)["Location"] == "/rooms/families/chat/#message-1"
    assert ChatMessage.objects.get().body == "Bonjour\nà tous"
    assert "<p>Bonjour<br>\nà tous</p>" in page(client, cast.luc)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("  ", "Write something first."),
        ("x" * 4001, "4,000 characters at most"),
        ("x" * 100_000, "4,000 characters at most"),
        ("a\0b", "say-error"),
    ],
)
def test_what_cannot_be_said_stays_in_the_field_with_the_reason(
    cast: Cast, client: Client, body: str, reason: str
) -> None:
    client.force_login(cast.luc)
    answer = client.post("/rooms/families/chat/", {"body": body})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert reason in html
    assert body.replace("\0", "") in html.replace("\0", "").replace("�", "")
    assert not ChatMessage.objects.exists()


def test_markup_is_shown_and_not_followed(cast: Cast, client: Client) -> None:
    say(cast.luc, cast.families, "a < b & <script>alert(1)</script> [here](https://elsewhere.example) *so*")
    html = page(client, cast.vera)
    assert "a &lt; b &amp; &lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "[here](https://elsewhere.example) <em>so</em>" in html


def test_an_answer_quotes_what_it_answers(cast: Cast, client: Client) -> None:
    say(cast.luc, cast.families, "Who comes on *Friday*?")
    client.force_login(cast.anna)
    assert "Luc Delvaux: Who comes on Friday?" in client.get("/rooms/families/chat/?reply_to=1").content.decode()
    client.post("/rooms/families/chat/", {"body": "I do", "reply_to": 1})
    assert ChatMessage.objects.latest("seq").reply_to.seq == 1
    assert client.post("/rooms/families/chat/", {"body": "I do", "reply_to": 99}).status_code == 422


def test_a_held_message_stands_there_for_its_author_and_the_moderators(cast: Cast, client: Client) -> None:
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    client.force_login(cast.luc)
    client.post("/rooms/families/chat/", {"body": "Look at this"})
    assert [len(shown(page(client, one))) for one in (cast.luc, cast.mona, cast.anna, cast.vera)] == [1, 1, 0, 0]
    assert not find(cast.anna, "look")
    assert Notification.objects.filter(kind="message_held", user=cast.mona).exists()

    message = ChatMessage.objects.get()
    client.force_login(cast.mona)
    assert "Look at this" in client.get("/moderation/").content.decode()
    client.post(f"/moderation/message/{message.uid}/", {"decision": "approve"})
    assert shown(page(client, cast.anna)) == [2]
    assert find(cast.anna, "look").count() == 1
    assert not find(cast.olga, "look")
    assert Notification.objects.filter(kind="message_approved", user=cast.luc).exists()
    client.force_login(cast.luc)
    assert "was approved" in client.get("/notifications/").content.decode()


def test_a_removed_message_leaves_a_trace_on_the_page_and_nothing_in_search(cast: Cast, client: Client) -> None:
    message = say(cast.luc, cast.families, "Something rude")
    chat.decide_message(message.pk, "remove", cast.mona, "Rude")
    html = page(client, cast.anna)
    assert "rude" not in html
    assert "taken away by a moderator" in html
    assert not find(cast.anna, "rude")
    assert Notification.objects.filter(kind="message_removed", user=cast.luc).exists()


def test_nobody_decides_about_their_own_held_message(cast: Cast, client: Client) -> None:
    message = say(cast.luc, cast.families, "Mine")
    ChatMessage.objects.update(state="held", author=cast.mona)
    client.force_login(cast.mona)
    assert client.post(f"/moderation/message/{message.uid}/", {"decision": "approve"}).status_code == 403


def test_who_only_reads_is_told_why_there_is_no_form(cast: Cast, client: Client) -> None:
    html = page(client, cast.vera)
    assert "You may read along here, but not write." in html
    assert "<textarea" not in html
    assert client.post("/rooms/families/chat/", {"body": "Hello"}).status_code == 403


def test_it_is_the_same_nothing_for_whom_the_room_does_not_exist(cast: Cast, client: Client) -> None:
    client.force_login(cast.olga)
    assert client.get("/rooms/families/chat/").status_code == 404
    assert client.post("/rooms/families/chat/", {"body": "Hello"}).status_code == 404
    client.logout()
    assert client.get("/rooms/families/chat/").status_code == 302


def test_a_form_that_came_back_with_other_words_says_them_too(cast: Cast, client: Client) -> None:
    client.force_login(cast.anna)
    key = str(uuid.uuid4())
    for body in ("Good morning", "Good morning", "And good night"):
        assert client.post("/rooms/families/chat/", {"body": body, "once": key}).status_code == 302
    assert list(ChatMessage.objects.order_by("seq").values_list("body", flat=True)) == [
        "Good morning",
        "And good night",
    ]
