"""Pages of a long discussion: as a tree or in the order of time, reached without counting or passing over it all."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forums import reading, stretches
from forums.actions import moderation, threads
from forums.actions.posts import cut
from forums.models import Post, Thread
from forums.rows import Page
from network.models import User
from network.models.items import State
from network.refusals import Refusal
from tests.cast import Cast
from tests.drawing import examples
from tests.forums.test_discussing import start
from tests.forums.test_properties import undone

pytestmark = pytest.mark.django_db
SIZE = 3


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forums.reading.POSTS_A_PAGE", SIZE)
    monkeypatch.setattr("forums.stretches.LONGEST", 4)


def pages(thread: Thread, person: User, *, in_time: bool) -> list[list[Any]]:
    """The keys of the posts of all pages that this person turns over."""
    seen = reading.fetch(person, thread.uid)
    count = seen.last_number if in_time else seen.placed_count
    last = max(-(-count // SIZE), 1)
    found = []
    for number in range(1, last + 1):
        page = Page(seen, person, moderates=seen.moderates)
        rows = page.in_time(number, last) if in_time else page.as_tree(number)
        found.append([row["uid"] for row in rows])
    return found


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["reply", "reply", "reply", "hold", "approve", "remove"]),
        st.integers(0, 30),
        st.sampled_from(["anna", "carlo", "luc"]),
    ),
    min_size=1,
    max_size=24,
)


@settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=ACTS)
def test_turning_over_the_pages_shows_each_post_once_in_its_place(
    cast: Cast, small: None, acts: list[tuple[str, int, str]]
) -> None:
    with undone():
        thread = start(cast)
        for act, n, name in acts:
            posts = list(Post.objects.filter(thread=thread).order_by("pk"))
            try:
                if act == "reply":
                    parent = posts[n % len(posts)].uid
                    threads.reply(by=getattr(cast, name), thread=thread, body="A word.", parent=parent)
                elif n % len(posts):
                    one = {"post": posts[n % len(posts)], "by": cast.mona}
                    given = one | {"reason": "Why."} if act == "remove" else one
                    getattr(moderation, f"{act}_post")(**given)
            except Refusal:
                continue
        thread.refresh_from_db()
        _tree_is_true(cast, thread)
        _order_of_time_is_true(cast, thread)


def _tree_is_true(cast: Cast, thread: Thread) -> None:
    public = list(Post.objects.filter(thread=thread).exclude(state=State.HELD).order_by("path"))
    kept = stretches.parsed(thread.stretches, thread.placed_count)
    assert sum(length for _path, length in kept) == len(public)
    assert (len(kept) > 1) == (len(public) > stretches.LONGEST)
    for person in (cast.anna, cast.mona, cast.vera):
        moderates = person == cast.mona
        mine = Post.objects.filter(thread=thread).placed_for(person, moderates=moderates).order_by("path")
        found = pages(thread, person, in_time=False)
        assert [uid for page in found for uid in page] == [post.uid for post in mine]
        held = {post.uid for post in mine if post.state == State.HELD}
        sizes = [len(set(page) - held) for page in found]
        assert all(size == SIZE for size in sizes[:-1])
        for post in mine:
            post.thread = thread
            assert post.uid in found[reading.page_of(post) - 1]


def _order_of_time_is_true(cast: Cast, thread: Thread) -> None:
    for person in (cast.anna, cast.mona, cast.vera):
        moderates = person == cast.mona
        mine = list(Post.objects.filter(thread=thread).placed_for(person, moderates=moderates).order_by("pk"))
        read = [post for post in mine if post.number is not None or moderates or post.author_id == person.pk]
        found = pages(thread, person, in_time=True)
        wanted = sorted(read, key=lambda post: (post.number is None, post.number or 0, post.pk))
        assert [uid for page in found for uid in page] == [post.uid for post in wanted]
        for post in read:
            post.thread = thread
            assert post.uid in found[reading.page_of(post, in_time=True) - 1]


def test_what_is_not_kept_well_is_passed_over_and_cut_anew(cast: Cast, small: None) -> None:
    thread = start(cast)
    for _ in range(9):
        threads.reply(by=cast.anna, thread=thread, body="A word.")
    Thread.objects.filter(pk=thread.pk).update(stretches="1: 1:0000ZZZZ")
    assert [len(page) for page in pages(thread, cast.anna, in_time=False)] == [3, 3, 3, 1]
    threads.reply(by=cast.anna, thread=thread, body="A word.")
    thread.refresh_from_db()
    assert thread.stretches == stretches.text(cut(thread))


def test_one_chooses_the_order_once_and_links_lead_there(cast: Cast, client: Client, small: None) -> None:
    thread = start(cast)
    first = threads.reply(by=cast.anna, thread=thread, body="One.")
    second = threads.reply(by=cast.anna, thread=thread, body="Two.")
    third = threads.reply(by=cast.carlo, thread=thread, body="Three.", parent=first)
    address = thread.get_absolute_url()
    client.force_login(cast.luc)
    assert client.get(f"{address}posts/{second.uid}/")["Location"] == f"{address}?page=2#post-{second.uid}"
    page = client.get(f"{address}?order=time")
    assert [row["uid"] for row in page.context["rows"][1:]] == [first.uid, second.uid]
    assert "in reply to" in page.content.decode()
    # Remembered: without the word in the address, and for whoever signs in again.
    client.logout()
    client.force_login(User.objects.get(pk=cast.luc.pk))
    assert client.get(address).context["in_time"]
    assert client.get(f"{address}posts/{second.uid}/")["Location"] == f"{address}#post-{second.uid}"
    assert client.get(f"{address}posts/{third.uid}/")["Location"] == f"{address}?page=2#post-{third.uid}"
    assert not client.get(f"{address}?order=tree").context["in_time"]
    assert not client.get(f"{address}?order=sideways").context["in_time"]
    assert not User.objects.get(pk=cast.luc.pk).reads_in_time
    # Somebody else's choice is theirs.
    client.force_login(cast.anna)
    assert not client.get(address).context["in_time"]


def test_in_the_order_of_time_what_is_new_stands_together(cast: Cast, client: Client) -> None:
    thread = start(cast)
    first = threads.reply(by=cast.anna, thread=thread, body="One.")
    threads.reply(by=cast.anna, thread=thread, body="Two.")
    User.objects.filter(pk=cast.carlo.pk).update(reads_in_time=True)
    client.force_login(User.objects.get(pk=cast.carlo.pk))
    client.get(thread.get_absolute_url())
    third = threads.reply(by=cast.luc, thread=thread, body="Three.", parent=first)
    last = threads.reply(by=cast.luc, thread=thread, body="Four.", parent=first)
    led = client.get(f"{thread.get_absolute_url()}new/")
    assert led["Location"] == f"{thread.get_absolute_url()}#post-{third.uid}"
    rows = client.get(thread.get_absolute_url()).context["rows"]
    assert [row["uid"] for row in rows if row["new"]] == [third.uid, last.uid]
    assert [row["uid"] for row in rows if row.get("line")] == [third.uid]


@pytest.mark.parametrize("order", ["tree", "time"])
def test_the_last_page_of_a_long_discussion_costs_what_the_first_does(cast: Cast, client: Client, order: str) -> None:
    thread = start(cast)
    for n in range(260):
        threads.reply(by=cast.anna, thread=thread, body=f"Word {n}.")
    client.force_login(cast.luc)
    address = f"{thread.get_absolute_url()}?order={order}&page="
    for n in (1, 6):
        client.get(f"{address}{n}")
    asked = []
    for n in (1, 6):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"{address}{n}").status_code == 200
        asked.append(len(queries))
        skips = [query["sql"] for query in queries if "OFFSET" in query["sql"]]
        assert all(int(sql.rpartition("OFFSET ")[2].split()[0].rstrip(")")) <= stretches.LONGEST for sql in skips)
        assert not [query["sql"] for query in queries if 'COUNT(*) AS "__count" FROM "forums_post"' in query["sql"]]
    assert asked[0] == asked[1] <= 12
