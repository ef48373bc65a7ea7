"""Watch, normal, mute: who is told of a post, per room and per discussion."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forums.actions import moderation, threads
from forums.actions.following import tell_watchers
from forums.models import Post, Thread
from network.actions import items
from network.actions.following import follow_item, follow_room
from network.belongings import join_follows
from network.labels import Label
from network.models import Follow, Item, Notification, Room, User
from network.refusals import Invalid, Unseen
from tests.cast import Cast
from tests.drawing import examples
from tests.factories import ItemFactory, long_ago
from tests.forums.test_discussing import sentences, start
from tests.forums.test_properties import undone
from tests.working import work_off

pytestmark = pytest.mark.django_db


def told(person: User, kind: str = "watched") -> int:
    return Notification.objects.filter(user=person, kind=kind).count()


def test_who_watches_a_discussion_is_told_of_each_post_in_the_background(cast: Cast) -> None:
    thread = start(cast)
    follow_item(by=cast.carlo, item=thread, choice="watch")
    threads.reply(by=cast.anna, thread=thread, body="A family worker does.")
    assert told(cast.carlo) == 0
    work_off()
    work_off()
    assert told(cast.carlo) == 1
    assert sentences(cast.carlo) == ["Anna Lindqvist wrote in “Who rings the bell?”"]
    assert (told(cast.anna), told(cast.luc), told(cast.luc, "reply")) == (0, 0, 1)


def test_who_watches_a_room_is_told_of_new_discussions_and_of_comments(cast: Cast) -> None:
    follow_room(by=cast.carlo, room=cast.families, choice="watch")
    start(cast)
    document = ItemFactory(room=cast.families, author=cast.luc)
    threads.comment_on(by=cast.anna, item=document, room=cast.families, body="Thank you.")
    work_off()
    assert told(cast.carlo) == 2


def test_who_watches_a_document_is_told_of_what_is_said_about_it(cast: Cast) -> None:
    document = ItemFactory(room=cast.families, author=cast.luc)
    follow_item(by=cast.carlo, item=document, choice="watch")
    threads.comment_on(by=cast.anna, item=document, room=cast.families, body="Thank you.")
    work_off()
    assert told(cast.carlo) == 1


def test_who_answers_oneself_is_told_once_although_one_watches(cast: Cast) -> None:
    thread = start(cast)
    follow_item(by=cast.luc, item=thread, choice="watch")
    threads.reply(by=cast.anna, thread=thread, body="A family worker does.")
    work_off()
    assert (told(cast.luc), told(cast.luc, "reply")) == (0, 1)


def test_mute_is_not_even_to_hear_of_answers(cast: Cast) -> None:
    thread = start(cast)
    follow_item(by=cast.luc, item=thread, choice="mute")
    post = threads.reply(by=cast.anna, thread=thread, body="A family worker does.")
    follow_room(by=cast.luc, room=cast.families, choice="watch")
    work_off()
    assert not Notification.objects.filter(user=cast.luc).exists()
    follow_item(by=cast.anna, item=thread, choice="mute")
    moderation.remove_post(by=cast.mona, post=post, reason="It names a school.")
    assert told(cast.anna, "post_removed") == 1


def test_a_muted_room_still_lets_a_discussion_be_watched(cast: Cast) -> None:
    thread, other = start(cast), start(cast, title="Other")
    follow_room(by=cast.luc, room=cast.families, choice="mute")
    follow_item(by=cast.luc, item=thread, choice="normal")
    for one in (thread, other):
        threads.reply(by=cast.anna, thread=one, body="A family worker does.")
    assert told(cast.luc, "reply") == 1


def test_what_is_held_is_told_once_it_can_be_read(cast: Cast) -> None:
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    follow_room(by=cast.anna, room=cast.families, choice="watch")
    thread = start(cast, room=Room.objects.get(pk=cast.families.pk), by=cast.carlo)
    work_off()
    assert told(cast.anna) == 0
    items.approve(by=cast.mona, item=thread)
    work_off()
    assert told(cast.anna) == 1


def test_what_is_taken_away_before_it_is_told_is_told_to_nobody(cast: Cast) -> None:
    thread = start(cast)
    follow_item(by=cast.carlo, item=thread, choice="watch")
    post = threads.reply(by=cast.anna, thread=thread, body="At the school of …")
    moderation.hold_post(by=cast.mona, post=post)
    work_off()
    assert told(cast.carlo) == 0
    moderation.approve_post(by=cast.mona, post=post)
    work_off()
    assert told(cast.carlo) == 1


def test_under_the_rule_a_notice_names_nobody(cast: Cast) -> None:
    thread = start(cast, chatham=True)
    follow_item(by=cast.carlo, item=thread, choice="watch")
    threads.reply(by=cast.anna, thread=thread, body="A family worker does.")
    work_off()
    assert sentences(cast.carlo) == ["Participant 2 wrote in “Who rings the bell?”"]


def test_a_reply_costs_the_same_whoever_follows(cast: Cast) -> None:
    thread = start(cast)

    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            threads.reply(by=cast.anna, thread=thread, body="A family worker does.")
        return len(caught)

    asked()
    before = asked()
    for person in (cast.carlo, cast.mona, cast.maud, cast.vera):
        follow_item(by=person, item=thread, choice="watch")
    assert asked() == before


def test_one_chooses_on_the_page_and_twice_is_once(cast: Cast, client: Client) -> None:
    thread = start(cast)
    client.force_login(cast.carlo)
    for _ in range(2):
        answer = client.post(f"/items/{thread.uid}/following/", {"choice": "watch"})
        assert (answer.status_code, answer["Location"]) == (302, f"/discussions/{thread.uid}/")
    assert Follow.objects.count() == 1
    assert 'value="watch" checked' in client.get(f"/discussions/{thread.uid}/").content.decode()
    assert 'value="normal" checked' in client.get("/rooms/families/").content.decode()
    client.post("/rooms/families/following/", {"choice": "mute"})
    assert 'value="mute" checked' in client.get("/rooms/families/").content.decode()
    client.post("/rooms/families/following/", {"choice": "normal"})
    assert Follow.objects.filter(room=cast.families).count() == 0
    assert client.post(f"/items/{thread.uid}/following/", {"choice": "all of it"}).status_code == 422


def test_choices_stand_together_on_the_page_about_telling_as_far_as_one_still_sees_them(
    cast: Cast, client: Client
) -> None:
    thread, secret = start(cast), start(cast, title="Our school", tlp=Label.RED, named_people=[cast.carlo])
    for one in (thread, secret):
        follow_item(by=cast.carlo, item=one, choice="watch")
    follow_room(by=cast.carlo, room=cast.families, choice="mute")
    secret.named_people.clear()
    client.force_login(cast.carlo)
    page = client.get("/accounts/telling/").content.decode()
    assert "Who rings the bell?" in page
    assert 'href="/rooms/families/"' in page
    assert "Our school" not in page


def test_of_two_accounts_that_become_one_the_kept_ones_choice_stands(cast: Cast) -> None:
    thread, other = start(cast), start(cast, title="Other")
    follow_item(by=cast.carlo, item=thread, choice="mute")
    for one in (thread, other):
        follow_item(by=cast.vera, item=one, choice="watch")
    join_follows(cast.carlo, cast.vera)
    found = Follow.objects.order_by("item").values_list("user", "item", "choice")
    assert list(found) == [(cast.carlo.pk, thread.pk, "mute"), (cast.carlo.pk, other.pk, "watch")]


def test_what_one_may_not_see_cannot_be_followed(cast: Cast) -> None:
    thread = start(cast)
    with pytest.raises(Unseen):
        follow_item(by=cast.olga, item=thread, choice="watch")
    with pytest.raises(Unseen):
        follow_room(by=cast.olga, room=cast.families, choice="watch")
    with pytest.raises(Invalid):
        follow_item(by=cast.luc, item=thread, choice="")


PEOPLE = ("anna", "carlo", "mona", "vera", "olga", "eva")
CHOICES = st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(Follow.Choice.values))


@settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(label=st.sampled_from(Label), named=st.sets(st.sampled_from(PEOPLE)), room=CHOICES, own=CHOICES)
def test_told_is_who_watches_by_the_nearer_choice_and_may_read_it(
    cast: Cast, label: Label, named: set[str], room: dict[str, str], own: dict[str, str]
) -> None:
    with undone():
        thread = start(cast)
        Item.objects.filter(pk=thread.pk).update(tlp=label)
        thread.named_people.set([getattr(cast, name) for name in named])
        thread.named_partners.set([cast.malmo])
        rows = [
            Follow(user=getattr(cast, name), room=cast.families, choice=one, at=long_ago())
            for name, one in room.items()
        ]
        rows += [Follow(user=getattr(cast, name), item=thread, choice=one, at=long_ago()) for name, one in own.items()]
        Follow.objects.bulk_create(rows)
        tell_watchers(Post.objects.get(thread=thread).pk)
        for name in PEOPLE:
            person = getattr(cast, name)
            wants = own.get(name, room.get(name)) == "watch"
            reads = Thread.objects.visible_to(person, assured=True).filter(pk=thread.pk).exists()
            assert told(person) == (1 if wants and reads else 0), name
