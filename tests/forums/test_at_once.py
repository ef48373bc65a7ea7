"""Several people, or one impatient one, at the same moment."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from forums.actions import threads
from forums.models import Post, Thread
from tests.cast import Cast, gather
from tests.factories import ItemFactory
from tests.forums.test_discussing import start

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
