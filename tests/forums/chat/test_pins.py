"""What moderators pin beside a chat, who reads it there, and finding words in one chat alone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from forums import history
from forums.actions import chat
from forums.actions.chat_editing import edit_message, retract_message
from forums.actions.chat_pinning import pin_message, unpin_message
from forums.models import ChatMessage
from network.actions.rooms import open_direct_room
from network.models import AuditEntry, Room, RoomEvent
from network.refusals import Forbidden, Unseen
from tests.cast import Cast
from tests.forums.chat.test_page import page, say
from tests.forums.test_properties import SETTINGS, undone
from tests.talking import Talker

pytestmark = pytest.mark.django_db
Talk = Callable[..., Talker]


def pinned(cast: Cast, reader: Any) -> list[str]:
    return [one.words for one in history.pinned(reader, cast.families)]


def test_moderators_pin_and_everybody_finds_the_way_back(cast: Cast, client: Client) -> None:
    first, second = say(cast.luc, cast.families, "The link is …"), say(cast.anna, cast.families, "The hotel is …")
    for _ in range(2):
        pin_message(by=cast.mona, message=first)
    pin_message(by=cast.mona, message=second)
    assert pinned(cast, cast.vera) == ["The hotel is …", "The link is …"]
    aside = page(client, cast.vera).partition("data-pins")[2]
    assert 'href="?message=1#message-1" data-quote="1"' in aside
    assert "data-pin>" not in page(client, cast.vera).partition("<template")[0]
    assert "data-pin>Unpin" in page(client, cast.mona).partition("<template")[0]
    for _ in range(2):
        unpin_message(by=cast.mona, message=first)
    assert pinned(cast, cast.vera) == ["The hotel is …"]
    assert AuditEntry.objects.filter(verb="forums.message_pinned").count() == 2
    assert RoomEvent.objects.filter(kind="message_pinned").count() == 3


def test_nobody_else_pins_and_nothing_that_not_all_read(cast: Cast) -> None:
    message = say(cast.luc, cast.families, "The link is …")
    for act in (pin_message, unpin_message):
        for person, refusal in ((cast.luc, Forbidden), (cast.vera, Forbidden), (cast.olga, Unseen)):
            with pytest.raises(refusal):
                act(by=person, message=message)
    direct = say(cast.luc, open_direct_room(by=cast.luc, people=[cast.anna]), "Between us")
    for person, refusal in ((cast.luc, Forbidden), (cast.mona, Unseen)):
        with pytest.raises(refusal):
            pin_message(by=person, message=direct)
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    held = say(cast.luc, Room.objects.get(pk=cast.families.pk), "Held")
    with pytest.raises(Forbidden):
        pin_message(by=cast.mona, message=held)


def test_ten_are_pinned_and_no_more(cast: Cast) -> None:
    said = [say(cast.luc, cast.families, str(number)) for number in range(11)]
    for message in said[:10]:
        pin_message(by=cast.mona, message=message)
    with pytest.raises(Forbidden):
        pin_message(by=cast.mona, message=said[10])
    pin_message(by=cast.mona, message=said[0])
    unpin_message(by=cast.mona, message=said[0])
    pin_message(by=cast.mona, message=said[10])


def test_the_pages_pin_and_unpin_without_a_script(cast: Cast, client: Client) -> None:
    say(cast.luc, cast.families, "The link is …")
    client.force_login(cast.mona)
    assert client.post("/rooms/families/chat/1/pin/")["Location"] == "/rooms/families/chat/?message=1#message-1"
    assert pinned(cast, cast.vera) == ["The link is …"]
    client.post("/rooms/families/chat/1/unpin/")
    assert pinned(cast, cast.vera) == []
    assert client.post("/rooms/families/chat/9/pin/").status_code == 404


def test_words_are_found_in_one_chat_alone(cast: Cast, client: Client) -> None:
    say(cast.luc, cast.families, "The lantern of Families")
    say(cast.luc, cast.schools, "The lantern of Schools")
    client.force_login(cast.luc)
    here = client.get("/search/?q=lantern&kind=message&room=families").content.decode()
    assert "lantern of Families" in here
    assert "lantern of Schools" not in here
    assert "/rooms/families/chat/?message=1#message-1" in here
    everywhere = client.get("/search/?q=lantern&kind=message").content.decode()
    assert "lantern of Schools" in everywhere
    for nowhere in ("schools", "nowhere", "%00", "x" * 3000):
        client.force_login(cast.anna)
        assert "lantern of Schools" not in client.get(f"/search/?q=lantern&room={nowhere}").content.decode()
    assert 'name="room" value="families"' in page(client, cast.anna)


@pytest.mark.socket
@pytest.mark.django_db(transaction=True)
def test_pins_come_over_the_socket_with_the_words_of_now(cast: Cast, talk: Talk) -> None:
    message = say(cast.luc, cast.families, "The link is *one*")
    anna = talk(cast.anna)
    anna.subscribe("families")
    pin_message(by=cast.mona, message=message)
    assert anna.next() == {
        "type": "pinned",
        "room": "families",
        "seq": 2,
        "target": 1,
        "pinned": True,
        "quote": {"name": "Luc Delvaux", "text": "The link is one"},
    }
    edit_message(by=cast.luc, message=message, body="The link is two")
    unpin_message(by=cast.mona, message=message)
    assert anna.until("pinned")[-1] == {
        "type": "pinned",
        "room": "families",
        "seq": 4,
        "target": 1,
        "pinned": False,
    }
    pin_message(by=cast.mona, message=message)
    replayed = talk(cast.vera).subscribe("families", after=1)
    assert [frame.get("quote", {}).get("text") for frame in replayed if frame["type"] == "pinned"] == [
        "The link is two"
    ] * 3
    retract_message(by=cast.luc, message=message)
    left = talk(cast.vera).subscribe("families", after=0)
    assert [frame["type"] for frame in left] == ["message", *["skipped"] * 4, "retracted", "subscribed"]
    assert "link" not in str(left)


@SETTINGS
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(("pin", "unpin", "edit", "retract", "remove", "put back")), st.integers(0, 2)),
        max_size=12,
    )
)
def test_what_is_pinned_is_what_all_read_in_the_words_of_now(cast: Cast, steps: list[Any]) -> None:
    with undone():
        said = [say(cast.luc, cast.families, f"word{number}") for number in range(3)]
        expected: list[int] = []
        for number, (what, which) in enumerate(steps):
            message = said[which]
            message.refresh_from_db()
            try:
                if what == "pin":
                    pin_message(by=cast.mona, message=message)
                elif what == "unpin":
                    unpin_message(by=cast.mona, message=message)
                elif what == "edit":
                    edit_message(by=cast.luc, message=message, body=f"again{number}")
                elif what == "retract":
                    retract_message(by=cast.luc, message=message)
                elif what == "remove":
                    chat.remove_message(by=cast.mona, message=message, reason="So it was.")
                elif message.state == "removed":
                    chat.put_back(by=cast.mona, message=chat.fetch(message))
            except Forbidden:
                continue
            if what == "pin" and which not in expected:
                expected.insert(0, which)
            elif what in {"unpin", "retract", "remove"} and which in expected:
                expected.remove(which)
        bodies = dict(ChatMessage.objects.values_list("pk", "body"))
        for reader in (cast.vera, cast.luc, cast.mona, cast.maud):
            assert pinned(cast, reader) == [bodies[said[which].pk] for which in expected]
        assert pinned(cast, cast.olga) == []
