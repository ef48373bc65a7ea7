"""Giving one's message other words, and taking it back: who may, who hears of it, and that nothing else is left."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from forums import frames, history
from forums.actions import chat
from forums.actions.chat_editing import edit_message, retract_message
from forums.actions.rules import add_rule
from forums.models import ChatMessage, EarlierWords, Rule
from network.models import AuditEntry, Membership, Notification, PersonGrant, Room, RoomEvent
from network.permissions import Level
from network.refusals import Forbidden, Invalid, Unseen
from network.search import find
from tests.cast import Cast
from tests.factories import grant
from tests.forums.chat.test_page import page, say, shown
from tests.forums.test_properties import SETTINGS, undone
from tests.talking import Talker

pytestmark = pytest.mark.django_db
Talk = Callable[..., Talker]


def test_other_words_take_the_place_of_the_old_ones_everywhere(cast: Cast, client: Client) -> None:
    message = say(cast.luc, cast.families, "On *Thursday*")
    answer = say(cast.anna, cast.families, "Fine", reply_to=1)
    assert edit_message(by=cast.luc, message=message, body=" On *Friday* ") == 3
    html = page(client, cast.vera)
    assert "Thursday" not in html
    assert "<em>Friday</em>" in html
    assert "data-edited" in html.partition("<template")[0]
    assert str(history.quote(ChatMessage.objects.get(pk=answer.reply_to_id))) == "Luc Delvaux: On Friday"
    assert not find(cast.vera, "thursday")
    assert find(cast.vera, "friday").count() == 1
    assert AuditEntry.objects.get(verb="forums.message_edited").target == message.uid
    assert EarlierWords.objects.get().body == "On *Thursday*"


def test_the_same_words_again_change_nothing(cast: Cast) -> None:
    message = say(cast.luc, cast.families, "On Thursday")
    assert edit_message(by=cast.luc, message=message, body="On Thursday ") == 1
    assert edit_message(by=cast.luc, message=message, body="On Friday") == 2
    assert edit_message(by=cast.luc, message=message, body="On Friday") == 2
    assert RoomEvent.objects.count() == 2


def test_what_is_taken_back_leaves_a_trace_and_no_word(cast: Cast, client: Client) -> None:
    message = say(cast.luc, cast.families, "Something hasty")
    say(cast.anna, cast.families, "Well", reply_to=1)
    assert retract_message(by=cast.luc, message=message) == 3
    assert retract_message(by=cast.luc, message=message) == 3
    for one in (cast.vera, cast.luc, cast.mona):
        html = page(client, one)
        assert shown(html) == [1, 2]
        assert "hasty" not in html
        assert "taken back by its author" in html.partition("<template")[0]
        assert "A message that is not there any more" in html.partition("<template")[0]
        assert not find(one, "hasty")
    assert AuditEntry.objects.filter(verb="forums.message_withdrawn").count() == 1


def test_nobody_changes_or_takes_back_what_is_not_theirs_or_gone(cast: Cast) -> None:
    message = say(cast.luc, cast.families, "Mine")
    for person, refusal in ((cast.mona, Forbidden), (cast.vera, Forbidden), (cast.olga, Unseen)):
        with pytest.raises(refusal):
            edit_message(by=person, message=message, body="Theirs")
        with pytest.raises(refusal):
            retract_message(by=person, message=message)
    for body in ("", " \n", "a\0b"):
        with pytest.raises(Invalid):
            edit_message(by=cast.luc, message=message, body=body)
    chat.remove_message(by=cast.mona, message=message, reason="Rude")
    with pytest.raises(Forbidden):
        edit_message(by=cast.luc, message=message, body="Better")
    with pytest.raises(Forbidden):
        retract_message(by=cast.luc, message=message)


def test_who_says_no_more_changes_nothing_but_takes_back(cast: Cast) -> None:
    message = say(cast.carlo, cast.families, "Mine")
    PersonGrant.objects.filter(user=cast.carlo, content_object=cast.families).delete()
    grant(cast.carlo, Level.VIEW, cast.families)
    with pytest.raises(Forbidden):
        edit_message(by=cast.carlo, message=message, body="Other")
    retract_message(by=cast.carlo, message=message)
    theirs = say(cast.anna, cast.families, "Mine")
    Membership.objects.filter(user=cast.anna).delete()
    with pytest.raises(Unseen):
        retract_message(by=cast.anna, message=theirs)


def test_words_that_would_wait_for_a_moderator_do_not_slip_in(cast: Cast) -> None:
    message = say(cast.luc, cast.families, "Fine")
    add_rule(by=cast.mona, room=cast.families, kind=Rule.Kind.WORDS, text="lantern")
    with pytest.raises(Forbidden, match="say it anew"):
        edit_message(by=cast.luc, message=message, body="The lantern")
    edit_message(by=cast.luc, message=message, body="The lamp")
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    with pytest.raises(Forbidden, match="say it anew"):
        edit_message(by=cast.luc, message=message, body="The lamps")
    held = say(cast.luc, Room.objects.get(pk=cast.families.pk), "Held")
    edit_message(by=cast.luc, message=held, body="Held still")
    held.refresh_from_db()
    assert (held.state, held.body) == ("held", "Held still")


def test_what_was_held_and_is_taken_back_was_never_there(cast: Cast, client: Client) -> None:
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    message = say(cast.luc, Room.objects.get(pk=cast.families.pk), "Held")
    retract_message(by=cast.luc, message=message)
    assert shown(page(client, cast.anna)) == []
    assert not Notification.objects.filter(kind="message_held").exists()


def test_a_moderator_does_not_put_back_what_its_author_took_back(cast: Cast) -> None:
    message = say(cast.luc, cast.families, "Hasty")
    retract_message(by=cast.luc, message=message)
    chat.put_back(by=cast.mona, message=chat.fetch(message))
    message.refresh_from_db()
    assert message.state == "removed"
    assert not find(cast.anna, "hasty")


def test_what_is_erased_leaves_no_earlier_words(cast: Cast) -> None:
    message = say(cast.luc, cast.families, "Anne's son")
    edit_message(by=cast.luc, message=message, body="Somebody")
    chat.take_away(by=cast.mona, message=chat.fetch(message), reason="It names somebody.", erase=True)
    assert not EarlierWords.objects.exists()


def test_the_pages_change_and_take_back_without_a_script(cast: Cast, client: Client) -> None:
    say(cast.luc, cast.families, "On Thursday")
    html = page(client, cast.luc)
    assert "/rooms/families/chat/1/edit/" in html
    assert "/rooms/families/chat/1/retract/" in html
    assert "/rooms/families/chat/1/edit/" not in page(client, cast.anna)
    client.force_login(cast.luc)
    assert "On Thursday" in client.get("/rooms/families/chat/1/edit/").content.decode()
    refused = client.post("/rooms/families/chat/1/edit/", {"body": "x" * 4001})
    assert refused.status_code == 422
    assert "4,000 characters at most" in refused.content.decode()
    assert "x" * 4001 in refused.content.decode()
    answer = client.post("/rooms/families/chat/1/edit/", {"body": "On Friday"})
    assert answer["Location"] == "/rooms/families/chat/?message=1#message-1"
    assert client.get("/rooms/families/chat/1/retract/").status_code == 200
    assert client.post("/rooms/families/chat/1/retract/").status_code == 302
    assert client.get("/rooms/families/chat/1/retract/").status_code == 403
    for number in (2, 99, 10**30):
        assert client.get(f"/rooms/families/chat/{number}/edit/").status_code == 404


@pytest.mark.socket
@pytest.mark.django_db(transaction=True)
def test_who_is_there_hears_of_it_and_who_comes_later_reads_what_is_left(cast: Cast, talk: Talk) -> None:
    luc, anna = talk(cast.luc), talk(cast.anna)
    luc.say("families", "On *Thursday*")
    anna.subscribe("families")
    assert anna.say("families", "Fine", reply_to=1)["seq"] == 2
    sent = str(uuid.uuid4())
    assert luc.ask(type="edit", room="families", seq=1, body="On *Friday*", id=sent) == {
        "type": "ack",
        "id": sent,
        "seq": 3,
    }
    edited = anna.until("edited")[-1]
    assert edited.pop("at").endswith("+00:00")
    assert edited == {
        "type": "edited",
        "room": "families",
        "seq": 3,
        "target": 1,
        "body": "On *Friday*",
        "html": "<p>On <em>Friday</em></p>\n",
    }
    said, answer, again, _end = talk(cast.vera).subscribe("families", after=0)
    assert (said["body"], "edited" in said) == ("On *Friday*", True)
    assert answer["quote"] == {"name": "Luc Delvaux", "text": "On Friday"}
    assert (again["type"], again["target"]) == ("edited", 1)

    luc.send(type="retract", room="families", seq=1)
    gone = anna.until("retracted")[-1]
    assert (gone["seq"], gone["target"], gone["withdrawn"]) == (4, 1, True)
    assert luc.ask(type="retract", room="families", seq=1, id=sent)["seq"] == 4
    replayed = talk(cast.vera).subscribe("families", after=0)
    assert [(frame["type"], frame["seq"]) for frame in replayed] == [
        ("message", 1),
        ("message", 2),
        ("skipped", 3),
        ("retracted", 4),
        ("subscribed", 4),
    ]
    assert replayed[1]["quote"] == {"gone": True}
    assert "Friday" not in str(replayed)
    assert "Thursday" not in str(replayed)


@pytest.mark.socket
@pytest.mark.django_db(transaction=True)
def test_frames_that_change_what_one_may_not_are_refused_alike(cast: Cast, talk: Talk) -> None:
    say(cast.luc, cast.families, "Mine")
    say(cast.luc, cast.schools, "Elsewhere")
    anna, olga = talk(cast.anna), talk(cast.olga)
    for kind in ("edit", "retract"):
        assert anna.ask(type=kind, room="families", seq=1, body="x")["code"] == "forbidden"
        for number in (2, 0, 10**30):
            assert anna.ask(type=kind, room="families", seq=number, body="x")["code"] == "not_found"
        unseen, absent = (olga.ask(type=kind, room=room, seq=1, body="x") for room in ("families", "nowhere"))
        assert (unseen.pop("room"), absent.pop("room")) == ("families", "nowhere")
        assert unseen == absent
    luc = talk(cast.luc)
    assert luc.ask(type="edit", room="families", seq=1, body="x" * 4001)["code"] == "too_long"
    assert luc.ask(type="edit", room="families", seq=1, body=" ")["code"] == "invalid"
    assert ChatMessage.objects.filter(body="Mine").exists()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("say", "answer", "edit", "retract", "remove", "put back", "approve")),
        st.integers(0, 5),
        st.sampled_from(("luc", "anna", "carlo")),
        st.booleans(),
    ),
    min_size=2,
    max_size=14,
)


def _step(cast: Cast, what: str, which: int, by: Any, held: bool, number: int) -> None:
    """One thing that somebody does with one of the messages; who may not, does nothing."""
    Room.objects.filter(pk=cast.families.pk).update(moderation="every" if held else "free")
    room, said = Room.objects.get(pk=cast.families.pk), list(ChatMessage.objects.order_by("pk"))
    one = said[which % len(said)] if said else None
    try:
        if what == "say":
            say(by, room, f"word{number:02}")
        elif one is None:
            return
        elif what == "answer":
            say(by, room, f"word{number:02}", reply_to=one.seq)
        elif what == "edit":
            edit_message(by=by, message=one, body=f"word{number:02}")
        elif what == "retract":
            retract_message(by=by, message=one)
        elif what == "remove":
            chat.remove_message(by=cast.mona, message=one, reason="So it was.")
        elif what == "put back" and one.state == "removed":
            chat.put_back(by=cast.mona, message=chat.fetch(one))
        elif what == "approve":
            chat.approve_message(by=cast.mona, message=one)
    except (Forbidden, Invalid):
        pass


@SETTINGS
@given(steps=STEPS)
def test_a_quotation_says_what_its_reader_may_read_and_no_word_of_before(cast: Cast, steps: list[Any]) -> None:
    """Whatever was done with the messages: the page, the replay and the search hold no word that is kept back."""
    with undone():
        for number, (what, which, by, held) in enumerate(steps):
            _step(cast, what, which, getattr(cast, by), held, number)
        room = Room.objects.get(pk=cast.families.pk)
        events = list(RoomEvent.objects.filter(room=room, kind="message"))
        for reader, moderates in ((cast.vera, False), (cast.luc, False), (cast.mona, True)):
            readable = {one.pk: one for one in ChatMessage.objects.visible_to(reader)}
            known = {one.body for one in readable.values()}
            part = history.read(reader, room, moderates=moderates)
            rows = [row for _day, rows in part.days for row in rows]
            for row in rows:
                assert row["html"] == "" or row["html"].strip().removeprefix("<p>").removesuffix("</p>") in known
                quote = row["quote"]
                assert quote is None or quote.gone or quote.words in known
            published = {one.body for one in readable.values() if one.state == "published"}
            for one in frames.messages(events).values():
                if one.person is None:
                    assert one.payload.get("body", "") in {"", *published}
                assert one.payload.get("quote", {}).get("text", "") in {"", *published}
            for number in range(len(steps)):
                assert find(reader, f"word{number:02}").count() == (f"word{number:02}" in published)
