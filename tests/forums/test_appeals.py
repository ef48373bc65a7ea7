"""Appealing against a decision: somebody else looks at it again, and what was taken away can come back."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from forums.actions import appeals, chat, moderation, threads
from forums.actions.cases import AlreadyDecided
from forums.models import Appeal, ChatMessage, Decision, Post, Thread
from network import search
from network.actions import items
from network.labels import Label
from network.models import AuditEntry, Item, PartnerGrant, Room, State
from network.permissions import Level
from network.refusals import Forbidden, Invalid, Unseen
from tests.cast import Cast
from tests.factories import grant
from tests.forums.test_cases import decide, report, signed_in
from tests.forums.test_discussing import sentences, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def thread(cast: Cast) -> Thread:
    return start(cast)


@pytest.fixture
def post(cast: Cast, thread: Thread) -> Post:
    return threads.reply(by=cast.anna, thread=thread, body="Telephones frighten nobody.")


@pytest.fixture
def decision(cast: Cast, post: Post) -> Decision:
    moderation.remove_post(by=cast.maud, post=post, reason="It names a school.", ground="personal")
    return Decision.objects.get()


def appeal(by: Any, decision: Decision, text: str = "It names no school.") -> Appeal:
    return appeals.appeal(by=by, decision=decision, text=text)


def settle(by: Any, row: Appeal, *, upheld: bool = True, answer: str = "It names none.") -> None:
    appeals.decide_appeal(by=by, appeal=Appeal.objects.get(pk=row.pk), upheld=upheld, answer=answer)


@pytest.mark.parametrize(("upheld", "words"), [(True, "was found right"), (False, "the decision stays")])
def test_whoever_decided_first_reads_on_the_case_what_became_of_the_appeal(
    cast: Cast, decision: Decision, upheld: bool, words: str
) -> None:
    row = appeal(cast.anna, decision)
    maud, page = signed_in(cast.maud), decision.case.get_absolute_url()
    assert "Its author appealed; somebody else decides." in maud.get(page).content.decode()
    settle(cast.clara, row, upheld=upheld, answer="Read again in full.")
    assert words.split()[-1] in signed_in(cast.anna).get("/notifications/").content.decode().split("Case ")[1]
    answer = maud.get(page).content.decode()
    assert words in answer
    assert "Read again in full." in answer


def test_what_was_taken_away_comes_back_where_somebody_else_finds_the_appeal_right(
    cast: Cast, decision: Decision, post: Post
) -> None:
    anna, clara = signed_in(cast.anna), signed_in(cast.clara)
    statement = decision.get_absolute_url()
    assert anna.post(f"{statement}appeal/", {"text": "It names no school."}).url == statement
    row = Appeal.objects.get()
    assert sentences(cast.clara)[-1] == f"Somebody appeals against a decision in the room {cast.families.name}"
    assert row.decision.case.number in clara.get("/moderation/").content.decode()
    sent = {"outcome": "upheld", "answer": "It names none."}
    assert clara.post(row.get_absolute_url(), sent).url == "/moderation/"
    post.refresh_from_db()
    assert post.state == State.PUBLISHED
    assert search.find(cast.luc, "telephone").count() == 1
    assert "It names none." in anna.get(statement).content.decode()
    assert "Your appeal has been decided" in sentences(cast.anna)
    assert "An appeal against a decision of yours has been decided" in sentences(cast.maud)
    assert AuditEntry.objects.filter(verb="forums.appeal_upheld", actor=cast.clara.uid).count() == 1


def test_a_decision_that_stays_changes_nothing_and_says_why(cast: Cast, decision: Decision, post: Post) -> None:
    settle(cast.clara, appeal(cast.anna, decision), upheld=False, answer="One can tell which it is.")
    post.refresh_from_db()
    assert post.state == State.REMOVED
    assert "One can tell which it is." in signed_in(cast.anna).get(decision.get_absolute_url()).content.decode()


def test_nobody_but_the_author_appeals_and_twice_is_once(cast: Cast, decision: Decision) -> None:
    for person in (cast.luc, cast.maud, cast.olga):
        with pytest.raises(Unseen):
            appeal(person, decision)
    assert appeal(cast.anna, decision) == appeal(cast.anna, decision, "Again.")
    assert signed_in(cast.luc).post(f"{decision.get_absolute_url()}appeal/", {"text": "No."}).status_code == 404


@pytest.mark.parametrize("text", ["", "  ", "x" * 2001, "a\0b"])
def test_an_appeal_says_why(cast: Cast, decision: Decision, text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        appeal(cast.anna, decision, text)
    assert refusal.value.field == "text"
    answer = signed_in(cast.anna).post(f"{decision.get_absolute_url()}appeal/", {"text": text})
    assert (answer.status_code, Appeal.objects.exists()) == (422, False)


def test_whoever_decided_first_does_not_decide_the_appeal_nor_does_its_author(cast: Cast, thread: Thread) -> None:
    own = threads.reply(by=cast.mona, thread=thread, body="By a moderator.")
    moderation.remove_post(by=cast.maud, post=own, reason="It names a school.")
    row = appeal(cast.mona, Decision.objects.get())
    for person in (cast.maud, cast.mona):
        assert signed_in(person).get(row.get_absolute_url()).status_code == 404
        with pytest.raises(Unseen):
            settle(person, row)
    settle(cast.clara, row)


def test_nor_does_somebody_of_the_authors_partner_where_another_can(cast: Cast, decision: Decision) -> None:
    row = appeal(cast.anna, decision)
    with pytest.raises(Forbidden, match="own partner"):
        settle(cast.mona, row)
    assert "own partner" in signed_in(cast.mona).get(row.get_absolute_url()).content.decode()


def test_where_nobody_else_moderates_the_coordinators_decide_and_read_what_they_take_on(cast: Cast) -> None:
    room = Room.objects.create(slug="alone", name="Alone")
    grant(cast.luc, Level.MANAGE, room)
    grant(cast.malmo, Level.CONTRIBUTE, room)
    thread = start(cast, room=room, by=cast.luc)
    post = threads.reply(by=cast.anna, thread=thread, body="Telephones frighten nobody.")
    moderation.remove_post(by=cast.luc, post=post, reason="It names a school.")
    row = appeal(cast.anna, Decision.objects.get())
    assert row.for_coordinators
    clara = signed_in(cast.clara)
    assert "Telephones" not in clara.get(row.get_absolute_url()).content.decode()
    with pytest.raises(Forbidden, match="Take the appeal on"):
        settle(cast.clara, row)
    clara.post(f"{row.get_absolute_url()}take/")
    page = clara.get(row.get_absolute_url()).content.decode()
    assert "Telephones" in page
    assert AuditEntry.objects.filter(verb="forums.appeal_taken", actor=cast.clara.uid).count() == 1
    settle(cast.clara, row)
    post.refresh_from_db()
    assert post.state == State.PUBLISHED
    assert "Telephones" not in clara.get(row.get_absolute_url()).content.decode()


def test_of_two_who_decide_an_appeal_one_decides_and_the_other_is_told(cast: Cast, decision: Decision) -> None:
    row = appeal(cast.anna, decision)
    settle(cast.clara, row)
    with pytest.raises(AlreadyDecided):
        settle(cast.clara, row, upheld=False)
    answer = signed_in(cast.clara).post(row.get_absolute_url(), {"outcome": "rejected", "answer": "No."}, follow=True)
    assert "Somebody else has decided this in the meantime." in answer.content.decode()


def test_messages_discussions_and_locks_come_back_too(cast: Cast) -> None:
    message = chat.say(by=cast.anna, room=cast.families, body="Hello.", client_id=uuid.uuid4())
    chat.remove_message(by=cast.maud, message=message, reason="It names a school.")
    thread = start(cast, by=cast.anna)
    items.remove(by=cast.maud, item=thread, reason="It names a school.")
    locked = start(cast, by=cast.anna, title="To be locked")
    decide(cast.maud, report(cast.luc, locked, kind="item"), action="locked")
    for row in Decision.objects.all():
        settle(cast.clara, appeal(cast.anna, row))
    assert ChatMessage.objects.get(pk=message.pk).state == State.PUBLISHED
    assert Item.objects.get(pk=thread.pk).state == State.PUBLISHED
    assert not Thread.objects.get(pk=locked.pk).is_locked


def test_what_was_decided_again_since_stays_decided(cast: Cast, decision: Decision, post: Post) -> None:
    row = appeal(cast.anna, decision)
    moderation.approve_post(by=cast.clara, post=post)
    moderation.remove_post(by=cast.clara, post=post, reason="It names a child.")
    settle(cast.clara, row)
    post.refresh_from_db()
    assert post.state == State.REMOVED


def test_one_gets_ones_own_words_back_also_from_a_room_that_one_lost(cast: Cast, decision: Decision) -> None:
    PartnerGrant.objects.filter(group=cast.malmo.group, content_object=cast.families).delete()
    page = signed_in(cast.anna).get(decision.get_absolute_url()).content.decode()
    assert "Telephones frighten nobody." in page
    assert "Who rings the bell?" not in page
    appeal(cast.anna, decision)


def test_under_the_rule_an_appeal_knows_a_number(cast: Cast) -> None:
    thread = start(cast, chatham=True)
    post = threads.reply(by=cast.anna, thread=thread, body="We stopped.")
    moderation.remove_post(by=cast.maud, post=post, reason="It tells who it is.")
    row = appeal(cast.anna, Decision.objects.get())
    assert not row.for_coordinators
    page = signed_in(cast.mona).get(row.get_absolute_url()).content.decode()
    assert "Participant 2" in page
    assert "Anna" not in page
    settle(cast.mona, row)
    assert not AuditEntry.objects.filter(
        verb__startswith="forums.appeal", actor__in=[cast.anna.uid, cast.mona.uid]
    ).exists()


def test_a_label_keeps_an_appeal_from_who_has_not_taken_it_on(cast: Cast) -> None:
    red = start(cast, tlp=Label.RED, title="A secret title", named_people=[cast.anna, cast.maud])
    post = threads.reply(by=cast.anna, thread=red, body="Between us alone.")
    moderation.remove_post(by=cast.maud, post=post, reason="It names a child.")
    row = appeal(cast.anna, Decision.objects.get())
    clara = signed_in(cast.clara)
    for address in (row.get_absolute_url(), "/moderation/"):
        text = clara.get(address).content.decode()
        for words in ("Between us", "A secret title", "Anna", "It names a child", "It names no school"):
            assert words not in text
    page = clara.get(row.decision.case.get_absolute_url()).content.decode()
    assert "Between us" not in page
    assert "It names a child" not in page
