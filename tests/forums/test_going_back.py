"""A part that was taken off, or a discussion that was joined, goes back: each post to its old place and number."""

from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from forums import changes, numbers, reading, stretches
from forums.actions import moderation, splitting, undoing
from forums.actions.moving import move_thread
from forums.models import Post, Thread
from forums.models.marks import Reading
from forums.permissions.moving import check_undo
from network.labels import Label
from network.models import State
from network.permissions import Level, can
from network.refusals import Refusal, Unseen
from tests.cast import Cast
from tests.factories import RoomFactory, grant, grant_all
from tests.forums.test_discussing import start
from tests.forums.test_discussion_pages import queries
from tests.forums.test_kinds import look, now
from tests.forums.test_moving import demand_true_numbers, newest, reply
from tests.forums.test_properties import SETTINGS, undone

pytestmark = pytest.mark.django_db
PEOPLE = ("luc", "anna", "carlo", "mona")
ROOM_STEPS = (Level.VIEW, Level.CONTRIBUTE, Level.MODERATE)


def standing(thread: Thread) -> dict[int, tuple[Any, ...]]:
    """By key in the order of reading: what each post answers, where it stands, and its number."""
    rows = thread.posts.order_by("path").values_list("pk", "parent", "path", "depth", "below", "number")
    return {pk: tuple(rest) for pk, *rest in rows}


def counted(thread: Thread) -> tuple[Any, ...]:
    found = now(thread)
    return found.last_number, found.gone, found.placed_count, found.reply_count, found.stretches


def long_thread(cast: Cast, replies: int) -> tuple[Thread, list[Post]]:
    """Every fourth answers the one before it, the others the opening post."""
    thread, posts = start(cast), []
    for number in range(1, replies + 1):
        posts.append(reply(cast, thread, PEOPLE[number % 4], posts[-1] if number % 4 == 0 else None, f"Word {number}."))
    return thread, posts


def words_in_time(thread: Thread, client: Client, page: int = 1) -> str:
    return client.get(f"/discussions/{thread.uid}/?order=time&page={page}").content.decode()


def test_what_was_split_off_goes_back_to_where_it_stood_in_both_orders(cast: Cast, client: Client) -> None:
    thread, posts = long_thread(cast, 56)
    for _ in range(4):
        reply(cast, thread, "carlo", posts[2], "Below the third.")
    before, sums = standing(thread), counted(thread)
    client.force_login(cast.luc)
    whole = words_in_time(thread, client, 2)
    assert "Word 56." in whole
    new = splitting.split_thread(by=cast.mona, thread=thread, posts=[posts[2].uid, posts[9].uid], title="Apart")
    assert new.posts.count() == 7
    undoing.undo_change(by=cast.mona, change=newest(thread))
    assert list(standing(thread).items()) == list(before.items())
    assert counted(thread) == sums
    first = words_in_time(thread, client)
    assert first.index("Word 2.") < first.index("Word 3.") < first.index("Word 4.")
    assert "of 61" in first
    demand_true_numbers(thread)


def test_what_was_written_meanwhile_comes_after_and_takes_no_place_of_another(cast: Cast) -> None:
    thread, posts = long_thread(cast, 8)
    before = standing(thread)
    new = splitting.split_thread(by=cast.mona, thread=thread, posts=[posts[2].uid, posts[5].uid], title="Apart")
    answered = reply(cast, new, "carlo", posts[2], "In the one.")
    stayed = reply(cast, thread, "anna", None, "In the other.")
    undoing.undo_change(by=cast.mona, change=newest(thread))
    after = standing(thread)
    opening = thread.posts.get(parent=None).pk
    assert {pk: row for pk, row in after.items() if pk in before and pk not in (opening, posts[2].pk)} == {
        pk: row for pk, row in before.items() if pk not in (opening, posts[2].pk)
    }
    # Each of the two was answered once more, and stands where it stood.
    for pk in (opening, posts[2].pk):
        (parent, path, depth, below, number), was = after[pk], before[pk]
        assert (parent, path, depth, below, number) == (*was[:3], was[3] + 1, was[4])
    assert [after[post.pk][-1] for post in (stayed, answered)] == [10, 11]
    assert after[answered.pk][1] == after[posts[2].pk][1] + "0001"
    assert now(thread).gone == ""
    demand_true_numbers(thread)


def test_what_was_taken_away_meanwhile_is_new_to_nobody(cast: Cast) -> None:
    thread, posts = long_thread(cast, 4)
    new = splitting.split_thread(by=cast.mona, thread=thread, posts=[posts[0].uid, posts[1].uid], title="Apart")
    moderation.remove_post(by=cast.mona, post=Post.objects.get(pk=posts[1].pk), reason="It names a school.")
    undoing.undo_change(by=cast.mona, change=newest(thread))
    assert now(thread).gone == str(posts[1].number)
    assert now(new).posts.count() == 0
    demand_true_numbers(thread)


def test_what_was_read_in_either_stays_read_under_its_old_number(cast: Cast) -> None:
    thread, posts = long_thread(cast, 6)
    look(cast.vera, thread)
    new = splitting.split_thread(by=cast.mona, thread=thread, posts=[posts[1].uid], title="Apart")
    look(cast.clara, new)
    undoing.undo_change(by=cast.mona, change=newest(thread))
    read = {row.user_id: numbers.runs(row.numbers) for row in Reading.objects.filter(thread=thread)}
    assert read[cast.vera.pk] == numbers.up_to(7)
    assert read[cast.clara.pk] == numbers.of([posts[1].number or 0])


def test_pages_of_a_long_discussion_begin_where_they_began(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stretches, "LONGEST", 10)
    thread, posts = long_thread(cast, 30)
    new = splitting.split_thread(by=cast.mona, thread=thread, posts=[posts[2].uid, posts[20].uid], title="Apart")
    undoing.undo_change(by=cast.mona, change=newest(thread))
    found = now(thread)
    paths = list(thread.posts.order_by("path").values_list("path", flat=True))
    kept = stretches.parsed(found.stretches, found.placed_count)
    assert len(kept) > 1
    assert kept == stretches.cut(paths)
    assert now(new).placed_count == 0


def test_what_was_joined_has_its_old_numbers_again(cast: Cast, client: Client) -> None:
    thread, _posts = long_thread(cast, 6)
    into, before, sums = start(cast), standing(thread), counted(thread)
    splitting.merge_threads(by=cast.mona, thread=thread, into=into)
    undoing.undo_change(by=cast.mona, change=newest(into))
    assert (standing(thread), counted(thread)) == (before, sums)
    client.force_login(cast.luc)
    assert "Word 1." in words_in_time(thread, client)


def test_what_was_split_off_before_places_were_kept_goes_back_to_the_end(cast: Cast) -> None:
    thread, posts = long_thread(cast, 4)
    splitting.split_thread(by=cast.mona, thread=thread, posts=[posts[0].uid], title="Apart")
    change = newest(thread)
    del change.before["places"]
    change.save(update_fields=["before"])
    undoing.undo_change(by=cast.mona, change=change)
    assert Post.objects.get(pk=posts[0].pk).number == 6
    demand_true_numbers(thread)


@SETTINGS
@given(
    answered=st.lists(st.integers(0, 40), min_size=3, max_size=12),
    chosen=st.sets(st.integers(0, 40), min_size=1, max_size=3),
    meanwhile=st.lists(st.tuples(st.booleans(), st.integers(0, 40)), max_size=4),
    held=st.sets(st.integers(0, 40), max_size=2),
    twice=st.booleans(),
)
def test_whatever_is_split_off_and_goes_back_each_has_its_old_place_and_number(
    cast: Cast,
    answered: list[int],
    chosen: set[int],
    meanwhile: list[tuple[bool, int]],
    held: set[int],
    twice: bool,
) -> None:
    with undone():
        thread = start(cast)
        posts = [thread.posts.get()]
        for number in answered:
            posts.append(reply(cast, thread, PEOPLE[number % 4], posts[number % len(posts)]))
        for number in held:
            post = Post.objects.get(pk=posts[number % len(posts)].pk)
            if post.parent_id and post.state == State.PUBLISHED:
                moderation.hold_post(by=cast.mona, post=post)
        before = _places(thread)
        for _ in range(2 if twice else 1):
            try:
                uids = {posts[1 + number % (len(posts) - 1)].uid for number in chosen}
                new = splitting.split_thread(by=cast.mona, thread=thread, posts=uids, title="Apart")
            except Refusal:
                return
            for there, number in meanwhile:
                rows = list((new if there else thread).posts.filter(state=State.PUBLISHED).order_by("pk"))
                reply(cast, new if there else thread, "anna", rows[number % len(rows)])
            undoing.undo_change(by=cast.mona, change=newest(thread))
            demand_true_numbers(thread)
            after = _places(thread)
            assert [(pk, row) for pk, row in after.items() if pk in before] == list(before.items())
            assert all(row[-1] > len(answered) for pk, row in after.items() if pk not in before)


def _places(thread: Thread) -> dict[int, tuple[Any, ...]]:
    """As `standing`, without how often each was answered."""
    return {pk: (*row[:3], row[4]) for pk, row in standing(thread).items()}


@pytest.mark.parametrize("name", ["mona", "maud", "carlo", "luc"])
def test_whoever_moderates_where_it_was_is_shown_how_to_undo_the_move(cast: Cast, client: Client, name: str) -> None:
    room, person = RoomFactory(slug="narrow", name="Narrow"), getattr(cast, name)
    grant_all((cast.liege, Level.CONTRIBUTE, room), (cast.malmo, Level.CONTRIBUTE, room))
    for moderator in (cast.mona, cast.maud):
        grant(moderator, Level.CONTRIBUTE, room)
    grant(cast.carlo, Level.VIEW, room)
    thread = start(cast, tlp=Label.GREEN)
    client.force_login(person)
    page = f"/discussions/{thread.uid}/"
    plain = queries(client, page)
    change = move_thread(by=cast.mona, thread=thread, room=room)
    words = client.get(page).content.decode()
    moderates = name in ("mona", "maud")
    assert (f'action="/changes/{change.uid}/undo/"' in words) is moderates
    assert "Move it to another room" not in words
    moved = queries(client, page)
    for _ in range(3):
        reply(cast, thread, "luc")
    assert queries(client, page) == moved
    assert moved <= plain + 4
    answer = client.post(f"/changes/{change.uid}/undo/")
    assert answer.status_code == (302 if moderates else 403)
    assert now(thread).room == (cast.families if moderates else room)


@SETTINGS
@given(
    levels=st.dictionaries(st.sampled_from(["anna", "olga"]), st.sampled_from(ROOM_STEPS)),
    here=st.dictionaries(
        st.sampled_from(["anna", "carlo", "mona", "olga", "vera", "clara"]), st.sampled_from(ROOM_STEPS)
    ),
)
def test_who_is_shown_the_way_to_undo_a_move_is_who_may(
    cast: Cast, levels: dict[str, Level], here: dict[str, Level]
) -> None:
    with undone():
        room = RoomFactory(slug="narrow", name="Narrow")
        for name, level in here.items():
            grant(getattr(cast, name), level, room)
        for name, level in levels.items():
            grant(getattr(cast, name), level, cast.families)
        grant(cast.luc, Level.MODERATE, cast.families)
        grant(cast.luc, Level.CONTRIBUTE, room)
        thread = start(cast, tlp=Label.GREEN)
        change = move_thread(by=cast.luc, thread=thread, room=room)
        for name in ("luc", "anna", "carlo", "mona", "maud", "vera", "clara", "olga"):
            person = getattr(cast, name)
            try:
                shown = changes.told(reading.fetch(person, thread.uid), person).undoable == [change]
            except Unseen:
                continue
            assert shown is bool(can(check_undo, person, change)), name
