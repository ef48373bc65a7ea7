"""What is new for somebody: counts, marks and the way to the first of it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forums import numbers
from forums.actions import moderation, threads
from forums.actions.reading import read_room
from forums.models import Post, Reading, RoomReading, Thread
from forums.unread import reckon
from network import clock
from network.actions import items
from network.bulk import bulk_create_items
from network.labels import Label
from network.models import Item, Placement, Room, State, User
from network.refusals import Refusal
from tests.cast import Cast
from tests.drawing import examples
from tests.factories import ItemFactory
from tests.forums.test_comments import shown
from tests.forums.test_discussing import start
from tests.forums.test_properties import undone

pytestmark = pytest.mark.django_db
LIST = "/rooms/families/discussions/"


def new_for(person: User, thread: Thread) -> int | None:
    """How many posts the list says are new; None where this person has no such discussion."""
    rows = list(Thread.objects.seen_inside_by(person).with_reading(person).filter(pk=thread.pk))
    reckon(rows)
    return rows[0].unread if rows else None


def look(person: User, thread: Thread, page: int = 1) -> str:
    client = Client()
    client.force_login(person)
    return client.get(f"/discussions/{thread.uid}/?page={page}").content.decode()


def test_what_others_wrote_is_new_until_it_is_looked_at(cast: Cast) -> None:
    thread = start(cast)
    threads.reply(by=cast.anna, thread=thread, body="A family worker does.")
    threads.reply(by=cast.luc, thread=thread, body="Alone?")
    assert [new_for(person, thread) for person in (cast.luc, cast.anna, cast.carlo)] == [1, 2, 3]
    look(cast.carlo, thread)
    assert [new_for(person, thread) for person in (cast.luc, cast.anna, cast.carlo)] == [1, 2, 0]


def test_the_list_says_how_many_and_leads_to_the_oldest(cast: Cast, client: Client) -> None:
    thread = start(cast)
    look(cast.carlo, thread)
    first = threads.reply(by=cast.anna, thread=thread, body="A family worker does.")
    threads.reply(by=cast.mona, thread=thread, body="Nobody yet.")
    client.force_login(cast.carlo)
    assert "2 new" in client.get(LIST).content.decode()
    way = client.get(f"/discussions/{thread.uid}/new/")
    assert (way.status_code, way["Location"]) == (302, f"/discussions/{thread.uid}/#post-{first.uid}")
    page = client.get(way["Location"]).content.decode()
    assert page.count('id="new"') == 1
    assert page.index('id="new"') < page.index(f'id="post-{first.uid}"')
    assert "2 new" not in client.get(LIST).content.decode()
    assert client.get(f"/discussions/{thread.uid}/new/")["Location"] == f"/discussions/{thread.uid}/"


def test_to_who_comes_for_the_first_time_nothing_is_marked(cast: Cast) -> None:
    thread = start(cast)
    threads.reply(by=cast.anna, thread=thread, body="A family worker does.")
    assert 'id="new"' not in look(cast.carlo, thread)


def test_a_page_marks_what_it_shows_and_no_more(cast: Cast) -> None:
    thread = start(cast)
    for number in range(60):
        threads.reply(by=cast.anna, thread=thread, body=f"Word {number}.")
    look(cast.carlo, thread, page=2)
    assert new_for(cast.carlo, thread) == 50
    look(cast.carlo, thread, page=1)
    assert new_for(cast.carlo, thread) == 0


def test_asking_for_the_head_of_a_page_marks_nothing(cast: Cast, client: Client) -> None:
    thread = start(cast)
    client.force_login(cast.carlo)
    client.head(f"/discussions/{thread.uid}/")
    assert new_for(cast.carlo, thread) == 1


def test_comments_that_an_items_page_shows_are_read(cast: Cast, client: Client) -> None:
    thread = start(cast)
    document = ItemFactory(room=cast.families, author=cast.luc)
    said = threads.comment_on(by=cast.anna, item=document, room=cast.families, body="Thank you.")
    assert new_for(cast.carlo, said.thread) == 1
    shown(document, cast.carlo)
    assert new_for(cast.carlo, said.thread) == 0
    assert new_for(cast.carlo, thread) == 1


def test_all_is_marked_as_read_up_to_when_the_list_was_made(cast: Cast, client: Client) -> None:
    first, second = start(cast), start(cast, title="Second")
    client.force_login(cast.carlo)
    page = client.get(LIST).content.decode()
    until = page.split('name="until" value="')[1].split('"')[0]
    threads.reply(by=cast.anna, thread=second, body="Meanwhile.")
    for _ in range(2):
        answer = client.post("/rooms/families/discussions/read/", {"until": until})
        assert (answer.status_code, answer["Location"]) == (302, LIST)
        assert [new_for(cast.carlo, thread) for thread in (first, second)] == [0, 1]
    assert RoomReading.objects.count() == 1
    assert [new_for(cast.anna, thread) for thread in (first, second)] == [1, 1]


@pytest.mark.parametrize("until", ["", "tomorrow", "2031-01-01T00:00:00", "2131-01-01T00:00:00+00:00"])
def test_a_mark_that_makes_no_sense_is_as_of_now(cast: Cast, client: Client, until: str) -> None:
    start(cast)
    client.force_login(cast.carlo)
    client.post("/rooms/families/discussions/read/", {"until": until})
    assert RoomReading.objects.get().at <= clock.now()


def test_a_room_mark_never_goes_back(cast: Cast) -> None:
    thread = start(cast)
    read_room(by=cast.carlo, room=cast.families)
    read_room(by=cast.carlo, room=cast.families, until=clock.now() - timedelta(days=3))
    assert new_for(cast.carlo, thread) == 0


def test_what_one_is_named_in_later_is_new_although_the_room_was_marked(cast: Cast) -> None:
    secret = start(cast, tlp=Label.RED, named_people=[cast.anna])
    read_room(by=cast.carlo, room=cast.families)
    read_room(by=cast.anna, room=cast.families)
    secret.named_people.add(cast.carlo)
    assert (new_for(cast.carlo, secret), new_for(cast.anna, secret)) == (1, 0)


def test_what_is_passed_on_to_a_room_is_marked_with_it(cast: Cast) -> None:
    thread = start(cast, tlp=Label.GREEN)
    Placement.objects.create(item=thread, room=cast.schools)
    read_room(by=cast.eva, room=cast.schools)
    assert new_for(cast.eva, thread) == 0


def test_a_discussion_that_was_held_when_the_room_was_marked_is_new(cast: Cast) -> None:
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    thread = start(cast, room=Room.objects.get(pk=cast.families.pk), by=cast.carlo)
    assert thread.state == State.HELD
    read_room(by=cast.anna, room=cast.families)
    items.approve(by=cast.mona, item=thread)
    assert new_for(cast.anna, thread) == 1


def test_what_is_let_stand_again_is_not_new_to_who_had_read_it(cast: Cast) -> None:
    thread = start(cast)
    post = threads.reply(by=cast.anna, thread=thread, body="A family worker does.")
    look(cast.carlo, thread)
    moderation.hold_post(by=cast.mona, post=post)
    assert (new_for(cast.carlo, thread), new_for(cast.luc, thread)) == (0, 0)
    moderation.approve_post(by=cast.mona, post=post)
    assert (new_for(cast.carlo, thread), new_for(cast.luc, thread)) == (0, 1)


def test_ten_thousand_discussions_are_marked_in_as_many_questions_as_one(cast: Cast) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            read_room(by=cast.carlo, room=cast.families)
        return len(caught)

    start(cast)
    asked()
    before = asked()
    rows = [Thread(room=cast.families, author=cast.luc, kind="thread", title=f"{n}") for n in range(300)]
    bulk_create_items(rows)
    assert asked() == before
    assert Reading.objects.filter(user=cast.carlo).count() == 0


ACTS = ("post", "post", "post", "hold", "approve", "remove", "look", "look", "mark", "hold all", "approve all")
PEOPLE = ("luc", "anna", "carlo", "mona")


@settings(
    max_examples=examples(10),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    label=st.sampled_from([Label.GREEN, Label.AMBER, Label.AMBER, Label.AMBER_STRICT, Label.RED]),
    acts=st.lists(
        st.tuples(st.sampled_from(ACTS), st.sampled_from(PEOPLE), st.integers(0, 7)), min_size=4, max_size=16
    ),
)
def test_the_count_is_what_one_would_count_by_hand(
    cast: Cast, label: Label, acts: list[tuple[str, str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside the numbers, a plain set of the posts that each person has had before them."""
    monkeypatch.setattr("forums.reading.POSTS_A_PAGE", 3)
    with undone():
        named = {"named_people": [cast.anna, cast.mona]} if label == Label.RED else {}
        named |= {"named_partners": [cast.malmo]} if label == Label.AMBER_STRICT else {}
        thread = start(cast, tlp=label, **named)
        had: dict[str, set[int]] = {name: set() for name in (*PEOPLE, *(f"{name} marked" for name in PEOPLE))}
        for act, name, n in acts:
            _do(cast, thread, act, name, n, had)
            for reader in PEOPLE:
                person = getattr(cast, reader)
                seen = Thread.objects.seen_inside_by(person).filter(pk=thread.pk).exists()
                standing = Post.objects.filter(thread=thread, state=State.PUBLISHED).exclude(author=person)
                by_hand = len(set(standing.values_list("pk", flat=True)) - had[reader] - had[f"{reader} marked"])
                assert new_for(person, thread) == (by_hand if seen else None), (act, name, n, reader)


def _do(cast: Cast, thread: Thread, act: str, name: str, n: int, had: dict[str, set[int]]) -> None:
    person = getattr(cast, name)
    posts = list(Post.objects.filter(thread=thread).order_by("pk"))
    replies = posts[1:]
    post = replies[n % len(replies)] if replies else None
    visible = Thread.objects.seen_inside_by(person).filter(pk=thread.pk).exists()
    try:
        if act == "post":
            threads.reply(by=person, thread=thread, body="A word.", parent=posts[n % len(posts)].uid)
        elif act == "look" and visible:
            page = look(person, thread, page=n % 3 + 1)
            standing = {one for one in posts if one.state == State.PUBLISHED}
            had[name] |= {one.pk for one in standing if f'id="post-{one.uid}"' in page}
        elif act == "mark":
            read_room(by=person, room=cast.families)
            # What is strict has a row of its own for each reader; a room's mark speaks for the rest.
            mark = name if thread.tlp > Label.AMBER else f"{name} marked"
            had[mark] |= {one.pk for one in posts if visible and one.state == State.PUBLISHED}
        elif act == "hold all":
            items.hold(by=cast.mona, item=Item.objects.get(pk=thread.pk), reason="To be checked.")
        elif act == "approve all":
            held = Item.objects.get(pk=thread.pk).state == State.HELD
            items.approve(by=cast.mona, item=Item.objects.get(pk=thread.pk))
            # What was held as a whole is new again to who has never opened it.
            for reader in PEOPLE if held else ():
                had[f"{reader} marked"].clear()
        elif post is not None and act == "remove":
            moderation.remove_post(by=cast.mona, post=post, reason="Why.")
        elif post is not None and act in ("hold", "approve"):
            getattr(moderation, f"{act}_post")(by=cast.mona, post=post)
            # What stands again is new to who has never opened it.
            for reader in PEOPLE if act == "approve" and post.state != State.PUBLISHED else ():
                had[f"{reader} marked"].discard(post.pk)
    except Refusal:
        return


@given(sets=st.lists(st.sets(st.integers(1, 40)), min_size=1, max_size=3), one=st.integers(1, 40))
def test_runs_are_sets(sets: list[set[int]], one: int) -> None:
    together = set().union(*sets)
    runs = numbers.joined(*(numbers.of(each) for each in sets))
    assert runs == numbers.of(together) == numbers.runs(numbers.text(runs))
    assert numbers.without(runs, numbers.of(sets[0])) == numbers.of(together - sets[0])
    assert numbers.holds(runs, one) == (one in together)
    lacking = [number for number in range(1, one + 1) if number not in together]
    assert numbers.lacking(runs, one) == len(lacking)
    assert numbers.first_lacking(runs, one) == (lacking[0] if lacking else None)


def test_the_first_new_of_what_one_may_not_see_is_no_page(cast: Cast, client: Client) -> None:
    secret = start(cast, tlp=Label.RED, named_people=[cast.anna])
    client.force_login(cast.carlo)
    assert client.get(f"/discussions/{secret.uid}/new/").status_code == 404
    assert "1 new" not in client.get(LIST).content.decode()
