"""Kinds of discussions: questions and their answers, announcements, what is pinned, what is closed with a reason."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import assume, given
from hypothesis import strategies as st

from forums.actions import answers, cases, closing, moderation, pinning, polls, proposals, threads, undoing
from forums.actions.reading import read_room
from forums.models import Change, Post, Proposal, Thread
from forums.permissions.threads import check_reply
from forums.targets import seen_by
from network.labels import Label
from network.models import AuditEntry, Item, Notification, Participant, State, User
from network.permissions import Level, can, level_in
from network.refusals import Forbidden, Invalid, Refusal, Unseen
from tests.cast import Cast
from tests.factories import ItemFactory
from tests.forums.test_discussing import sentences, start
from tests.forums.test_properties import READERS, SETTINGS, undone

pytestmark = pytest.mark.django_db
LIST = "/rooms/families/discussions/"


def ask(cast: Cast, **other: object) -> Thread:
    return start(cast, purpose="question", **other)


def now(thread: Thread) -> Thread:
    return Thread.objects.get(pk=thread.pk)


def titles(client: Client, person: User, address: str) -> list[str]:
    client.force_login(person)
    page = client.get(address)
    assert page.status_code == 200
    return [thread.title for thread in [*(page.context.get("pinned") or ()), *page.context["page"].object_list]]


def look(person: User, thread: Thread) -> str:
    client = Client()
    client.force_login(person)
    return client.get(f"/discussions/{thread.uid}/").content.decode()


# --- questions and their answer -------------------------------------------------------------------


def test_who_starts_says_whether_it_is_a_question(cast: Cast, client: Client) -> None:
    client.force_login(cast.luc)
    sent = {"title": "Who has a list?", "body": "We have none.", "purpose": "question"}
    assert client.post(f"{LIST}new/", sent).status_code == 302
    assert Thread.objects.get().is_question
    refused = client.post(f"{LIST}new/", sent | {"title": "Another", "purpose": "announcement"})
    assert (refused.status_code, Thread.objects.count()) == (422, 1)


def test_a_question_waits_until_a_reply_is_marked_and_its_author_is_told(cast: Cast, client: Client) -> None:
    thread = ask(cast)
    start(cast, title="No question")
    post = threads.reply(by=cast.anna, thread=thread, body="A family worker does.")
    assert titles(client, cast.carlo, f"{LIST}?show=unanswered") == ["Who rings the bell?"]
    for _ in range(2):
        answers.mark_answer(by=cast.luc, post=post)
    assert (now(thread).answer, now(thread).answered) == (post, True)
    assert titles(client, cast.carlo, f"{LIST}?show=unanswered") == []
    assert sentences(cast.anna) == ["Your reply in “Who rings the bell?” was marked as the answer"]
    assert AuditEntry.objects.filter(verb="forums.answer_marked", target=post.uid).count() == 1
    page = look(cast.carlo, thread)
    assert page.count("A family worker does.") == 2
    answers.unmark_answer(by=cast.luc, thread=thread)
    assert (now(thread).answer, now(thread).answered) == (None, False)
    assert not sentences(cast.anna)


def test_another_answer_takes_the_place_of_the_first(cast: Cast) -> None:
    thread = ask(cast)
    first, second = (threads.reply(by=by, thread=thread, body="So.") for by in (cast.anna, cast.carlo))
    answers.mark_answer(by=cast.luc, post=first)
    answers.mark_answer(by=cast.mona, post=second)
    assert now(thread).answer == second
    assert not sentences(cast.anna)


def test_an_answer_that_is_taken_away_leaves_the_question_open_until_it_stands_again(cast: Cast) -> None:
    thread = ask(cast)
    post = threads.reply(by=cast.anna, thread=thread, body="A family worker does.")
    answers.mark_answer(by=cast.luc, post=post)
    moderation.hold_post(by=cast.mona, post=post)
    assert not now(thread).answered
    assert "A family worker does." not in look(cast.carlo, thread)
    moderation.approve_post(by=cast.mona, post=post)
    assert now(thread).answered
    moderation.remove_post(by=cast.mona, post=post, reason="Why.")
    assert not now(thread).answered
    moderation.approve_post(by=cast.mona, post=post)
    assert now(thread).answered


def test_of_an_answer_whose_words_are_erased_nothing_is_left(cast: Cast) -> None:
    thread = ask(cast)
    post = threads.reply(by=cast.anna, thread=thread, body="The Okonkwo family.")
    answers.mark_answer(by=cast.luc, post=post)
    case = cases.report(by=cast.carlo, target=seen_by(cast.carlo, "post", post.uid), ground="personal").case
    cases.decide_case(by=cast.maud, case=case, action="redacted", ground="personal", facts="A family is named.")
    proposals.confirm(by=cast.clara, proposal=Proposal.objects.get(settled_at=None))
    assert not now(thread).answered
    assert "Okonkwo" not in look(cast.mona, thread)


def test_only_a_reply_that_all_read_answers_a_question(cast: Cast) -> None:
    thread, other = ask(cast), start(cast)
    held = threads.reply(by=cast.anna, thread=thread, body="A word.")
    moderation.hold_post(by=cast.mona, post=held)
    for post in (held, thread.posts.get(parent=None), threads.reply(by=cast.anna, thread=other, body="A word.")):
        with pytest.raises(Forbidden):
            answers.mark_answer(by=cast.mona, post=post)


@SETTINGS
@given(starter=st.sampled_from(["luc", "anna", "mona"]), label=st.sampled_from(Label), chatham=st.booleans())
def test_whoever_asked_and_moderators_mark_and_nobody_else(
    cast: Cast, starter: str, label: Label, chatham: bool
) -> None:
    # Such a one cannot be begun: it would name the partner of who began it.
    assume(not (chatham and label == Label.AMBER_STRICT))
    with undone():
        thread = ask(cast, by=getattr(cast, starter), tlp=label, chatham=chatham)
        thread.named_people.set([cast.carlo, cast.vera])
        thread.named_partners.set([cast.efus, cast.liege])
        post = threads.reply(by=getattr(cast, starter), thread=thread, body="By the way.")
        for name in READERS:
            person = getattr(cast, name)
            seen = Thread.objects.seen_inside_by(person).filter(pk=thread.pk).exists()
            may = seen and (name == starter or (level_in(person, cast.families) or 0) >= Level.MODERATE)
            Thread.objects.filter(pk=thread.pk).update(answer=None, answered=False)
            if may:
                answers.mark_answer(by=person, post=post)
            else:
                with pytest.raises(Forbidden if seen else Unseen):
                    answers.mark_answer(by=person, post=post)
            assert now(thread).answered is may


def test_under_the_chatham_house_rule_marking_tells_nobody_who(cast: Cast) -> None:
    thread = ask(cast, chatham=True)
    post = threads.reply(by=cast.anna, thread=thread, body="A word.")
    answers.mark_answer(by=cast.luc, post=post)
    entry = AuditEntry.objects.get(verb="forums.answer_marked")
    assert entry.actor == Participant.objects.get(item=thread, user=cast.luc).uid
    assert Notification.objects.get(kind="answer_marked").by is None
    for person in (cast.carlo, cast.mona, cast.clara):
        page = look(person, thread)
        for name in ("Anna", "Lindqvist", "Luc", "Delvaux", "Malmö", "Liège"):
            assert name not in page.split("<main")[1]


# --- lists ----------------------------------------------------------------------------------------


def test_a_list_is_looked_at_by_kind(cast: Cast, client: Client) -> None:
    start(cast, title="Talk")
    ask(cast, title="Asked")
    start(cast, by=cast.mona, title="Told", purpose="announcement")
    assert titles(client, cast.carlo, LIST) == ["Told", "Asked", "Talk"]
    assert titles(client, cast.carlo, f"{LIST}?show=questions") == ["Asked"]
    assert titles(client, cast.carlo, f"{LIST}?show=announcements") == ["Told"]
    assert titles(client, cast.carlo, f"{LIST}?show=anything") == ["Told", "Asked", "Talk"]


def test_what_is_new_for_me_is_a_list_of_its_own(cast: Cast, client: Client) -> None:
    read, marked, fresh = start(cast, title="Read"), start(cast, title="Marked"), None
    threads.reply(by=cast.anna, thread=read, body="A word.")
    look(cast.carlo, read)
    assert titles(client, cast.carlo, f"{LIST}?show=unread") == ["Marked"]
    read_room(by=cast.carlo, room=cast.families)
    fresh = start(cast, title="Fresh")
    threads.reply(by=cast.anna, thread=marked, body="More.")
    assert titles(client, cast.carlo, f"{LIST}?show=unread") == ["Marked", "Fresh"]
    assert titles(client, cast.luc, f"{LIST}?show=unread") == ["Marked", "Read"]
    assert fresh.pk


def test_unanswered_questions_of_all_my_rooms_are_in_one_list(cast: Cast, client: Client) -> None:
    ask(cast, title="In families")
    ask(cast, title="In schools", room=cast.schools)
    ask(cast, title="For Anna", tlp=Label.RED, named_people=[cast.anna])
    closing.close_thread(by=cast.luc, thread=ask(cast, title="Closed"), cause="settled")
    address = "/discussions/?show=unanswered"
    assert titles(client, cast.luc, address) == ["For Anna", "In schools", "In families"]
    assert titles(client, cast.carlo, address) == ["In families"]
    assert titles(client, cast.eva, address) == ["In schools"]
    assert titles(client, cast.olga, address) == []
    assert "In families" not in client.get("/discussions/").content.decode()


@pytest.mark.parametrize("address", [LIST, "/discussions/"])
@pytest.mark.parametrize("show", ["", "unread", "unanswered", "questions", "announcements"])
def test_a_list_costs_the_same_with_many_as_with_one(cast: Cast, client: Client, address: str, show: str) -> None:
    client.force_login(cast.carlo)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(address, {"show": show})
        return len(asked)

    def more() -> None:
        question = ask(cast)
        threads.reply(by=cast.anna, thread=question, body="A word.")
        pinning.pin_thread(by=cast.mona, thread=start(cast, by=cast.mona, purpose="announcement"))

    read_room(by=cast.carlo, room=cast.families)
    more()
    cost()
    before = cost()
    more()
    assert cost() == before


# --- pinned ---------------------------------------------------------------------------------------


def test_what_is_pinned_stands_on_top_of_its_rooms_list_once(cast: Cast, client: Client) -> None:
    old = start(cast, title="Rules")
    start(cast, title="New")
    for _ in range(2):
        pinning.pin_thread(by=cast.mona, thread=old)
    assert titles(client, cast.carlo, LIST) == ["Rules", "New"]
    assert titles(client, cast.carlo, f"{LIST}?show=unread") == ["New", "Rules"]
    assert Change.objects.filter(kind="pinned").count() == 1
    pinning.unpin_thread(by=cast.mona, thread=old)
    assert titles(client, cast.carlo, LIST) == ["New", "Rules"]


def test_a_few_are_pinned_at_most_and_only_by_moderators(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        pinning.pin_thread(by=cast.luc, thread=start(cast))
    for _ in range(3):
        pinning.pin_thread(by=cast.mona, thread=start(cast))
    with pytest.raises(Forbidden, match="Three"):
        pinning.pin_thread(by=cast.mona, thread=start(cast))


# --- closed ---------------------------------------------------------------------------------------


def test_whoever_began_it_closes_it_with_a_reason_and_opens_it_again(cast: Cast, client: Client) -> None:
    thread = start(cast)
    client.force_login(cast.luc)
    sent = {"cause": "elsewhere", "reason": "In the handbook.", "link": "https://example.org/handbook"}
    assert client.post(f"/discussions/{thread.uid}/close/", sent).status_code == 302
    assert not can(check_reply, cast.anna, now(thread))
    page = look(cast.anna, thread)
    assert "This discussion goes on elsewhere" in page
    assert 'href="https://example.org/handbook"' in page
    assert "continued elsewhere" in client.get(LIST).content.decode()
    client.post(f"/discussions/{thread.uid}/open/")
    assert can(check_reply, cast.anna, now(thread))


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "data:text/html,x", "//evil.example", "https://", "https://a b.example", "ftp://a.b"],
)
def test_where_it_goes_on_is_a_web_address(cast: Cast, client: Client, link: str) -> None:
    thread = start(cast)
    client.force_login(cast.luc)
    sent = {"cause": "elsewhere", "reason": "In the handbook.", "link": link}
    refused = client.post(f"/discussions/{thread.uid}/close/", sent)
    assert (refused.status_code, now(thread).locked_at) == (422, None)
    assert "In the handbook." in refused.content.decode()
    assert client.post(f"/discussions/{thread.uid}/close/", {"reason": "So."}).status_code == 422


def test_what_a_moderator_closed_its_starter_does_not_open(cast: Cast) -> None:
    thread = start(cast)
    closing.close_thread(by=cast.luc, thread=thread, cause="settled")
    closing.lock_thread(by=cast.mona, thread=thread, reason="It is enough.")
    assert (now(thread).lock_cause, now(thread).locked_by) == ("locked", cast.mona)
    with pytest.raises(Forbidden, match="A moderator closed"):
        closing.reopen_thread(by=cast.luc, thread=thread)
    closing.reopen_thread(by=cast.mona, thread=thread)
    closing.close_thread(by=cast.mona, thread=thread, cause="answered")
    with pytest.raises(Forbidden):
        closing.reopen_thread(by=cast.luc, thread=thread)


def test_one_page_closes_and_for_moderators_locks(cast: Cast, client: Client) -> None:
    thread = start(cast)
    place = f"/discussions/{thread.uid}/close/"

    def offered(person: User) -> list[str]:
        client.force_login(person)
        return [key for key, _words in client.get(place).context["form"].fields["cause"].choices]

    assert offered(cast.luc) == ["answered", "settled", "elsewhere"]
    assert offered(cast.mona) == ["answered", "settled", "elsewhere", "locked"]
    for person in (cast.luc, cast.mona):
        assert look(person, thread).count(place) == 1
    closing.close_thread(by=cast.luc, thread=thread, cause="elsewhere", link="https://example.org/handbook")
    assert place not in look(cast.luc, thread)
    assert place in look(cast.mona, thread)
    assert offered(cast.mona) == ["locked"]
    client.force_login(cast.luc)
    assert client.get(place).status_code == 403
    client.force_login(cast.mona)
    page = client.post(place, {"cause": "locked", "reason": "It is enough."}, follow=True).content.decode()
    assert "The discussion is locked." in page
    assert (now(thread).lock_cause, now(thread).lock_reason) == ("locked", "It is enough.")
    assert 'href="https://example.org/handbook"' in look(cast.carlo, thread)
    assert client.get(place).status_code == 403
    assert place not in look(cast.mona, thread)


def test_whoever_closes_is_told_beforehand_that_a_vote_ends_with_it(cast: Cast, client: Client) -> None:
    thread = start(cast)
    client.force_login(cast.luc)
    assert "ends with it" not in client.get(f"/discussions/{thread.uid}/close/").content.decode()
    poll = polls.ask(by=cast.luc, thread=thread, question="Who goes first?", options=["One", "Two"], secret=True)
    page = client.get(f"/discussions/{thread.uid}/close/").content.decode()
    assert "The vote “Who goes first?” ends with it" in page
    assert "even if the discussion is opened again" in page
    polls.close(by=cast.luc, poll=poll)
    assert "ends with it" not in client.get(f"/discussions/{thread.uid}/close/").content.decode()


def test_others_do_not_close_it(cast: Cast) -> None:
    thread = start(cast)
    for person in (cast.anna, cast.carlo, cast.vera):
        with pytest.raises(Forbidden):
            closing.close_thread(by=person, thread=thread, cause="settled")
    with pytest.raises(Unseen):
        closing.close_thread(by=cast.olga, thread=thread, cause="settled")
    with pytest.raises(Invalid):
        closing.close_thread(by=cast.luc, thread=thread, cause="locked")


# --- what it is, changed later --------------------------------------------------------------------


def test_whoever_began_it_makes_it_a_question_and_takes_that_back(cast: Cast, client: Client) -> None:
    thread = start(cast)
    place = f"/discussions/{thread.uid}/purpose/"
    client.force_login(cast.luc)
    for _ in range(2):
        page = client.post(place, {"purpose": "question"}, follow=True).content.decode()
    assert "question, not answered yet" in page
    assert titles(client, cast.carlo, f"{LIST}?show=unanswered") == ["Who rings the bell?"]
    client.force_login(cast.luc)
    client.post(place, {"purpose": "discussion"})
    assert not now(thread).is_question
    verbs = AuditEntry.objects.filter(target=thread.uid, verb__startswith="forums.made_").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == ["forums.made_question", "forums.made_discussion"]
    assert "made a question, or a discussion again" in client.get("/rooms/families/decisions/").content.decode()


def test_a_question_with_a_marked_answer_stays_one_until_the_mark_is_taken_off(cast: Cast) -> None:
    thread = ask(cast)
    post = threads.reply(by=cast.anna, thread=thread, body="A family worker does.")
    answers.mark_answer(by=cast.luc, post=post)
    with pytest.raises(Forbidden, match="Take the mark off"):
        answers.change_purpose(by=cast.luc, thread=thread, purpose="discussion")
    assert f"/discussions/{thread.uid}/purpose/" not in look(cast.luc, thread)
    answers.unmark_answer(by=cast.luc, thread=thread)
    assert f"/discussions/{thread.uid}/purpose/" in look(cast.luc, thread)
    answers.change_purpose(by=cast.luc, thread=thread, purpose="discussion")
    assert not now(thread).is_question


def test_what_it_is_is_undone_unless_an_answer_was_marked_meanwhile(cast: Cast) -> None:
    thread = start(cast)
    answers.change_purpose(by=cast.luc, thread=thread, purpose="question")
    change = Change.objects.get(kind="purpose")
    post = threads.reply(by=cast.anna, thread=thread, body="A family worker does.")
    answers.mark_answer(by=cast.luc, post=post)
    with pytest.raises(Forbidden, match="Take the mark off"):
        undoing.undo_change(by=cast.mona, change=change)
    answers.unmark_answer(by=cast.luc, thread=thread)
    undoing.undo_change(by=cast.mona, change=change)
    assert not now(thread).is_question


def test_an_announcement_and_talk_about_an_item_become_no_question(cast: Cast) -> None:
    said = start(cast, by=cast.mona, purpose="announcement")
    document = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege)
    about = threads.comment_on(by=cast.anna, item=document, room=cast.families, body="A word.").thread
    for thread in (said, about):
        with pytest.raises(Forbidden, match="stands by itself"):
            answers.change_purpose(by=cast.mona, thread=thread, purpose="question")
    with pytest.raises(Invalid):
        answers.change_purpose(by=cast.luc, thread=start(cast), purpose="announcement")


@SETTINGS
@given(starter=st.sampled_from(["luc", "anna", "mona"]), label=st.sampled_from(Label), chatham=st.booleans())
def test_whoever_began_it_and_moderators_say_what_it_is_and_nobody_else(
    cast: Cast, starter: str, label: Label, chatham: bool
) -> None:
    assume(not (chatham and label == Label.AMBER_STRICT))
    with undone():
        thread = start(cast, by=getattr(cast, starter), tlp=label, chatham=chatham)
        thread.named_people.set([cast.carlo, cast.vera])
        thread.named_partners.set([cast.efus, cast.liege])
        for name in READERS:
            person = getattr(cast, name)
            seen = Thread.objects.seen_inside_by(person).filter(pk=thread.pk).exists()
            may = seen and (name == starter or (level_in(person, cast.families) or 0) >= Level.MODERATE)
            Thread.objects.filter(pk=thread.pk).update(purpose="discussion")
            if may:
                answers.change_purpose(by=person, thread=thread, purpose="question")
            else:
                with pytest.raises(Forbidden if seen else Unseen):
                    answers.change_purpose(by=person, thread=thread, purpose="question")
            assert now(thread).is_question is may


# --- announcements --------------------------------------------------------------------------------


def test_an_announcement_without_replies_says_so_until_a_moderator_lets_it_be_answered(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.mona)
    client.post("/rooms/families/announcements/new/", {"title": "The next meeting", "body": "In Liège."})
    thread = Thread.objects.get()
    with pytest.raises(Forbidden, match="announcement without replies"):
        threads.reply(by=cast.anna, thread=thread, body="Where?")
    assert "This is an announcement without replies." in look(cast.anna, thread)
    assert client.post(f"/discussions/{thread.uid}/replies/", {"welcome": "1"}).status_code == 302
    assert threads.reply(by=cast.anna, thread=thread, body="Where?").state == State.PUBLISHED
    with pytest.raises(Forbidden):
        closing.welcome_replies(by=cast.carlo, thread=thread, welcome=False)
    with pytest.raises(Invalid):
        closing.welcome_replies(by=cast.mona, thread=start(cast), welcome=False)


def test_what_is_refused_changes_nothing(cast: Cast) -> None:
    thread = start(cast)
    acts: list[Any] = [pinning.pin_thread, closing.lock_thread, closing.reopen_thread, answers.unmark_answer]
    for act in acts:
        with pytest.raises(Refusal):
            act(by=cast.vera, thread=thread)
    assert not Change.objects.exists()
    assert Item.objects.get(pk=thread.pk).state == State.PUBLISHED
    assert Post.objects.count() == 1
