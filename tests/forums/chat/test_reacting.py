"""Answering a chat message with one press: who may, how many there are, and that nobody is shown whose they are."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from forums.actions import chat
from forums.actions.chat_editing import retract_message
from forums.actions.chat_reactions import join_chat_reactions, react_to_message, take_back_reaction
from forums.models import ChatMessage, ChatReaction
from network.actions.rooms import open_direct_room
from network.models import Room, RoomEvent
from network.refusals import Forbidden, Invalid, Unseen
from tests.cast import Cast
from tests.forums.chat.test_page import page, say
from tests.forums.test_properties import SETTINGS, undone
from tests.talking import Talker

pytestmark = pytest.mark.django_db
Talk = Callable[..., Talker]
THANK, AGREE = ChatReaction.Kind


def numbers(message: ChatMessage) -> tuple[int, int]:
    message.refresh_from_db()
    return message.thanks, message.agreed


def test_one_answers_once_and_can_take_it_back(cast: Cast) -> None:
    message = say(cast.luc, cast.families, "Friday")
    for _ in range(2):
        react_to_message(by=cast.anna, message=message, kind=THANK)
    react_to_message(by=cast.vera, message=message, kind=THANK)
    react_to_message(by=cast.vera, message=message, kind=AGREE)
    assert numbers(message) == (2, 1)
    for _ in range(2):
        take_back_reaction(by=cast.anna, message=message, kind=THANK)
    assert numbers(message) == (1, 1)
    assert RoomEvent.objects.filter(kind="message_reacted").count() == 4


def test_nobody_answers_themselves_nor_what_is_held_gone_or_not_theirs_to_read(cast: Cast) -> None:
    message = say(cast.luc, cast.families, "Friday")
    with pytest.raises(Forbidden):
        react_to_message(by=cast.luc, message=message, kind=THANK)
    with pytest.raises(Invalid):
        react_to_message(by=cast.anna, message=message, kind=4)
    with pytest.raises(Unseen):
        react_to_message(by=cast.olga, message=message, kind=THANK)
    retract_message(by=cast.luc, message=message)
    with pytest.raises(Unseen):
        react_to_message(by=cast.anna, message=message, kind=THANK)
    with pytest.raises(Forbidden):
        react_to_message(by=cast.mona, message=message, kind=THANK)
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    held = say(cast.luc, Room.objects.get(pk=cast.families.pk), "Held")
    with pytest.raises(Unseen):
        react_to_message(by=cast.anna, message=held, kind=THANK)


def test_in_an_archived_room_nobody_answers_any_more(cast: Cast, client: Client) -> None:
    message = say(cast.luc, cast.families, "Friday")
    Room.objects.filter(pk=cast.families.pk).update(archived_at=cast.families.opened_at)
    with pytest.raises(Forbidden):
        react_to_message(by=cast.anna, message=ChatMessage.objects.get(pk=message.pk), kind=THANK)
    assert '<button class="reaction"' not in page(client, cast.anna)


def test_in_a_direct_room_its_people_answer_and_nobody_else(cast: Cast) -> None:
    room = open_direct_room(by=cast.luc, people=[cast.anna])
    message = say(cast.luc, room, "Between us")
    react_to_message(by=cast.anna, message=message, kind=AGREE)
    assert numbers(message) == (0, 1)
    for other in (cast.clara, cast.mona):
        with pytest.raises(Unseen):
            react_to_message(by=other, message=message, kind=AGREE)


def test_the_page_shows_how_many_and_which_are_ones_own(cast: Cast, client: Client) -> None:
    message = say(cast.luc, cast.families, "Friday")
    react_to_message(by=cast.anna, message=message, kind=THANK)
    html = page(client, cast.anna).partition("<template")[0]
    assert 'value="not-thank" data-kind="thank" aria-pressed="true"' in html
    assert 'value="agree" data-kind="agree" aria-pressed="false"' in html
    assert 'value="thank" data-kind="thank" aria-pressed="false"' in page(client, cast.vera)
    client.force_login(cast.vera)
    answer = client.post("/rooms/families/chat/1/react/", {"kind": "agree"})
    assert answer["Location"] == "/rooms/families/chat/?message=1#message-1"
    client.post("/rooms/families/chat/1/react/", {"kind": "not-agree"})
    assert numbers(message) == (1, 0)
    assert client.post("/rooms/families/chat/1/react/", {"kind": "too"}).status_code == 422


def test_two_accounts_of_one_person_count_once(cast: Cast) -> None:
    message, own = say(cast.luc, cast.families, "Friday"), say(cast.anna, cast.families, "Mine")
    for person in (cast.anna, cast.vera):
        react_to_message(by=person, message=message, kind=THANK)
    react_to_message(by=cast.vera, message=message, kind=AGREE)
    react_to_message(by=cast.vera, message=own, kind=AGREE)
    join_chat_reactions(cast.anna, cast.vera)
    assert (numbers(message), numbers(own)) == ((1, 1), (0, 0))
    assert set(ChatReaction.objects.values_list("user", flat=True)) == {cast.anna.pk}


@pytest.mark.socket
@pytest.mark.django_db(transaction=True)
def test_the_numbers_come_over_the_socket_and_name_nobody(cast: Cast, talk: Talk) -> None:
    say(cast.luc, cast.families, "Friday")
    anna, luc = talk(cast.anna), talk(cast.luc)
    luc.subscribe("families")
    anna.send(type="react", room="families", seq=1, kind="thank")
    assert luc.next() == {"type": "reactions", "room": "families", "seq": 2, "target": 1, "thanks": 1, "agreed": 0}
    sent = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
    assert anna.ask(type="react", room="families", seq=1, kind="thank", on=False, id=sent) == {
        "type": "ack",
        "id": sent,
        "seq": 1,
    }
    assert luc.next()["thanks"] == 0
    anna.send(type="react", room="families", seq=1, kind="agree")
    assert luc.next()["agreed"] == 1
    replayed = talk(cast.vera).subscribe("families", after=0)
    assert [frame["type"] for frame in replayed] == ["message", *["reactions"] * 3, "subscribed"]
    assert {frame.get("agreed") for frame in replayed[:4]} == {1}
    assert "Anna" not in str(replayed[:4])
    for number, kind, code in ((1, "too", "invalid"), (9, "thank", "not_found")):
        assert anna.ask(type="react", room="families", seq=number, kind=kind)["code"] == code
    assert luc.ask(type="react", room="families", seq=1, kind="thank")["code"] == "forbidden"
    chat.remove_message(by=cast.mona, message=ChatMessage.objects.get(), reason="So it was.")
    left = talk(cast.vera).subscribe("families", after=0)
    assert [frame["type"] for frame in left] == ["message", *["skipped"] * 3, "retracted", "subscribed"]


@SETTINGS
@given(
    presses=st.lists(
        st.tuples(st.sampled_from(("anna", "vera", "luc", "olga")), st.sampled_from((1, 2)), st.booleans()), max_size=14
    )
)
def test_the_numbers_are_those_of_the_people(cast: Cast, presses: list[Any]) -> None:
    with undone():
        message = say(cast.luc, cast.families, "Friday")
        answers: set[tuple[str, int]] = set()
        for name, kind, on in presses:
            try:
                (react_to_message if on else take_back_reaction)(by=getattr(cast, name), message=message, kind=kind)
            except (Forbidden, Unseen):
                assert name in {"luc", "olga"}
                continue
            (answers.add if on else answers.discard)((name, kind))
        assert numbers(message) == tuple(sum(1 for _name, one in answers if one == kind) for kind in (1, 2))
