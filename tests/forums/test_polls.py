"""Votes in a discussion: asking, voting, counting, the end."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from forums import targets
from forums.actions import cases, closing, polls, proposals, splitting, undoing
from forums.models import Ballot, Change, Poll, Proposal, Thread, Voted
from forums.permissions.polls import check_close, voter
from forums.polls import standing
from forums.tallies import tally
from network import clock
from network.models import AuditEntry, Notification, Participant
from network.permissions import Level, can, level_in
from network.refusals import Forbidden, Invalid, Unseen
from tests.cast import Cast
from tests.factories import member_of
from tests.forums.test_discussing import sentences, start
from tests.forums.test_discussion_pages import queries
from tests.forums.test_properties import READERS, SETTINGS, undone

pytestmark = pytest.mark.django_db


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def ask(cast: Cast, thread: Thread | None = None, **other: Any) -> Poll:
    given_ = {"by": cast.luc, "question": "Who goes first?", "options": ["One", "Two", "Three"]}
    return polls.ask(thread=thread or start(cast), **given_ | other)


def seen(poll: Poll, person: Any) -> Any:
    level = level_in(person, poll.post.thread.room) or Level.VIEW
    rights = {"contributes": level >= Level.CONTRIBUTE, "moderates": level >= Level.MODERATE}
    return standing(poll.post.thread, person, **rights)


def page_of(poll: Poll, person: Any, part: str = "") -> str:
    address = f"/discussions/{poll.post.thread.uid}/" if not part else f"{poll.get_absolute_url()}"
    return signed_in(person).get(address).content.decode()


def test_who_started_the_discussion_asks_and_contributors_vote(cast: Cast) -> None:
    thread = start(cast)
    luc, anna = signed_in(cast.luc), signed_in(cast.anna)
    assert f"/discussions/{thread.uid}/poll/" in luc.get(f"/discussions/{thread.uid}/").content.decode()
    sent = {
        "question": "Who goes first?",
        "options": "One\nTwo\n\nThree",
        "kind": "single",
        "by_partner": "",
        "secret": "",
    }
    response = luc.post(f"/discussions/{thread.uid}/poll/", sent)
    assert (response.status_code, response.url) == (302, f"/discussions/{thread.uid}/#poll")
    poll = Poll.objects.get()
    assert poll.options == ["One", "Two", "Three"]
    place = f"/discussions/{thread.uid}/posts/{poll.post.uid}/vote/"
    assert anna.post(place, {"choice": "1"}).status_code == 302
    page = page_of(poll, cast.vera)
    assert '<svg class="poll-bar"' in page
    assert "“Two” leads." in page
    assert place not in page
    assert signed_in(cast.vera).post(place, {"choice": "1"}).status_code == 403
    assert signed_in(cast.olga).post(place, {"choice": "1"}).status_code == 404
    assert "Anna Lindqvist" in page_of(poll, cast.vera, "poll")


def test_others_do_not_ask_and_a_discussion_has_one_vote(cast: Cast) -> None:
    thread = start(cast)
    for person, refusal in ((cast.anna, Forbidden), (cast.vera, Forbidden), (cast.olga, Unseen)):
        with pytest.raises(refusal):
            ask(cast, thread, by=person)
    first = ask(cast, thread, by=cast.mona)
    assert ask(cast, thread, by=cast.mona) == first
    with pytest.raises(Invalid, match="a vote already"):
        ask(cast, thread, question="Another?")


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"question": ""}, "question"),
        ({"question": "x" * 301}, "question"),
        ({"question": "a\0b"}, "question"),
        ({"options": "One"}, "options"),
        ({"options": "\n".join(str(n) for n in range(13))}, "options"),
        ({"options": "One\none"}, "options"),
        ({"options": "One\n" + "x" * 201}, "options"),
        ({"options": ""}, "options"),
        ({"kind": "loud"}, "kind"),
        ({"closes_at": "2001-01-01"}, "closes_at"),
        ({"closes_at": "soon"}, "closes_at"),
    ],
)
def test_a_bad_question_is_said_at_its_field_and_stays(cast: Cast, sent: dict[str, str], field: str) -> None:
    thread = start(cast)
    whole = {"question": "Words that stay?", "options": "One\nTwo", "kind": "single"} | sent
    response = signed_in(cast.luc).post(f"/discussions/{thread.uid}/poll/", whole)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    if "question" not in sent:
        assert "Words that stay?" in response.content.decode()
    assert not Poll.objects.exists()


def test_an_open_vote_is_changed_until_the_end_and_not_after(cast: Cast) -> None:
    poll = ask(cast)
    for choice in (0, 2, 2):
        polls.vote(by=cast.anna, poll=poll, choices=[choice])
    assert list(Ballot.objects.values_list("choices", flat=True)) == [[2]]
    assert AuditEntry.objects.filter(verb="forums.voted").count() == 2
    polls.close(by=cast.luc, poll=poll)
    with pytest.raises(Forbidden, match="closed"):
        polls.vote(by=cast.anna, poll=poll, choices=[0])
    place = f"/discussions/{poll.post.thread.uid}/posts/{poll.post.uid}/vote/"
    response = signed_in(cast.anna).post(place, {"choice": "0"})
    assert response.status_code == 403
    assert "This vote is closed." in response.content.decode()
    assert list(Ballot.objects.values_list("choices", flat=True)) == [[2]]
    assert "has won." in page_of(poll, cast.anna)


def test_the_day_closes_it_though_nobody_has_looked_and_voters_are_told_once(cast: Cast) -> None:
    poll = ask(cast, closes_at=clock.now() + timedelta(days=1))
    polls.vote(by=cast.anna, poll=poll, choices=[0])
    polls.close_by_date(poll.pk)
    assert not Notification.objects.filter(kind="poll_closed").exists()
    with clock.at(clock.now() + timedelta(days=2)):
        with pytest.raises(Forbidden, match="closed"):
            polls.vote(by=cast.carlo, poll=poll, choices=[0])
        for _ in range(2):
            polls.close_by_date(poll.pk)
    assert sentences(cast.anna) == ["The vote in “Who rings the bell?” is closed"]
    assert sentences(cast.carlo) == []
    assert Notification.objects.filter(kind="poll_closed").count() == 2


def test_a_partner_has_one_vote_whoever_casts_it(cast: Cast) -> None:
    poll = ask(cast, by_partner=True)
    other = member_of(cast.malmo)
    polls.vote(by=cast.anna, poll=poll, choices=[0])
    polls.vote(by=other, poll=poll, choices=[1])
    assert seen(poll, cast.anna).choices == [1]
    assert seen(poll, cast.anna).tally.votes == (0, 1, 0)
    page = page_of(poll, cast.luc, "poll")
    assert "Malmö" in page
    assert other.name in page
    assert "Anna Lindqvist" not in page[page.index("<main") :]
    assert "You vote for Malmö." in page_of(poll, cast.anna)


def test_only_who_speaks_for_a_partner_votes_where_partners_do(cast: Cast) -> None:
    poll = ask(cast, thread=start(cast, room=cast.schools), by_partner=True)
    with pytest.raises(Forbidden, match="speak for one"):
        polls.vote(by=cast.eva, poll=poll, choices=[0])
    assert not seen(poll, cast.eva).may_vote
    alone = ask(cast, thread=start(cast, room=cast.schools))
    polls.vote(by=cast.eva, poll=alone, choices=[0])
    assert Voted.objects.get().person == cast.eva


def test_a_secret_vote_stands_and_nothing_leads_from_it_to_its_voter(cast: Cast) -> None:
    poll = ask(cast, secret=True)
    polls.vote(by=cast.anna, poll=poll, choices=[0])
    with pytest.raises(Forbidden, match="stands as it was cast"):
        polls.vote(by=cast.anna, poll=poll, choices=[1])
    ballot = Ballot.objects.get()
    assert (ballot.choices, ballot.voted) == ([0], None)
    assert not hasattr(Voted.objects.get(), "ballot")
    for person in (cast.luc, cast.mona, cast.anna):
        shown = seen(poll, person)
        assert shown.tally is None
        assert "The numbers are shown once the vote is closed." in page_of(poll, person)
    assert seen(poll, cast.anna).choices == []
    polls.close(by=cast.luc, poll=poll)
    assert seen(poll, cast.vera).tally.votes == (1, 0, 0)
    page = page_of(poll, cast.vera, "poll")
    assert "Anna Lindqvist" not in page[page.index("<main") :]


def test_under_the_rule_a_vote_is_secret_and_each_person_has_one(cast: Cast) -> None:
    thread = start(cast, chatham=True)
    form = signed_in(cast.luc).get(f"/discussions/{thread.uid}/poll/").content.decode()
    assert 'name="secret"' not in form
    poll = ask(cast, thread, secret=False, by_partner=True)
    assert (poll.secret, poll.by_partner) == (True, False)
    polls.vote(by=cast.anna, poll=poll, choices=[0])
    polls.vote(by=cast.carlo, poll=poll, choices=[1])
    polls.close(by=cast.mona, poll=poll)
    page = page_of(poll, cast.vera, "poll")
    for words in ("Anna", "Carlo", "Luc", "Malmö"):
        assert words not in page[page.index("<main") : page.index("</main>")]
    actors = AuditEntry.objects.filter(verb__in=("forums.voted", "forums.poll_asked")).values_list("actor", flat=True)
    assert set(actors) <= set(Participant.objects.filter(item=thread).values_list("uid", flat=True))
    assert not AuditEntry.objects.filter(verb="forums.voted").exclude(partner=None).exists()


def test_numbers_wait_where_it_was_asked_until_one_has_voted(cast: Cast) -> None:
    poll = ask(cast, numbers_after=True)
    polls.vote(by=cast.anna, poll=poll, choices=[0])
    assert seen(poll, cast.carlo).tally is None
    assert seen(poll, cast.anna).tally.votes == (1, 0, 0)
    assert "Anna Lindqvist" not in page_of(poll, cast.carlo, "poll").partition("<main")[2]
    polls.close(by=cast.luc, poll=poll)
    assert seen(poll, cast.carlo).tally.votes == (1, 0, 0)


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("single", {}),
        ("single", {"choice": ["0", "1"]}),
        ("single", {"choice": "7"}),
        ("single", {"choice": "-1"}),
        ("multiple", {"choice": ["0", "0"]}),
        ("multiple", {"choice": "²"}),
        ("ranked", {"place-0": "1", "place-1": "1"}),
        ("ranked", {"place-0": "0"}),
        ("ranked", {"place-0": "x"}),
        ("ranked", {}),
    ],
)
def test_a_bad_vote_is_said_and_not_counted(cast: Cast, kind: str, sent: dict[str, Any]) -> None:
    poll = ask(cast, kind=kind)
    place = f"/discussions/{poll.post.thread.uid}/posts/{poll.post.uid}/vote/"
    response = signed_in(cast.anna).post(place, sent)
    assert response.status_code == 422
    assert "Choose" in response.content.decode()
    assert not Ballot.objects.exists()


def test_two_votes_at_once_are_one(cast: Cast) -> None:
    poll = ask(cast)
    polls.vote(by=cast.anna, poll=poll, choices=[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        Voted.objects.create(poll=poll, person=cast.anna, by=cast.anna)


def test_who_may_close(cast: Cast) -> None:
    poll = ask(cast)
    with pytest.raises(Forbidden):
        polls.close(by=cast.anna, poll=poll)
    with pytest.raises(Unseen):
        polls.close(by=cast.olga, poll=poll)
    for _ in range(2):
        polls.close(by=cast.mona, poll=poll)
    assert AuditEntry.objects.filter(verb="forums.poll_closed").count() == 1


@pytest.mark.parametrize("where", ["", "poll"])
def test_whoever_may_close_a_vote_does_so_where_it_stands(cast: Cast, where: str) -> None:
    poll = ask(cast)
    asked_by_moderator = ask(cast, thread=start(cast, by=cast.anna), by=cast.mona)
    action = f'action="{poll.get_absolute_url()}close/"'
    for person in (cast.luc, cast.anna, cast.mona, cast.maud, cast.carlo, cast.vera):
        for one in (poll, asked_by_moderator):
            page = page_of(one, person, where)
            assert (f'action="{one.get_absolute_url()}close/"' in page) is bool(can(check_close, person, one))
    page = page_of(poll, cast.luc, where)
    assert page.count("Close the vote") == page.count(action) == 1
    assert "Whoever voted is told." in page
    assert signed_in(cast.luc).post(f"{poll.get_absolute_url()}close/").status_code == 302
    assert "Close the vote" not in page_of(poll, cast.luc, where)


def test_a_vote_ends_with_its_discussion_and_goes_on_until_its_day_once_that_is_open_again(cast: Cast) -> None:
    poll = ask(cast, closes_at=clock.now() + timedelta(days=7))
    thread = poll.post.thread
    polls.vote(by=cast.anna, poll=poll, choices=[0])
    closing.close_thread(by=cast.luc, thread=thread, cause="settled")
    with pytest.raises(Forbidden, match="its vote with it"):
        polls.vote(by=cast.carlo, poll=poll, choices=[1])
    page = page_of(poll, cast.carlo)
    assert "“One” has won." in page
    assert "/vote/" not in page
    assert sentences(cast.anna) == ["The vote in “Who rings the bell?” is closed"]
    closing.reopen_thread(by=cast.luc, thread=thread)
    polls.vote(by=cast.carlo, poll=poll, choices=[1])
    assert not Poll.objects.get().is_closed
    verbs = AuditEntry.objects.filter(target=poll.post.uid).order_by("pk").values_list("verb", flat=True)
    assert [verb for verb in verbs if verb != "forums.voted"] == [
        "forums.poll_asked",
        "forums.poll_closed",
        "forums.poll_resumed",
    ]
    with clock.at(clock.now() + timedelta(days=8)):
        assert Poll.objects.get().is_closed
        polls.close_by_date(poll.pk)
    assert Poll.objects.get().closed_at is not None


def test_a_vote_that_was_closed_by_hand_stays_closed_whatever_becomes_of_its_discussion(cast: Cast) -> None:
    poll = ask(cast)
    polls.close(by=cast.luc, poll=poll)
    closing.lock_thread(by=cast.mona, thread=poll.post.thread)
    closing.reopen_thread(by=cast.mona, thread=poll.post.thread)
    assert Poll.objects.get().is_closed
    assert AuditEntry.objects.filter(verb="forums.poll_closed").count() == 1


def test_a_secret_vote_whose_numbers_were_read_does_not_go_on(cast: Cast) -> None:
    poll = ask(cast, secret=True)
    polls.vote(by=cast.anna, poll=poll, choices=[0])
    closing.close_thread(by=cast.luc, thread=poll.post.thread, cause="answered")
    assert seen(poll, cast.carlo).tally.votes == (1, 0, 0)
    closing.reopen_thread(by=cast.luc, thread=poll.post.thread)
    with pytest.raises(Forbidden, match="closed"):
        polls.vote(by=cast.carlo, poll=poll, choices=[1])


def test_undoing_that_a_discussion_was_closed_lets_its_vote_go_on(cast: Cast) -> None:
    poll = ask(cast)
    closing.close_thread(by=cast.luc, thread=poll.post.thread, cause="settled")
    undoing.undo_change(by=cast.mona, change=Change.objects.get(kind="closed"))
    polls.vote(by=cast.anna, poll=poll, choices=[0])
    closing.close_thread(by=cast.luc, thread=poll.post.thread, cause="settled")
    closing.reopen_thread(by=cast.luc, thread=poll.post.thread)
    undoing.undo_change(by=cast.mona, change=Change.objects.filter(kind="reopened").first())
    assert Poll.objects.get().is_closed


def test_a_vote_that_comes_into_a_closed_discussion_ends(cast: Cast) -> None:
    poll, into = ask(cast), start(cast, title="The other one")
    closing.lock_thread(by=cast.mona, thread=into)
    splitting.merge_threads(by=cast.mona, thread=poll.post.thread, into=into)
    assert Poll.objects.get().is_closed
    with pytest.raises(Forbidden, match="its vote with it"):
        polls.vote(by=cast.anna, poll=poll, choices=[0])


def test_no_vote_is_asked_for_in_a_closed_discussion(cast: Cast) -> None:
    thread = start(cast)
    closing.close_thread(by=cast.luc, thread=thread, cause="settled")
    with pytest.raises(Forbidden, match="Open it again"):
        ask(cast, thread)
    page = signed_in(cast.luc).get(f"/discussions/{thread.uid}/").content.decode()
    assert f"/discussions/{thread.uid}/poll/" not in page


def test_what_was_sent_stays_in_a_refused_vote(cast: Cast) -> None:
    poll = ask(cast, kind="ranked")
    place = f"/discussions/{poll.post.thread.uid}/posts/{poll.post.uid}/vote/"
    page = signed_in(cast.anna).post(place, {"place-0": "2", "place-1": "2", "place-2": "1"}).content.decode()
    assert page.count("<option selected>2</option>") == 2
    assert page.count("<option selected>1</option>") == 1
    assert "no place twice" in page


def test_whoever_votes_too_late_sees_what_came_of_it(cast: Cast) -> None:
    poll = ask(cast)
    polls.vote(by=cast.carlo, poll=poll, choices=[2])
    polls.close(by=cast.luc, poll=poll)
    place = f"/discussions/{poll.post.thread.uid}/posts/{poll.post.uid}/vote/"
    response = signed_in(cast.anna).post(place, {"choice": "0"})
    page = response.content.decode()
    assert response.status_code == 403
    assert "This vote is closed." in page
    assert "“Three” has won." in page
    assert f"/discussions/{poll.post.thread.uid}/" in page


def test_of_several_in_front_none_has_won(cast: Cast) -> None:
    poll = ask(cast)
    polls.vote(by=cast.anna, poll=poll, choices=[0])
    polls.vote(by=cast.carlo, poll=poll, choices=[1])
    polls.close(by=cast.luc, poll=poll)
    assert [bar["mark"] for bar in seen(poll, cast.vera).bars] == ["level", "level", ""]


def test_an_erased_discussion_leaves_no_vote(cast: Cast) -> None:
    poll = ask(cast)
    thread = poll.post.thread
    polls.vote(by=cast.anna, poll=poll, choices=[0])
    case = cases.report(by=cast.anna, target=targets.seen_by(cast.anna, "item", thread.uid), ground="personal").case
    cases.take_case(by=cast.mona, case=case)
    cases.decide_case(by=cast.mona, case=case, action="redacted", ground="personal", facts="It names somebody.")
    proposals.confirm(by=cast.clara, proposal=Proposal.objects.get(settled_at=None))
    assert not Poll.objects.exists()
    assert not Ballot.objects.exists()


@SETTINGS
@given(
    names=st.lists(st.sampled_from(READERS), min_size=1, max_size=8),
    by_partner=st.booleans(),
    secret=st.booleans(),
    chatham=st.booleans(),
)
def test_contributors_have_one_vote_each_and_nobody_else_has_one(
    cast: Cast, names: list[str], by_partner: bool, secret: bool, chatham: bool
) -> None:
    with undone():
        poll = ask(cast, start(cast, chatham=chatham), by_partner=by_partner, secret=secret)
        holders = set()
        for name in names:
            person = getattr(cast, name)
            level = level_in(person, cast.families)
            if level is None or level < Level.CONTRIBUTE:
                with pytest.raises((Forbidden, Unseen)):
                    polls.vote(by=person, poll=poll, choices=[0])
                continue
            partner = voter(person, poll, cast.families, None)
            holder = partner or person
            if poll.secret and holder in holders:
                with pytest.raises(Forbidden):
                    polls.vote(by=person, poll=poll, choices=[0])
            else:
                polls.vote(by=person, poll=poll, choices=[0])
            holders.add(holder)
        assert Voted.objects.filter(poll=poll).count() == Ballot.objects.filter(poll=poll).count() == len(holders)
        assert not poll.secret or not Ballot.objects.filter(poll=poll).exclude(voted=None).exists()
        assert poll.secret or not chatham


# --- counting


def slowly(options: int, ballots: Sequence[Sequence[int]]) -> tuple[set[int], int]:
    """The same by the words of the rule, each round counted anew from the ballots; winners, and how many rounds."""
    gone: list[set[int]] = []

    def firsts(out: set[int]) -> dict[int, int]:
        left = [option for option in range(options) if option not in out]
        return {one: sum([o for o in ballot if o not in out][:1] == [one] for ballot in ballots) for one in left}

    while True:
        out = set().union(*gone) if gone else set()
        now = firsts(out)
        if not now or not sum(now.values()):
            return set(), len(gone) + bool(now)
        best = [one for one in now if now[one] > sum(now.values()) / 2]
        if best or len(set(now.values())) == 1:
            return set(best or now), len(gone) + 1
        history = [firsts(set().union(*gone[:n]) if n else set()) for n in range(len(gone), -1, -1)]
        least = min([tally_[one] for tally_ in history] for one in now)
        gone.append({one for one in now if [tally_[one] for tally_ in history] == least})


@given(
    options=st.integers(2, 5),
    data=st.data(),
)
def test_the_run_off_is_what_the_rule_says(options: int, data: Any) -> None:
    ballot = st.lists(st.integers(0, options - 1), min_size=1, max_size=options, unique=True)
    ballots = data.draw(st.lists(ballot, max_size=9))
    counted = tally(options, ballots, ranked=True)
    winners, rounds = slowly(options, ballots)
    assert set(counted.winners) == winners
    assert len(counted.rounds) == rounds
    assert sum(counted.votes) == len(ballots)


def test_a_run_off_by_hand() -> None:
    ballots = [[0]] * 4 + [[1, 2]] * 3 + [[2, 1]] * 2
    counted = tally(3, ballots, ranked=True)
    assert counted.winners == (1,)
    assert counted.rounds == ({0: 4, 1: 3, 2: 2}, {0: 4, 1: 5})
    assert tally(2, [[0], [1]], ranked=True).winners == (0, 1)
    assert tally(2, [], ranked=True).winners == ()
    assert tally(3, [[0, 1], [1]]).votes == (1, 2, 0)


# --- what it costs


def test_a_vote_costs_two_queries_however_many_vote(cast: Cast) -> None:
    thread = start(cast)
    client = signed_in(cast.luc)
    assert queries(client, f"/discussions/{thread.uid}/") == 11
    poll = ask(cast, thread)
    polls.vote(by=cast.anna, poll=poll, choices=[0])
    assert queries(client, f"/discussions/{thread.uid}/") == 13
    cost = queries(client, poll.get_absolute_url())
    for person in (cast.carlo, cast.mona, cast.luc):
        polls.vote(by=person, poll=poll, choices=[1])
    assert queries(client, f"/discussions/{thread.uid}/") == 13
    assert queries(client, poll.get_absolute_url()) == cost
