"""What a discussion came to, on top of it."""

from typing import Any

import pytest
from django.test import Client

from forums import targets
from forums.actions import cases, closing, proposals, threads
from forums.actions.summaries import summarise
from forums.models import Proposal, Summary, Thread
from network import search
from network.actions.items import approve, hold
from network.models import AuditEntry, Participant, UnnamedModerator
from network.refusals import Forbidden, Invalid, Unseen
from tests.cast import Cast
from tests.factories import ItemFactory
from tests.forums.test_discussing import start
from tests.forums.test_discussion_pages import queries

pytestmark = pytest.mark.django_db


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def thread(cast: Cast) -> Thread:
    return start(cast)


def page_of(thread: Thread, person: Any) -> str:
    return signed_in(person).get(f"/discussions/{thread.uid}/").content.decode()


def test_who_started_it_sums_it_up_and_everybody_reads_it_on_top(cast: Cast, thread: Thread) -> None:
    luc = signed_in(cast.luc)
    assert f"/discussions/{thread.uid}/summary/" in page_of(thread, cast.luc)
    form = luc.get(f"/discussions/{thread.uid}/summary/")
    assert "Sum up the discussion" in form.content.decode()
    sent = {"body": "A **family worker** goes.<script>alert(1)</script>", "version": "0"}
    response = luc.post(f"/discussions/{thread.uid}/summary/", sent)
    assert (response.status_code, response.url) == (302, f"/discussions/{thread.uid}/")
    page = page_of(thread, cast.vera)
    assert "<p>A <strong>family worker</strong> goes.</p>" in page
    assert "alert(1)" not in page
    assert page.index("family worker") < page.index("Who goes to the families?")
    assert "Summed up by" in page
    assert f"/discussions/{thread.uid}/summary/" not in page


def test_only_who_started_it_and_moderators_sum_up(cast: Cast, thread: Thread) -> None:
    for person, refusal in ((cast.anna, Forbidden), (cast.vera, Forbidden), (cast.olga, Unseen)):
        with pytest.raises(refusal):
            summarise(by=person, thread=thread, body="Mine.")
    summarise(by=cast.mona, thread=thread, body="A moderator's words.")
    closing.lock_thread(by=cast.mona, thread=thread)
    summarise(by=cast.luc, thread=thread, body="Locked, and summed up.", version=1)
    assert Summary.objects.get().partner == cast.liege
    verbs = AuditEntry.objects.filter(verb="forums.summarised").order_by("pk").values_list("actor", flat=True)
    assert list(verbs) == [cast.mona.uid, cast.luc.uid]


def test_whoever_comments_first_has_no_more_say_about_an_item_than_others(cast: Cast) -> None:
    item = ItemFactory(room=cast.families, author=cast.luc)
    comment = threads.comment_on(by=cast.anna, item=item, room=cast.families, body="First.")
    with pytest.raises(Forbidden):
        summarise(by=cast.anna, thread=comment.thread, body="Mine.")


def test_of_two_who_write_at_once_the_second_is_told_and_keeps_their_words(cast: Cast, thread: Thread) -> None:
    summarise(by=cast.luc, thread=thread, body="First words.")
    mona = signed_in(cast.mona)
    refused = mona.post(f"/discussions/{thread.uid}/summary/", {"body": "Second words.", "version": "0"})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Somebody else has changed the summary meanwhile." in page
    assert "First words." in page
    assert "Second words." in page
    assert 'name="version" value="1"' in page
    assert (
        mona.post(f"/discussions/{thread.uid}/summary/", {"body": "Second words.", "version": "1"}).status_code == 302
    )
    # The same sending again changes nothing.
    summarise(by=cast.mona, thread=thread, body="Second words.", version=1)
    summary = Summary.objects.get()
    assert (summary.body, summary.version) == ("Second words.", 2)
    with pytest.raises(Invalid):
        summarise(by=cast.luc, thread=thread, body="Third.", version=1)


def test_without_words_it_is_taken_away(cast: Cast, thread: Thread) -> None:
    summarise(by=cast.luc, thread=thread, body="Words about rutabaga.")
    assert search.find(cast.vera, "rutabaga").count() == 1
    response = signed_in(cast.luc).post(f"/discussions/{thread.uid}/summary/", {"body": "<p> </p>", "version": "1"})
    assert response.status_code == 302
    assert not Summary.objects.exists()
    assert search.find(cast.vera, "rutabaga").count() == 0


@pytest.mark.parametrize("body", ["x" * 100_000, "a\0b"], ids=["100 kB", "NUL"])
def test_bad_words_are_said_at_the_field_and_stay(cast: Cast, thread: Thread, body: str) -> None:
    response = signed_in(cast.luc).post(f"/discussions/{thread.uid}/summary/", {"body": body, "version": "0"})
    assert response.status_code == 422
    assert "body" in response.context["form"].errors
    assert not Summary.objects.exists()


def test_it_is_found_while_the_discussion_can_be_read_and_goes_when_that_is_erased(cast: Cast, thread: Thread) -> None:
    summarise(by=cast.luc, thread=thread, body="Words about rutabaga.")
    assert search.find(cast.vera, "rutabaga").count() == 1
    assert search.find(cast.olga, "rutabaga").count() == 0
    assert "Words about rutabaga." in signed_in(cast.vera).get("/search/?q=rutabaga").content.decode()
    hold(by=cast.mona, item=thread, reason="To be looked at.")
    assert search.find(cast.vera, "rutabaga").count() == 0
    approve(by=cast.mona, item=thread)
    assert search.find(cast.vera, "rutabaga").count() == 1
    target = targets.seen_by(cast.anna, "item", thread.uid)
    case = cases.report(by=cast.anna, target=target, ground="personal").case
    cases.take_case(by=cast.mona, case=case)
    cases.decide_case(by=cast.mona, case=case, action="redacted", ground="personal", facts="It names somebody.")
    proposals.confirm(by=cast.clara, proposal=Proposal.objects.get(settled_at=None))
    assert not Summary.objects.exists()


def test_under_the_rule_it_stands_beside_the_number_of_who_began_it_and_beside_none_of_a_moderator(cast: Cast) -> None:
    thread = start(cast, chatham=True)
    summarise(by=cast.mona, thread=thread, body="Two cities stopped.")
    page = page_of(thread, cast.vera)
    part = page[page.index('id="summary"') : page.index('id="posts"')]
    assert "A moderator" in part
    assert "Participant" not in part
    assert "Mona" not in part
    assert "You" in page_of(thread, cast.mona)[page.index('id="summary"') :]
    assert Summary.objects.get().partner is None
    entry = AuditEntry.objects.get(verb="forums.summarised")
    assert entry.actor == UnnamedModerator.objects.get(item=thread, user=cast.mona).uid
    assert entry.partner is None
    summarise(by=cast.luc, thread=thread, body="Three cities stopped.", version=1)
    page = page_of(thread, cast.vera)
    assert "Participant 1" in page[page.index('id="summary"') : page.index('id="posts"')]
    entry = AuditEntry.objects.filter(verb="forums.summarised").latest("pk")
    assert entry.actor == Participant.objects.get(item=thread, user=cast.luc).uid


def test_a_summary_costs_no_query(cast: Cast, thread: Thread) -> None:
    threads.reply(by=cast.anna, thread=thread, body="One.")
    client = signed_in(cast.luc)
    assert queries(client, f"/discussions/{thread.uid}/") == 11
    summarise(by=cast.luc, thread=thread, body="Summed up.")
    assert queries(client, f"/discussions/{thread.uid}/") == 11
