"""What hangs on a discussion when it is joined to another or moved: summaries, votes, and who may not write there."""

from __future__ import annotations

import pytest

from forums.actions import cases, moderation, moving, polls, proposals, splitting, summaries, threads, undoing
from forums.models import Change, Proposal, Summary, Thread
from network.models import Sanction
from network.refusals import Forbidden
from tests.cast import Cast
from tests.forums.test_cases import WRONG, report, signed_in
from tests.forums.test_discussing import start
from tests.forums.test_discussion_pages import queries
from tests.forums.test_kinds import now
from tests.forums.test_moving import narrower, newest
from tests.forums.test_sanctions import mute

pytestmark = pytest.mark.django_db


def two(cast: Cast) -> tuple[Thread, Thread]:
    """Each with a summary and a vote."""
    first, second = start(cast, title="First"), start(cast, title="Second", by=cast.anna, body="The lantern again.")
    for thread, word in ((first, "Ladders"), (second, "Lanterns")):
        summaries.summarise(by=thread.author, thread=thread, body=f"{word} it is.")
        polls.ask(by=thread.author, thread=thread, question=f"Which {word}?", options=["One", "Two"])
    return first, second


def page_of(cast: Cast, thread: Thread) -> str:
    return signed_in(cast.carlo).get(f"/discussions/{thread.uid}/").content.decode()


def test_two_with_a_summary_and_a_vote_each_keep_both_and_get_them_back(cast: Cast) -> None:
    first, second = two(cast)
    poll = second.posts.get(parent=None).poll
    splitting.merge_threads(by=cast.mona, thread=second, into=first)
    page = page_of(cast, first)
    assert page.index("Ladders it is.") < page.index("What that discussion had come to") < page.index("Lanterns it is.")
    assert "Which Ladders?" in page
    place = f"/discussions/{first.uid}/posts/{poll.post.uid}"
    assert f'href="{place}/poll/">The vote that came with them: Which Lanterns?' in page
    carlo = signed_in(cast.carlo)
    assert carlo.post(f"{place}/vote/", {"choice": "1"})["Location"] == f"{place}/poll/"
    assert "“Two” leads." in carlo.get(f"{place}/poll/").content.decode()
    undoing.undo_change(by=cast.mona, change=newest(first))
    page = page_of(cast, first)
    assert "Lanterns" not in page
    page = page_of(cast, second)
    assert "Lanterns it is." in page
    assert "“Two” leads." in page


def test_one_that_has_neither_takes_neither_for_its_own(cast: Cast) -> None:
    _first, second = two(cast)
    bare = start(cast, title="Bare")
    splitting.merge_threads(by=cast.mona, thread=second, into=bare)
    page = page_of(cast, bare)
    assert "Summed up by" not in page
    assert "Lanterns it is." in page
    summaries.summarise(by=cast.luc, thread=bare, body="All of it.")
    assert "All of it." in page_of(cast, bare)
    polls.ask(by=cast.luc, thread=bare, question="And now?", options=["One", "Two"])
    assert Summary.objects.count() == 3


def test_of_a_chain_of_three_nothing_is_lost_and_each_is_got_back(cast: Cast) -> None:
    first, second = two(cast)
    third, last = start(cast, title="Third"), start(cast, title="Last")
    splitting.merge_threads(by=cast.mona, thread=second, into=first)
    splitting.merge_threads(by=cast.mona, thread=first, into=third)
    splitting.merge_threads(by=cast.mona, thread=third, into=last)
    page = page_of(cast, last)
    for words in ("Ladders it is.", "Lanterns it is.", "Which Ladders?", "Which Lanterns?"):
        assert words in page
    for thread, has in ((third, ("Ladders", "Lanterns")), (first, ("Ladders", "Lanterns")), (second, ("Lanterns",))):
        undoing.undo_change(by=cast.mona, change=Change.objects.filter(undone_at=None).first())
        page = page_of(cast, thread)
        assert all(f"{word} it is." in page for word in has)
        assert "it is." not in page_of(cast, last)
    assert "Lanterns" not in page_of(cast, first)


def test_a_chain_costs_the_same_as_one(cast: Cast) -> None:
    first, second = two(cast)
    third = start(cast, title="Third")
    splitting.merge_threads(by=cast.mona, thread=second, into=first)
    page_of(cast, first)
    alone = queries(signed_in(cast.anna), f"/discussions/{first.uid}/")
    splitting.merge_threads(by=cast.mona, thread=first, into=third)
    page_of(cast, third)
    # One for the vote below the opening post, of which it has none, and one for its numbers.
    assert queries(signed_in(cast.anna), f"/discussions/{third.uid}/") <= alone


def test_what_was_joined_is_named_as_long_as_its_opening_post_stands(cast: Cast) -> None:
    first, second = two(cast)
    opening = second.posts.get(parent=None)
    splitting.merge_threads(by=cast.mona, thread=second, into=first)
    assert ">Second</a>" in page_of(cast, first)
    opening.refresh_from_db()
    moderation.remove_post(by=cast.mona, post=opening, reason="It names a family, as its title did.")
    page = page_of(cast, first)
    assert ">Second</a>" not in page
    assert "the first of them" in page
    assert "Which Lanterns?" not in page


def test_what_came_costs_the_same_for_many_discussions_as_for_one(cast: Cast) -> None:
    target = start(cast, title="Target")
    counts = []
    for _ in range(3):
        splitting.merge_threads(by=cast.mona, thread=two(cast)[1], into=target)
        page_of(cast, target)
        counts.append(queries(signed_in(cast.carlo), f"/discussions/{target.uid}/"))
    assert counts[1] == counts[2]


def test_a_discussion_that_is_erased_is_so_with_all_that_was_joined_to_it(cast: Cast) -> None:
    first, second = two(cast)
    third = start(cast, title="Third")
    splitting.merge_threads(by=cast.mona, thread=second, into=first)
    splitting.merge_threads(by=cast.mona, thread=first, into=third)
    case = report(cast.anna, third, kind="item")
    cases.decide_case(by=cast.mona, case=case, **WRONG | {"action": "redacted"})
    proposals.confirm(by=cast.clara, proposal=Proposal.objects.get(case=case))
    assert not Summary.objects.exists()


def test_who_may_not_write_under_a_number_may_not_in_another_room_either(cast: Cast) -> None:
    thread, room = start(cast, chatham=True), narrower(cast)
    mute(cast.maud, threads.reply(by=cast.anna, thread=thread, body="Fools."))
    moving.move_thread(by=cast.mona, thread=thread, room=room)
    assert Sanction.objects.get().room == room
    with pytest.raises(Forbidden, match="not write until"):
        threads.reply(by=cast.anna, thread=now(thread), body="Once more.")
    undoing.undo_change(by=cast.mona, change=newest(thread))
    assert Sanction.objects.get().room == cast.families
    with pytest.raises(Forbidden, match="not write until"):
        threads.reply(by=cast.anna, thread=now(thread), body="Once more.")
