"""Several people, or one impatient one, at the same moment."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from forums import targets
from forums.actions import moderation, proposals, restoring, sanctions, splitting, threads
from forums.actions.cases import AlreadyDecided
from forums.actions.moderation import remove_post
from forums.models import Decision, Post, Report, Thread
from forums.permissions.threads import Moved
from network import clock
from network.models import Room, Sanction
from network.refusals import Forbidden, Invalid, Refusal, TooFast
from tests.cast import Cast, gather
from tests.factories import ItemFactory
from tests.forums.test_cases import decide, report
from tests.forums.test_discussing import start
from tests.forums.test_moving import demand_true_numbers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def everybody(transactional_db: None) -> Cast:
    return gather()


def at_once(times: int, action: Callable[[int], Any]) -> list[Any]:
    def one(n: int) -> Any:
        try:
            return action(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=times) as pool:
        return list(pool.map(one, range(times)))


def test_replies_at_the_same_moment_all_find_a_place(everybody: Cast) -> None:
    thread = start(everybody)
    people = [everybody.anna, everybody.luc, everybody.carlo, everybody.mona]
    at_once(8, lambda n: threads.reply(by=people[n % 4], thread=thread, body=f"Word {n}."))
    paths = list(Post.objects.filter(parent__isnull=False).order_by("path").values_list("path", flat=True))
    assert paths == [f"0000000{n}" for n in range(8)]
    thread.refresh_from_db()
    assert (thread.reply_count, thread.placed_count) == (8, 9)


def test_a_form_sent_four_times_at_once_makes_one_reply(everybody: Cast) -> None:
    thread, once = start(everybody), uuid.uuid4()
    made = at_once(4, lambda _n: threads.reply(by=everybody.anna, thread=thread, body="Once.", once=once))
    assert len({post.pk for post in made}) == 1


def test_a_form_sent_four_times_at_once_starts_one_discussion(everybody: Cast) -> None:
    once = uuid.uuid4()
    made = at_once(4, lambda _n: start(everybody, once=once))
    assert len({thread.pk for thread in made}) == 1
    assert (Thread.objects.count(), Post.objects.count()) == (1, 1)


def test_first_comments_at_the_same_moment_begin_one_thread(everybody: Cast) -> None:
    item = ItemFactory(room=everybody.families, author=everybody.luc)
    people = [everybody.anna, everybody.luc, everybody.carlo, everybody.mona]
    at_once(4, lambda n: threads.comment_on(by=people[n], item=item, room=everybody.families, body=f"Word {n}."))
    assert (Thread.objects.count(), Post.objects.count()) == (1, 4)


def test_reports_at_the_same_moment_come_into_one_case(everybody: Cast) -> None:
    post = threads.reply(by=everybody.anna, thread=start(everybody), body="A word.")
    people = [everybody.luc, everybody.carlo, everybody.clara, everybody.luc]
    made = at_once(4, lambda n: report(people[n], post))
    assert len({case.pk for case in made}) == 1
    assert Report.objects.count() == 3


def test_of_moderators_who_decide_at_the_same_moment_one_decides(everybody: Cast) -> None:
    case = report(everybody.luc, threads.reply(by=everybody.anna, thread=start(everybody), body="A word."))

    def settle(n: int) -> str:
        try:
            return decide([everybody.maud, everybody.clara][n % 2], case).action
        except (AlreadyDecided, Invalid, Forbidden):
            return "told"

    assert sorted(at_once(4, settle)) == ["removed", "told", "told", "told"]
    assert Decision.objects.count() == 1


def test_of_two_who_confirm_at_the_same_moment_one_confirms(everybody: Cast) -> None:
    post = threads.reply(by=everybody.carlo, thread=start(everybody), body="A word.")
    proposal = decide(everybody.maud, report(everybody.luc, post), action="redacted")

    def settle(n: int) -> str:
        try:
            return proposals.confirm(by=[everybody.mona, everybody.clara][n % 2], proposal=proposal).action
        except AlreadyDecided:
            return "told"

    assert sorted(at_once(4, settle)) == ["redacted", "told", "told", "told"]
    assert Decision.objects.count() == 1


def test_of_two_who_undo_at_the_same_moment_one_undoes(everybody: Cast) -> None:
    post = threads.reply(by=everybody.carlo, thread=start(everybody), body="A word.")
    decision = decide(everybody.maud, report(everybody.luc, post), action="removed")

    def settle(n: int) -> str:
        try:
            return restoring.undo(by=[everybody.mona, everybody.maud][n % 2], decision=decision, facts="So.").action
        except Forbidden:
            return "told"

    assert sorted(at_once(4, settle)) == ["told", "told", "told", "undone"]


def test_a_mute_that_is_sent_four_times_at_once_is_one(everybody: Cast) -> None:
    post = threads.reply(by=everybody.carlo, thread=start(everybody), body="A word.")
    until = clock.now() + timedelta(days=7)
    terms = {"action": "muted", "until": until, "ground": "charter", "facts": "So."}

    def mute(_n: int) -> str:
        try:
            return sanctions.sanction(by=everybody.maud, target=targets.of_post(post), **terms).action
        except Invalid:
            return "told"

    assert sorted(at_once(4, mute)) == ["muted", "told", "told", "told"]
    assert Sanction.objects.count() == 1


def test_a_reply_to_a_post_that_is_being_taken_apart_finds_the_post_or_comes_back(everybody: Cast) -> None:
    thread = start(everybody)
    post = threads.reply(by=everybody.anna, thread=thread, body="A word.")

    def act(n: int) -> Any:
        if n == 0:
            return splitting.split_thread(by=everybody.mona, thread=thread, posts=[post.uid], title="Apart")
        try:
            return threads.reply(by=everybody.luc, thread=thread, parent=post, body=f"Word {n}.").pk
        except Moved as moved:
            return moved.thread

    new, *answered = at_once(5, act)
    family = Post.objects.filter(thread=new)
    assert {one for one in answered if isinstance(one, int)} | {post.pk} == set(family.values_list("pk", flat=True))
    assert {one for one in answered if not isinstance(one, int)} <= {new.uid}
    for one in (thread, new):
        demand_true_numbers(one)


def test_two_discussions_that_are_joined_to_each_other_at_once_become_one(everybody: Cast) -> None:
    first, second = start(everybody), start(everybody)
    posts = [threads.reply(by=everybody.anna, thread=thread, body="A word.") for thread in (first, second)]

    def act(n: int) -> str:
        pair = [(first, second), (second, first)][n % 2]
        try:
            if n < 4:
                splitting.merge_threads(by=everybody.mona, thread=pair[0], into=pair[1])
            else:
                moderation.remove_post(by=everybody.maud, post=posts[n % 2], reason="It names a school.")
        except (Refusal, Moved):
            return "told"
        return "done"

    at_once(6, act)
    one = Thread.objects.get(merged_into=None)
    assert Post.objects.filter(thread=one).count() == 4
    assert Post.objects.filter(state="removed").count() == 2
    demand_true_numbers(one)


def test_a_reply_to_a_post_that_is_removed_at_that_moment_is_written_or_refused_with_a_reason(everybody: Cast) -> None:
    thread = start(everybody)
    post = threads.reply(by=everybody.anna, thread=thread, body="A word.")

    def act(n: int) -> str:
        if n == 0:
            remove_post(by=everybody.maud, post=post, reason="It names somebody.")
            return "removed"
        try:
            threads.reply(by=everybody.luc, thread=thread, body=f"An answer {n}.", parent=post)
        except Invalid as refusal:
            return refusal.field
        return "written"

    said = at_once(4, act)
    thread.refresh_from_db()
    assert set(said) <= {"removed", "written", "parent"}
    assert Post.objects.filter(parent=post).count() == said.count("written") == thread.reply_count


def test_in_slow_mode_of_posts_at_the_same_moment_in_two_discussions_one_is_written(everybody: Cast) -> None:
    both = [start(everybody), start(everybody)]
    Room.objects.filter(pk=everybody.families.pk).update(slow_seconds=60)

    def act(n: int) -> str:
        try:
            threads.reply(by=everybody.anna, thread=both[n], body="A word.")
        except TooFast:
            return "too fast"
        return "written"

    assert sorted(at_once(2, act)) == ["too fast", "written"]
