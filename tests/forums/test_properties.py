"""What holds for any discussion, proved on random ones."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from forums import queue, reading, targets, trees
from forums.actions import cases, moderation, threads
from forums.case_parts import show_cases, visible_reports
from forums.models import Case, Post, Thread
from forums.parts import show_posts
from forums.rows import Page
from network.labels import Label
from network.models import Item, Placement, SearchEntry, State
from network.permissions import Level, level_in
from network.refusals import Refusal
from tests.cast import Cast
from tests.drawing import examples
from tests.forums.test_discussing import start

pytestmark = pytest.mark.django_db
SETTINGS = settings(
    max_examples=examples(10),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
WRITERS = ("luc", "anna", "carlo", "mona", "clara")
READERS = (*WRITERS, "maud", "vera", "eva", "olga", "ivan", "gus", "sven")


@contextmanager
def undone() -> Iterator[None]:
    """Everything inside is rolled back, so that each example begins with the cast alone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def grow(thread: Thread, answers: list[int], author: Callable[[int], Any]) -> list[Post]:
    """Replies to the opening post (number 0) or to an earlier reply."""
    posts = [thread.posts.get()]
    for n, answer in enumerate(answers):
        posts.append(threads.reply(by=author(n), thread=thread, body=f"{n}", parent=posts[answer % len(posts)]))
    return posts


@SETTINGS
@given(answers=st.lists(st.integers(0, 30), max_size=12))
def test_sorted_by_path_a_discussion_is_read_from_its_top(cast: Cast, answers: list[int]) -> None:
    with undone():
        posts = grow(start(cast), answers, lambda _n: cast.anna)

        def down(post: Post) -> Iterator[Post]:
            yield post
            for answer in sorted((one for one in posts if one.parent_id == post.pk), key=lambda one: one.pk):
                yield from down(answer)

        assert list(Post.objects.order_by("path")) == list(down(posts[0]))


@SETTINGS
@given(
    answers=st.lists(st.integers(0, 30), min_size=1, max_size=6),
    authors=st.lists(st.sampled_from(WRITERS), min_size=6, max_size=6),
    states=st.lists(st.sampled_from([State.PUBLISHED, State.HELD, State.REMOVED]), min_size=6, max_size=6),
    label=st.sampled_from(Label),
    named=st.sets(st.sampled_from(["anna", "mona", "eva", "carlo"])),
    thread_state=st.sampled_from([State.PUBLISHED, State.PUBLISHED, State.ARCHIVED, State.HELD, State.REMOVED]),
    passed_on=st.booleans(),
    readers=st.sets(st.sampled_from(READERS), min_size=3, max_size=5),
)
def test_who_reads_a_post_follows_from_who_sees_its_discussion(
    cast: Cast,
    answers: list[int],
    authors: list[str],
    states: list[State],
    label: Label,
    named: set[str],
    thread_state: State,
    passed_on: bool,
    readers: set[str],
) -> None:
    with undone():
        thread = start(cast)
        posts = grow(thread, answers, lambda n: getattr(cast, authors[n]))
        for post, state in zip(posts[1:], states, strict=False):
            Post.objects.filter(pk=post.pk).update(state=state, held_since=post.at if state == State.HELD else None)
        Item.objects.filter(pk=thread.pk).update(tlp=label, state=thread_state)
        thread.named_people.set([getattr(cast, name) for name in named])
        thread.named_partners.set([cast.malmo])
        if passed_on:
            Placement.objects.create(item=thread, room=cast.schools)
        for name in readers:
            person = getattr(cast, name)
            reads = _reads(person, thread)
            assert set(Post.objects.visible_to(person).values_list("pk", flat=True)) == reads
            assert set(show_posts(person, [post.pk for post in posts])) == reads
            assert _on_the_page(person, thread) == {post.uid for post in posts if post.pk in reads}


def _reads(person: Any, thread: Thread) -> set[int]:
    """The rule of parts, in the words of the design."""
    if not Thread.objects.visible_to(person).filter(pk=thread.pk).exists():
        return set()
    moderates = (level_in(person, thread.room) or 0) >= Level.MODERATE
    return {
        post.pk
        for post in thread.posts.all()
        if post.state == State.PUBLISHED or moderates or (post.state == State.HELD and post.author_id == person.pk)
    }


def _on_the_page(person: Any, thread: Thread) -> set[Any]:
    try:
        seen = reading.fetch(person, uid=thread.uid)
    except Refusal:
        return set()
    rows = Page(seen, person, moderates=seen.moderates).as_tree()
    held = Post.objects.filter(thread=thread, state=State.HELD)
    hidden = 0 if seen.moderates else held.exclude(author=person).count()
    assert len(rows) == thread.posts.count() - hidden
    return {row["uid"] for row in rows if row["html"]}


@SETTINGS
@given(
    acts=st.lists(st.tuples(st.sampled_from(["hold", "approve", "remove"]), st.integers(1, 4)), min_size=1, max_size=8)
)
def test_whatever_moderators_do_counts_and_words_stay_true(cast: Cast, acts: list[tuple[str, int]]) -> None:
    with undone():
        thread = start(cast)
        posts = grow(thread, [0, 1, 0, 2], lambda _n: cast.anna)
        for act, n in acts:
            try:
                if act == "remove":
                    moderation.remove_post(by=cast.mona, post=posts[n], reason="Why.")
                else:
                    getattr(moderation, f"{act}_post")(by=cast.mona, post=posts[n])
            except Refusal:
                assert act == "hold"
        thread.refresh_from_db()
        replies = Post.objects.filter(thread=thread, parent__isnull=False)
        published = replies.filter(state=State.PUBLISHED)
        assert thread.reply_count == published.count()
        assert thread.placed_count == 1 + replies.exclude(state=State.HELD).count()
        assert thread.held_count == replies.filter(state=State.HELD).count()
        found = SearchEntry.objects.filter(item=thread, part_kind="post").values_list("part_id", flat=True)
        assert set(found) == set(published.values_list("pk", flat=True))


class Balanced(HTMLParser):
    """Demands that lists and their entries open and close as they should."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.depths: list[int] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "li":
            assert self.open[-1] == "ol"
        if tag == "ol":
            assert not self.open or self.open[-1] == "li"
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        assert self.open[-1] == "li"
        self.depths.append(self.open.count("ol"))


@given(depths=st.lists(st.integers(0, 4), max_size=30))
def test_lists_on_a_page_nest_whatever_the_page_begins_with_and_leaves_out(depths: list[int]) -> None:
    page = Balanced()
    page.feed("".join(f"{before}x{after}" for before, after in trees.nested(depths)))
    assert page.open == []
    assert len(page.depths) == len(depths)
    for (one, shown), (other, below) in zip(
        zip(depths, page.depths, strict=True), list(zip(depths, page.depths, strict=True))[1:], strict=False
    ):
        assert (other > one) == (below > shown)


@given(number=st.integers(0, 36**trees.WIDTH - 2))
def test_a_later_answer_sorts_behind_an_earlier_one(number: int) -> None:
    assert trees.segment(number) < trees.segment(number + 1)
    assert len(trees.segment(number)) == trees.WIDTH


@SETTINGS
@given(
    author=st.sampled_from(WRITERS),
    reporter=st.sampled_from(WRITERS),
    label=st.sampled_from(Label),
    chatham=st.booleans(),
)
def test_a_case_is_there_for_who_may_decide_it_and_never_for_whose_it_is(
    cast: Cast, author: str, reporter: str, label: Label, chatham: bool
) -> None:
    assume(author != reporter)
    assume(not (chatham and label == Label.AMBER_STRICT))  # refused: it would tell which partner began it
    with undone():
        thread = start(cast, by=cast.luc, tlp=label, chatham=chatham)
        if label == Label.RED:
            thread.named_people.set([getattr(cast, name) for name in WRITERS])
        if label == Label.AMBER_STRICT:
            thread.named_partners.set([cast.efus, cast.malmo])
        try:
            post = threads.reply(by=getattr(cast, author), thread=thread, body="A word.")
            target = targets.seen_by(getattr(cast, reporter), "post", post.uid)
        except Refusal:
            assume(False)
        case = cases.report(by=getattr(cast, reporter), target=target, ground="charter").case
        for name in READERS:
            reader = getattr(cast, name)
            moderates = (level_in(reader, cast.families) or Level.VIEW) >= Level.MODERATE
            there = moderates and name != author
            assert Case.objects.visible_to(reader).filter(pk=case.pk).exists() is there
            assert bool(show_cases(reader, [case.pk])) is there
            assert visible_reports(reader).exists() is (name == reporter)
            words = {one.pk for one in queue.tell(reader, queue.everything(reader)) if one.case and one.words}
            assert (post.pk in words) is (there and Post.objects.visible_to(reader).filter(pk=post.pk).exists())
