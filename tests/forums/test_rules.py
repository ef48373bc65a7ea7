"""Rules of a room that hold what is written, and slow mode: nothing is dropped, and everybody is told."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forums.actions import chat, moderation, threads
from forums.actions.rules import add_rule, remove_rule
from forums.folding import folded, holds_words
from forums.models import ChatMessage, Post, Rule, Thread
from forums.rules import held_by
from network import clock
from network.labels import Label
from network.models import AuditEntry, Notification, Room, State
from network.refusals import Forbidden, Invalid, TooFast, Unseen
from tests.cast import Cast
from tests.drawing import examples
from tests.forums.test_discussing import start

pytestmark = pytest.mark.django_db


def rule(cast: Cast, text: str = "lantern", kind: str = Rule.Kind.WORDS) -> Rule:
    return add_rule(by=cast.mona, room=cast.families, kind=kind, text=text)


def slow(cast: Cast, seconds: int = 60) -> None:
    Room.objects.filter(pk=cast.families.pk).update(slow_seconds=seconds)
    cast.families.refresh_from_db()


# --- what holds ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "Who has a lantern?",
        "A LANTERN.",
        "a lántern",
        "a lаntеrn",  # with a Cyrillic а and е
        "a lan\u200btern",
        "a lan\u00adtern",
        "a ｌａｎｔｅｒｎ",
        "a lan**te**rn",
        "a lan<b></b>tern",
        "a &#108;antern",
        "(lantern)",
    ],
)
def test_a_word_is_found_however_it_is_spelt(cast: Cast, body: str) -> None:
    rule(cast)
    assert held_by(cast.families, body, cast.anna) is not None


@pytest.mark.parametrize("body", ["Lanterns are out.", "An altern lane", "lan tern", "Nothing."])
def test_a_word_counts_as_a_whole(cast: Cast, body: str) -> None:
    rule(cast)
    assert held_by(cast.families, body, cast.anna) is None


@pytest.mark.parametrize(
    ("body", "held"),
    [
        ("A candle.", True),
        ("LANTERN, please", True),
        ("lantern candle", True),
        ("An oil lamp", True),
        ("Oil for a lamp", False),
    ],
)
def test_words_with_commas_between_hold_each_by_itself(cast: Cast, body: str, held: bool) -> None:
    made = rule(cast, "lantern, candle,, oil  lamp ,")
    assert made.text == "lantern, candle, oil lamp"
    assert made.sentence == "The words “lantern” or “candle” or “oil lamp”"
    assert (held_by(cast.families, body, cast.anna) is not None) == held


@given(st.text(max_size=60), st.sampled_from(["", "\u200b", "\u00ad", "\u2060", "\u0301"]))
def test_invisible_signs_and_capitals_never_keep_words_from_a_rule(text: str, sign: str) -> None:
    words = folded(text)
    assert folded(folded(text)) == words
    if words:
        assert holds_words(folded(f"before {sign.join(words.strip())} after"), words)


@pytest.mark.parametrize(
    ("body", "held"),
    [
        ("See https://example.org/a and <https://www.example.org>.", False),
        ("See http://localhost/rooms/ here.", False),
        ("See https://evil.example/.", True),
        ("[our site](https://evil.example/)", True),
        ("https://example.org.evil.example/", True),
        ("https://example.org@evil.example/", True),
        ("www.evil.example", True),
        ("https://exam\u200bple.org/", False),
        ("No link, but an address: a@evil.example", False),
    ],
)
def test_links_lead_to_known_sites_or_wait(cast: Cast, body: str, held: bool) -> None:
    rule(cast, "example.org", Rule.Kind.HOSTS)
    assert (held_by(cast.families, body, cast.anna) is not None) == held


def test_more_links_than_a_room_wants_wait(cast: Cast) -> None:
    rule(cast, "2", Rule.Kind.LINKS)
    links = [f"https://example.org/{n}" for n in range(3)]
    assert held_by(cast.families, " ".join(links[:2]), cast.anna) is None
    assert held_by(cast.families, " ".join(links), cast.anna) is not None


def test_a_reply_that_is_held_is_there_for_its_author_and_tells_moderators_why(cast: Cast) -> None:
    thread = start(cast)
    rule(cast)
    post = threads.reply(by=cast.anna, thread=thread, body="A lantern.")
    assert (post.state, post.number) == (State.HELD, None)
    assert Notification.objects.filter(user=cast.mona, kind="post_held").exists()
    pages = {}
    for person in (cast.anna, cast.mona, cast.vera):
        client = Client()
        client.force_login(person)
        pages[person.pk] = client.get(thread.get_absolute_url()).content.decode()
    assert "A moderator will look at it" in pages[cast.anna.pk]
    assert "It meets a rule" not in pages[cast.anna.pk]
    assert "It meets a rule: The words “lantern”" in pages[cast.mona.pk]
    assert "A lantern." not in pages[cast.vera.pk]
    client = Client()
    client.force_login(cast.maud)
    assert "It meets a rule: The words “lantern”" in client.get(reverse("forums:moderation")).content.decode()
    moderation.approve_post(by=cast.maud, post=post)
    post.refresh_from_db()
    assert (post.state, post.reason) == (State.PUBLISHED, "")


def test_titles_comments_and_messages_are_looked_at_too(cast: Cast) -> None:
    rule(cast)
    held = threads.start_thread(by=cast.anna, room=cast.families, title="Lantern", body="Who has one?")
    assert held.state == State.HELD
    client = Client()
    client.force_login(cast.maud)
    assert "It meets a rule: The words “lantern”" in client.get(reverse("forums:moderation")).content.decode()
    said = chat.say(by=cast.anna, room=cast.families, body="lantern", client_id=uuid.uuid4())
    assert (said.state, said.first_held) == (State.HELD, True)
    chat.approve_message(by=cast.maud, message=said)
    said.refresh_from_db()
    assert (said.state, said.reason) == (State.PUBLISHED, "")


def test_moderators_are_not_held_but_under_the_rule_where_it_would_tell_who_they_are(cast: Cast) -> None:
    rule(cast)
    assert held_by(cast.families, "lantern", cast.mona) is None
    assert held_by(cast.families, "lantern", cast.mona, chatham=True) is not None


@pytest.mark.parametrize("label", [Label.AMBER_STRICT, Label.RED])
def test_what_moderators_may_not_read_is_never_held(cast: Cast, label: Label) -> None:
    rule(cast)
    assert held_by(cast.families, "lantern", cast.anna, label=label) is None
    thread = threads.start_thread(by=cast.anna, room=cast.families, title="Lantern", body="lantern", tlp=label)
    assert thread.state == State.PUBLISHED


def test_a_rule_for_all_rooms_holds_in_each(cast: Cast) -> None:
    add_rule(by=cast.clara, room=None, kind=Rule.Kind.WORDS, text="lantern")
    assert held_by(cast.families, "lantern", cast.anna) is not None
    assert held_by(cast.schools, "lantern", cast.luc) is not None


# --- who sets them up ------------------------------------------------------------------------------


@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(["mona", "maud", "clara", "luc", "anna", "carlo", "vera", "eva", "olga", "ivan", "sven"]))
def test_moderators_set_up_the_rules_of_their_rooms_and_coordinators_those_of_all(cast: Cast, name: str) -> None:
    person = getattr(cast, name)
    for room, who in ((cast.families, {"mona", "maud", "clara"}), (None, {"clara"})):
        if name in who:
            made = add_rule(by=person, room=room, kind=Rule.Kind.WORDS, text="lantern")
            assert add_rule(by=person, room=room, kind=Rule.Kind.WORDS, text="lantern").pk == made.pk
            remove_rule(by=person, rule=made)
            continue
        with pytest.raises((Forbidden, Unseen)):
            add_rule(by=person, room=room, kind=Rule.Kind.WORDS, text="lantern")
    assert not Rule.objects.exists()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("words", " \u200b "),
        ("words", "a\0b"),
        ("words", "x" * 501),
        ("hosts", "not a site"),
        ("hosts", ""),
        ("links", "many"),
        ("links", "-1"),
        ("links", "51"),
        ("regular", "a.*"),
    ],
)
def test_what_is_no_rule_is_refused_with_a_reason(cast: Cast, kind: str, text: str) -> None:
    with pytest.raises(Invalid):
        add_rule(by=cast.mona, room=cast.families, kind=kind, text=text)


def test_the_page_adds_and_removes_and_keeps_the_words_from_members_and_the_trail(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.mona)
    address = reverse("forums:room-rules", args=["families"])
    assert client.post(address, {"kind": "links", "text": "many"}).status_code == 422
    assert client.post(address, {"kind": "words", "text": "Lantern"}).status_code == 302
    assert "The words “Lantern”" in client.get(address).content.decode()
    assert not any("antern" in str(entry.__dict__) for entry in AuditEntry.objects.all())
    reader = Client()
    reader.force_login(cast.vera)
    log = reader.get(reverse("forums:room-decisions", args=["families"])).content.decode()
    assert "1 rule holds texts" in log
    assert "antern" not in log
    assert client.post(reverse("forums:rule-remove", args=[Rule.objects.get().uid])).status_code == 302
    assert not Rule.objects.exists()


# --- slow mode ---------------------------------------------------------------------------------------


def test_who_is_too_fast_is_told_when_and_keeps_the_words(cast: Cast) -> None:
    thread = start(cast)
    slow(cast)
    client = Client()
    client.force_login(cast.anna)
    page = client.get(thread.get_absolute_url()).content.decode()
    assert "Slow mode: one waits 1 minute here between two posts." in page
    reply = reverse("forums:reply", args=[thread.uid])
    assert client.post(reply, {"body": "One."}).status_code == 302
    refused = client.post(reply, {"body": "Two words."})
    assert refused.status_code == 422
    assert "You can write again at" in refused.content.decode()
    assert "Two words." in refused.content.decode()
    with clock.at(clock.now() + timedelta(seconds=61)):
        threads.reply(by=cast.anna, thread=thread, body="Two words.")
    assert Post.objects.filter(thread=thread, author=cast.anna).count() == 2


def test_the_pause_counts_in_all_discussions_of_a_room_and_not_for_moderators(cast: Cast) -> None:
    thread = start(cast)
    slow(cast)
    other = threads.start_thread(by=cast.anna, room=cast.families, title="Other", body="Another.")
    with pytest.raises(TooFast) as refusal:
        threads.reply(by=cast.anna, thread=thread, body="One.")
    assert 0 < refusal.value.retry_after <= 60
    for body in ("One.", "Two."):
        threads.reply(by=cast.mona, thread=other, body=body)


def test_a_retry_is_not_too_fast(cast: Cast) -> None:
    thread, once = start(cast), uuid.uuid4()
    slow(cast)
    first = threads.reply(by=cast.anna, thread=thread, body="One.", once=once)
    assert threads.reply(by=cast.anna, thread=thread, body="One.", once=once).pk == first.pk
    key = uuid.uuid4()
    said = chat.say(by=cast.anna, room=cast.families, body="Good morning.", client_id=key)
    assert chat.say(by=cast.anna, room=cast.families, body="Good morning.", client_id=key).pk == said.pk


def test_under_the_chatham_house_rule_pauses_tell_nothing_of_who_somebody_is(cast: Cast) -> None:
    slow(cast)
    thread = threads.start_thread(by=cast.luc, room=cast.families, title="Quiet", body="Who?", chatham=True)
    threads.start_thread(by=cast.anna, room=cast.families, title="Open", body="I.")
    # What she wrote under her name a moment ago does not count, or it would say that she is not the one who writes now.
    threads.reply(by=cast.anna, thread=thread, body="One.")
    threads.reply(by=cast.mona, thread=thread, body="One.")
    for person in (cast.anna, cast.mona):
        with pytest.raises(TooFast):
            threads.reply(by=person, thread=thread, body="Two.")


def test_the_chat_waits_as_well(cast: Cast) -> None:
    slow(cast)
    chat.say(by=cast.anna, room=cast.families, body="One.", client_id=uuid.uuid4())
    with pytest.raises(TooFast):
        chat.say(by=cast.anna, room=cast.families, body="Two.", client_id=uuid.uuid4())
    client = Client()
    client.force_login(cast.anna)
    answer = client.post(reverse("forums:room-chat", args=["families"]), {"body": "Two."})
    assert (answer.status_code, "You can write again at" in answer.content.decode()) == (422, True)
    assert ChatMessage.objects.count() == 1
    for body in ("One.", "Two."):
        chat.say(by=cast.mona, room=cast.families, body=body, client_id=uuid.uuid4())


def test_a_manager_turns_slow_mode_on(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.maud)
    address = reverse("network:room-settings", args=["families"])
    room = cast.families
    given = {"name": room.name, "purpose": room.purpose, "kind": room.kind, "moderation": room.moderation}
    assert client.post(address, given | {"slow_seconds": "300"}).status_code == 302
    room.refresh_from_db()
    assert room.slow_seconds == 300
    assert client.post(address, given | {"slow_seconds": "7"}).status_code == 422
    assert client.post(address, given).status_code == 302
    room.refresh_from_db()
    assert room.slow_seconds == 300


def test_no_thread_is_lost_by_a_rule(cast: Cast) -> None:
    rule(cast)
    before = Thread.objects.count()
    threads.start_thread(by=cast.anna, room=cast.families, title="A", body="lantern")
    assert Thread.objects.count() == before + 1


def test_a_discussion_that_a_rule_holds_says_so_to_its_moderators_alone(cast: Cast) -> None:
    rule(cast)
    thread = start(cast, body="Who has a lantern?")
    assert thread.state == State.HELD
    said = []
    for person in (cast.maud, cast.luc):
        client = Client()
        client.force_login(person)
        page = client.get(thread.get_absolute_url()).content.decode()
        said.append("lantern" in page[page.index("notice-caution") : page.index('id="posts"')])
    assert said == [True, False]
