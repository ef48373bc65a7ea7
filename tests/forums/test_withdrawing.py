"""Taking back what one wrote: a trace that says so, nothing that looks like a decision, and a day to put it back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forums.actions import closing, editing, moderation, proposals, threads, withdrawing
from forums.figures import all_years
from forums.models import Decision, Post, Proposal, Thread
from network import clock, search
from network.models import AuditEntry, Notification, Room, State
from network.notifications import in_words, visible_notices
from network.refusals import Forbidden, Refusal, Unseen
from tests.cast import Cast
from tests.drawing import examples
from tests.forums.test_cases import decide, report
from tests.forums.test_discussing import sentences, start
from tests.forums.test_editing import at, body, said, signed_in
from tests.forums.test_properties import undone

pytestmark = pytest.mark.django_db


def withdraw(by: Any, post: Post) -> None:
    withdrawing.withdraw_post(by=by, post=post)


def put_back(by: Any, post: Post) -> None:
    withdrawing.put_back_post(by=by, post=post)


def test_a_withdrawn_post_leaves_a_trace_that_says_whose_doing_it_was(cast: Cast) -> None:
    thread, post = said(cast)
    threads.reply(by=cast.carlo, thread=thread, parent=post, body="Since when?")
    client = signed_in(cast.anna)
    assert "You can put it back for a day." in client.get(at(post, "withdraw/")).content.decode()
    assert client.post(at(post, "withdraw/")).status_code == 302
    page = body(cast.vera, thread.get_absolute_url())
    assert "Anna Lindqvist withdrew this post" in page
    assert "nurse" not in page
    assert "moderator removed" not in page
    assert "Since when?" in page
    assert "You withdrew this post" in body(cast.anna, thread.get_absolute_url())
    moderator = body(cast.mona, thread.get_absolute_url())
    assert "Moderators still read it." in moderator
    assert "A nurse rings the bell." in moderator


def test_counts_search_and_notices_follow(cast: Cast) -> None:
    thread, post = said(cast)
    assert sentences(cast.luc)
    withdraw(cast.anna, post)
    withdraw(cast.anna, post)
    thread.refresh_from_db()
    assert (thread.reply_count, thread.placed_count, thread.held_count, thread.gone) == (0, 2, 0, "2")
    assert not list(search.find(cast.luc, "nurse"))
    rows = visible_notices(cast.luc).select_related("item", "item__parent", "room", "person", "by")
    assert not in_words(cast.luc, rows)


def test_withdrawing_is_no_decision_in_figures_log_or_trail(cast: Cast) -> None:
    _thread, post = said(cast)
    before = str(all_years())
    withdraw(cast.anna, post)
    assert not Decision.objects.exists()
    assert str(all_years()) == before
    assert "Nothing was decided here yet" in body(cast.vera, "/rooms/families/decisions/")
    entry = AuditEntry.objects.get(verb="forums.withdrawn")
    assert (entry.actor, entry.target) == (cast.anna.uid, post.uid)


def test_its_author_puts_it_back_for_a_day_and_nobody_is_told_twice(cast: Cast) -> None:
    thread, post = said(cast)
    told = Notification.objects.count()
    withdraw(cast.anna, post)
    page = body(cast.anna, at(post, "put-back/"))
    assert "A nurse rings the bell." in page
    assert f'href="{at(post, "put-back/")}"' in body(cast.anna, thread.get_absolute_url())
    for person in (cast.luc, cast.mona, cast.clara):
        with pytest.raises(Forbidden):
            put_back(person, post)
        assert signed_in(person).get(at(post, "put-back/")).status_code == 403
    assert signed_in(cast.anna).post(at(post, "put-back/")).status_code == 302
    put_back(cast.anna, post)
    thread.refresh_from_db()
    assert (thread.reply_count, thread.placed_count, thread.gone) == (1, 2, "")
    assert "A nurse rings the bell." in body(cast.vera, thread.get_absolute_url())
    assert list(search.find(cast.luc, "nurse"))
    assert Notification.objects.count() == told


def test_after_a_day_it_stays_withdrawn(cast: Cast) -> None:
    thread, post = said(cast)
    withdraw(cast.anna, post)
    with clock.at(clock.now() + timedelta(hours=24)):
        with pytest.raises(Forbidden, match="for a day"):
            put_back(cast.anna, post)
        assert "put-back" not in body(cast.anna, thread.get_absolute_url())


def test_moderators_do_not_let_stand_what_its_author_took_back_but_may_take_it_away_for_good(cast: Cast) -> None:
    thread, post = said(cast)
    withdraw(cast.anna, post)
    with pytest.raises(Forbidden, match="withdrew"):
        moderation.approve_post(by=cast.mona, post=post)
    with pytest.raises(Forbidden, match="withdrew"):
        moderation.hold_post(by=cast.mona, post=post)
    assert "Let it stand" not in body(cast.mona, at(post, "moderate/"))
    moderation.remove_post(by=cast.mona, post=post, reason="It names a school.")
    thread.refresh_from_db()
    assert (thread.reply_count, thread.placed_count) == (0, 2)
    with pytest.raises(Forbidden, match="withdrew yourself"):
        put_back(cast.anna, post)
    assert Decision.objects.get().action == "removed"
    moderation.approve_post(by=cast.mona, post=post)
    thread.refresh_from_db()
    assert (thread.reply_count, thread.placed_count) == (1, 2)


def test_what_was_reported_is_decided_also_after_it_was_withdrawn(cast: Cast) -> None:
    thread, post = said(cast)
    case = report(cast.luc, post)
    withdraw(cast.anna, post)
    assert "A nurse rings the bell." in body(cast.maud, case.get_absolute_url())
    decide(cast.maud, case, action="redacted")
    proposals.confirm(by=cast.clara, proposal=Proposal.objects.get(settled_at=None))
    post.refresh_from_db()
    assert (post.body, post.withdrawn_at) == ("", None)
    with pytest.raises(Forbidden):
        put_back(cast.anna, post)
    thread.refresh_from_db()
    assert thread.reply_count == 0


def test_what_waited_for_a_moderator_waits_again_when_it_is_put_back(cast: Cast) -> None:
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    thread = start(cast, by=cast.mona)
    post = threads.reply(by=cast.anna, thread=thread, body="The boy of the baker.")
    withdraw(cast.anna, post)
    thread.refresh_from_db()
    assert (thread.reply_count, thread.placed_count, thread.held_count) == (0, 2, 0)
    assert not Notification.objects.filter(kind="post_held").exists()
    put_back(cast.anna, post)
    post.refresh_from_db()
    thread.refresh_from_db()
    assert post.state == State.HELD
    assert (thread.reply_count, thread.placed_count, thread.held_count) == (0, 1, 1)
    assert Notification.objects.filter(kind="post_held", user=cast.mona).exists()
    assert "baker" not in body(cast.luc, thread.get_absolute_url())


def test_one_withdraws_also_where_one_writes_no_more(cast: Cast) -> None:
    thread, post = said(cast)
    closing.lock_thread(by=cast.mona, thread=thread)
    withdraw(cast.anna, post)
    with pytest.raises(Forbidden, match="locked"):
        put_back(cast.anna, post)


def test_a_discussion_is_withdrawn_while_nobody_else_has_written_in_it(cast: Cast) -> None:
    thread = start(cast)
    opening = thread.posts.get()
    page = body(cast.luc, at(opening, "withdraw/"))
    assert "Nobody sees the discussion any more but you and the moderators." in page
    withdraw(cast.luc, opening)
    assert signed_in(cast.vera).get(thread.get_absolute_url()).status_code == 404
    assert not list(search.find(cast.anna, "bell"))
    assert "You withdrew this post" in body(cast.luc, thread.get_absolute_url())
    put_back(cast.luc, opening)
    assert signed_in(cast.vera).get(thread.get_absolute_url()).status_code == 200
    assert list(search.find(cast.anna, "bell"))
    threads.reply(by=cast.anna, thread=thread, body="A nurse.")
    with pytest.raises(Forbidden, match="Others have answered"):
        withdraw(cast.luc, opening)
    assert signed_in(cast.luc).get(at(opening, "withdraw/")).status_code == 403
    assert "/withdraw/" not in body(cast.luc, thread.get_absolute_url())


def test_a_withdrawn_discussion_that_was_reported_can_be_taken_away_for_good(cast: Cast) -> None:
    thread = start(cast)
    case = report(cast.anna, thread, kind="item")
    opening = thread.posts.get()
    withdraw(cast.luc, opening)
    decide(cast.clara, case, action="removed")
    with pytest.raises(Forbidden, match="withdrew yourself"):
        put_back(cast.luc, opening)


def test_nobody_withdraws_the_words_of_others(cast: Cast) -> None:
    _thread, post = said(cast)
    for person in (cast.luc, cast.mona, cast.clara, cast.vera):
        with pytest.raises(Forbidden, match="Only its author"):
            withdraw(person, post)
    with pytest.raises(Unseen):
        withdraw(cast.olga, post)


def test_under_the_rule_the_trace_bears_a_number(cast: Cast) -> None:
    thread = start(cast, chatham=True)
    post = threads.reply(by=cast.anna, thread=thread, body="We did not ask.")
    withdraw(cast.anna, post)
    for person in (cast.luc, cast.mona, cast.clara):
        page = body(person, thread.get_absolute_url())
        assert "Participant 2 withdrew this post" in page
        assert "Anna" not in page
    assert AuditEntry.objects.get(verb="forums.withdrawn").actor != cast.anna.uid


def test_a_change_and_a_withdrawal_do_not_come_in_each_others_way(cast: Cast) -> None:
    _thread, post = said(cast)
    withdraw(cast.anna, post)
    with pytest.raises(Forbidden, match="not here any more"):
        editing.edit_post(by=cast.anna, post=post, body="Other words.", version=1)


ACTS = ("withdraw", "put_back", "hold", "approve", "remove", "edit")


@settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    acts=st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(["anna", "mona", "luc"])), max_size=9),
    checked=st.booleans(),
)
def test_whatever_is_done_to_a_post_the_numbers_of_its_discussion_stay_true(
    cast: Cast, acts: list[tuple[str, str]], checked: bool
) -> None:
    with undone():
        thread = start(cast)
        post = threads.reply(by=cast.anna, thread=thread, body="A nurse rings the bell.")
        if checked:
            Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
        for n, (act, name) in enumerate(acts):
            by = getattr(cast, name)
            post.refresh_from_db()
            before = post.state, post.withdrawn_at
            try:
                if act == "withdraw":
                    withdraw(by, post)
                elif act == "put_back":
                    put_back(by, post)
                elif act == "hold":
                    moderation.hold_post(by=by, post=post)
                elif act == "approve":
                    moderation.approve_post(by=by, post=post)
                elif act == "remove":
                    moderation.remove_post(by=by, post=post, reason="A name.")
                else:
                    editing.edit_post(by=by, post=post, body=f"Words {n}.", version=post.version)
            except Refusal:
                pass
            post.refresh_from_db()
            # What its author took back comes back by them alone.
            if before[1] is not None and post.state != State.REMOVED:
                assert (act, name) == ("put_back", "anna")
            counted = Thread.objects.get(pk=thread.pk)
            replies = thread.posts.filter(parent__isnull=False)
            assert counted.reply_count == replies.filter(state=State.PUBLISHED).count()
            assert counted.held_count == replies.filter(state=State.HELD).count()
            assert counted.placed_count == 1 + replies.exclude(state=State.HELD).count()
            standing = post.state == State.PUBLISHED
            assert (counted.gone == "") == standing
            assert bool(list(search.find(cast.luc, max(post.body.split(), key=len)))) == standing
