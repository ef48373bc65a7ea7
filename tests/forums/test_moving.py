"""Discussions that go to another room, are taken apart and joined: nobody gains unseen, and no reply is lost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from forums import numbers
from forums.actions import answers, appeals, cases, closing, moderation, pinning, splitting, threads, undoing
from forums.actions.moving import move_thread
from forums.actions.reading import read_room
from forums.actions.withdrawing import withdraw_post
from forums.models import Case, Change, Post, Thread
from forums.targets import seen_by
from forums.unread import reckon
from network import clock, search
from network.actions import items
from network.labels import Label
from network.models import (
    AuditEntry,
    Notification,
    Participant,
    Placement,
    Room,
    SearchEntry,
    State,
    UnnamedModerator,
    User,
)
from network.models.following import Follow
from network.permissions import Level, audience
from network.refusals import Forbidden, Invalid, Refusal, Unseen
from tests.cast import Cast
from tests.factories import ItemFactory, RoomFactory, grant, grant_all
from tests.forums.test_discussing import sentences, start
from tests.forums.test_kinds import ask, look, now
from tests.forums.test_properties import SETTINGS, undone
from tests.forums.test_reading import new_for

pytestmark = pytest.mark.django_db
PEOPLE = ("luc", "anna", "carlo", "mona", "clara", "maud", "vera")


def narrower(cast: Cast) -> Room:
    """A room of some of those who read Families: Liège and Malmö, where Mona moderates too."""
    room = RoomFactory(slug="narrow", name="Narrow")
    grant_all((cast.liege, Level.CONTRIBUTE, room), (cast.malmo, Level.CONTRIBUTE, room))
    grant(cast.mona, Level.MODERATE, room)
    return room


def newest(thread: Thread) -> Change:
    return Change.objects.of(thread).filter(undone_at=None).latest("pk")


def reply(cast: Cast, thread: Thread, name: str = "anna", parent: Post | None = None, body: str = "A word.") -> Post:
    return threads.reply(by=getattr(cast, name), thread=thread, body=body, parent=parent)


def leads_to(person: User, thread: Thread, post: Post) -> str:
    client = Client()
    client.force_login(person)
    answer = client.get(f"/discussions/{thread.uid}/posts/{post.uid}/")
    return answer.get("Location", str(answer.status_code))


def demand_true_numbers(thread: Thread) -> None:
    """What is stored is what one would count."""
    thread = now(thread)
    posts = list(thread.posts.order_by("path"))
    replies = [post for post in posts if post.parent_id]
    assert thread.reply_count == sum(post.state == State.PUBLISHED for post in replies)
    assert thread.held_count == sum(post.state == State.HELD for post in posts)
    assert thread.placed_count == len(posts) - thread.held_count
    standing = {post.number for post in posts if post.number and post.state == State.PUBLISHED}
    assert set(numbers.of(standing)) == set(
        numbers.without(numbers.up_to(thread.last_number), numbers.runs(thread.gone))
    )
    for post in replies:
        assert post.parent.thread_id == thread.pk
        assert post.path.startswith(post.parent.path)
        assert len(post.path) == 4 * (post.depth + 1)


# --- to another room ------------------------------------------------------------------------------


def test_it_goes_to_another_room_with_all_that_was_said(cast: Cast) -> None:
    room, thread = narrower(cast), start(cast)
    post = reply(cast, thread)
    pinning.pin_thread(by=cast.mona, thread=thread)
    move_thread(by=cast.mona, thread=thread, room=room, reason="It is about the pilot.")
    assert (now(thread).room, now(thread).pinned_at) == (room, None)
    assert leads_to(cast.anna, thread, post) == f"/discussions/{thread.uid}/#post-{post.uid}"
    assert leads_to(cast.carlo, thread, post) == "404"
    assert sentences(cast.luc)[0] == "“Who rings the bell?” has moved to another room"
    assert sentences(cast.anna) == ["“Who rings the bell?” has moved to another room"]
    assert set(AuditEntry.objects.filter(target=thread.uid).values_list("verb", "room")) >= {
        ("forums.moved", cast.families.uid),
        ("forums.came", room.uid),
    }
    post.refresh_from_db()
    assert post.partner == cast.malmo


def test_amber_goes_only_where_nobody_gains(cast: Cast) -> None:
    wider = RoomFactory(slug="wider")
    grant_all(*((partner, Level.CONTRIBUTE, wider) for partner in (cast.liege, cast.malmo, cast.augsburg)))
    grant(cast.mona, Level.CONTRIBUTE, wider)
    for label in (Label.AMBER, Label.AMBER_STRICT):
        thread = start(cast, tlp=label, named_partners=[cast.malmo] if label > Label.AMBER else [])
        named = label == Label.AMBER_STRICT
        if named:
            move_thread(by=cast.mona, thread=thread, room=wider)
        else:
            with pytest.raises(Forbidden, match="AMBER or stricter"):
                move_thread(by=cast.mona, thread=thread, room=wider)
    move_thread(by=cast.mona, thread=start(cast, tlp=Label.GREEN), room=wider)


def test_who_would_only_moderate_there_does_not_come_to_read_what_was_taken_away(cast: Cast) -> None:
    room, thread = narrower(cast), start(cast)
    grant(cast.luc, Level.MODERATE, room)
    moderation.remove_post(by=cast.mona, post=reply(cast, thread), reason="It names a school.")
    with pytest.raises(Forbidden):
        move_thread(by=cast.mona, thread=thread, room=room)


@SETTINGS
@given(
    label=st.sampled_from(Label),
    there=st.dictionaries(
        st.sampled_from([*PEOPLE, "olga", "eva"]), st.sampled_from([Level.VIEW, Level.CONTRIBUTE]), max_size=5
    ),
    partners=st.sets(st.sampled_from(["liege", "malmo", "augsburg"])),
    named=st.sets(st.sampled_from(["anna", "carlo", "mona"])),
)
def test_whatever_is_moved_reaches_nobody_unseen(
    cast: Cast, label: Label, there: dict[str, Level], partners: set[str], named: set[str]
) -> None:
    with undone():
        room = RoomFactory(slug="there")
        grant_all(*((getattr(cast, one), Level.VIEW, room) for one in partners))
        for name, level in there.items():
            grant(getattr(cast, name), level, room)
        thread = start(cast, tlp=label)
        thread.named_people.set([getattr(cast, name) for name in named])
        thread.named_partners.set([cast.malmo])
        before = set(audience(now(thread)))
        try:
            move_thread(by=cast.mona, thread=thread, room=room)
        except Refusal:
            assert now(thread).room == cast.families
            return
        assert there["mona"] == Level.CONTRIBUTE
        assert label <= Label.GREEN or set(audience(now(thread))) <= before


def test_only_moderators_who_contribute_there_move_it(cast: Cast) -> None:
    room, thread = narrower(cast), start(cast)
    for person in (cast.luc, cast.carlo):
        with pytest.raises(Forbidden):
            move_thread(by=person, thread=thread, room=room)
    with pytest.raises(Unseen):
        move_thread(by=cast.maud, thread=thread, room=cast.steering)
    comment = threads.comment_on(
        by=cast.anna, item=ItemFactory(room=cast.families, author=cast.luc), room=cast.families, body="Thank you."
    )
    with pytest.raises(Forbidden, match="Comments stay"):
        move_thread(by=cast.mona, thread=comment.thread, room=room)
    with pytest.raises(Invalid):
        move_thread(by=cast.mona, thread=thread, room=cast.families)


def test_marks_on_either_room_neither_hide_nor_renew_what_was_moved(cast: Cast) -> None:
    room, thread = narrower(cast), start(cast)
    reply(cast, thread, "luc")
    read_room(by=cast.anna, room=cast.families)
    last = reply(cast, thread, "luc")
    # Before it came, so that it does not speak for it.
    read_room(by=cast.luc, room=room)
    read_room(by=cast.mona, room=room)
    move_thread(by=cast.mona, thread=thread, room=room)
    assert [new_for(person, thread) for person in (cast.anna, cast.luc, cast.mona)] == [1, 0, 3]
    read_room(by=cast.mona, room=room)
    assert new_for(cast.mona, thread) == 0
    reply(cast, thread, "anna", last)
    assert [new_for(person, thread) for person in (cast.anna, cast.luc, cast.mona)] == [1, 1, 1]


def test_what_was_passed_on_to_its_new_room_is_passed_on_again_when_that_is_undone(cast: Cast) -> None:
    room, thread = narrower(cast), start(cast, tlp=Label.GREEN)
    items.pass_on(by=cast.luc, item=thread, room=room)
    change = move_thread(by=cast.mona, thread=thread, room=room)
    assert not Placement.objects.exists()
    undoing.undo_change(by=cast.mona, change=change)
    assert now(thread).room == cast.families
    assert Placement.objects.get().by == cast.luc


def test_a_move_is_undone_unless_somebody_has_written_since_for_fewer_readers(cast: Cast) -> None:
    room, thread = narrower(cast), start(cast)
    change = move_thread(by=cast.mona, thread=thread, room=room)
    with transaction.atomic():
        undoing.undo_change(by=cast.mona, change=change)
        undoing.undo_change(by=cast.mona, change=change)
        assert now(thread).room == cast.families
        transaction.set_rollback(True)
    reply(cast, thread)
    with pytest.raises(Forbidden, match="Others have written"):
        undoing.undo_change(by=cast.mona, change=change)


def test_a_case_goes_with_it_to_the_moderators_of_its_new_room(cast: Cast) -> None:
    room, thread = narrower(cast), start(cast)
    grant(cast.maud, Level.MODERATE, room)
    target = seen_by(cast.carlo, "post", reply(cast, thread).uid)
    case = cases.report(by=cast.carlo, target=target, ground="charter").case
    move_thread(by=cast.mona, thread=thread, room=room)
    assert Case.objects.visible_to(cast.maud).get() == case
    told = Notification.objects.filter(kind="reported").values_list("room", "user")
    assert set(told) == {(room.pk, cast.maud.pk), (room.pk, cast.mona.pk)} - {(room.pk, None)}


def test_under_the_chatham_house_rule_numbers_stay_and_the_look_before_names_no_partner(
    cast: Cast, client: Client
) -> None:
    narrower(cast)
    thread = start(cast, chatham=True)
    reply(cast, thread)
    before = set(Participant.objects.values_list("user", "number"))
    client.force_login(cast.mona)
    page = client.post(f"/discussions/{thread.uid}/move/", {"room": "narrow"}).content.decode()
    words = page.split("<main")[1].split("</main")[0]
    assert "Readers: gains none, loses" in words
    assert "partner" not in words
    seen = page.split('name="seen" value="')[1].split('"')[0]
    assert client.post(f"/discussions/{thread.uid}/move/", {"room": "narrow", "seen": seen}).status_code == 302
    assert set(Participant.objects.values_list("user", "number")) == before
    assert {entry.actor for entry in AuditEntry.objects.filter(verb__in=["forums.moved", "forums.came"])} == {
        UnnamedModerator.objects.get(user=cast.mona).uid
    }


def test_the_look_before_says_who_gains_and_loses_and_nothing_is_done_yet(cast: Cast, client: Client) -> None:
    thread = start(cast, tlp=Label.GREEN)
    grant(cast.mona, Level.CONTRIBUTE, cast.schools)
    client.force_login(cast.mona)
    address = f"/discussions/{thread.uid}/move/"
    page = client.post(address, {"room": "schools", "reason": "About schools."})
    assert page.status_code == 200
    assert "gains 1 person" in page.content.decode()
    assert now(thread).room == cast.families
    assert client.post(address, {"room": "schools", "seen": "something else"}).status_code == 200
    assert client.post(address, {"room": "narrow"}).status_code == 422
    back = client.post(address, {"room": "schools", "reason": "About schools.", "back": "1"})
    assert "About schools." in back.content.decode()


def test_guests_who_gain_or_lose_are_named_where_no_partner_does(cast: Cast, client: Client) -> None:
    room = RoomFactory(slug="without-guests")
    grant_all((cast.liege, Level.CONTRIBUTE, room), (cast.efus, Level.MANAGE, room))
    for place in (room, cast.schools):
        grant(cast.mona, Level.MODERATE, place)
    thread = start(cast, room=cast.schools, tlp=Label.GREEN)
    client.force_login(cast.mona)
    page = client.post(f"/discussions/{thread.uid}/move/", {"room": room.slug}).content.decode()
    said = page[page.index("Readers:") :]
    assert "loses 1 person" in said
    assert cast.eva.name in said


# --- taken apart ----------------------------------------------------------------------------------


def test_a_part_becomes_a_discussion_of_its_own(cast: Cast) -> None:
    thread = start(cast)
    first = reply(cast, thread)
    below = reply(cast, thread, "luc", first, "Lanterns.")
    other = reply(cast, thread, "carlo")
    new = splitting.split_thread(by=cast.mona, thread=thread, posts=[first.uid], title="Lanterns")
    assert list(new.posts.order_by("path")) == [first, below]
    assert (new.author, new.partner, new.tlp, new.purpose) == (cast.anna, cast.malmo, Label.AMBER, "discussion")
    for one in (thread, new):
        demand_true_numbers(one)
    assert leads_to(cast.carlo, thread, below) == f"/discussions/{new.uid}/#post-{below.uid}"
    assert leads_to(cast.carlo, thread, other) == f"/discussions/{thread.uid}/#post-{other.uid}"
    assert leads_to(cast.olga, thread, below) == "404"
    assert {row.item_id for row in search.find(cast.carlo, "lanterns")} == {new.pk}
    assert f'href="/discussions/{new.uid}/"' in look(cast.carlo, thread)
    assert f'href="/discussions/{thread.uid}/"' in look(cast.carlo, new)
    assert sentences(cast.anna)[0] == "A post of yours stands in “Lanterns” now, a discussion of its own"


def test_several_replies_open_one_and_it_all_goes_back_where_it_was(cast: Cast) -> None:
    thread = ask(cast)
    first, second, third = (reply(cast, thread, name) for name in ("anna", "carlo", "luc"))
    below = reply(cast, thread, "luc", second)
    answers.mark_answer(by=cast.luc, post=below)
    new = splitting.split_thread(by=cast.mona, thread=thread, posts=[third.uid, second.uid], title="Apart")
    assert [post.pk for post in new.posts.order_by("path")] == [second.pk, below.pk, third.pk]
    assert now(thread).answer is None
    meanwhile = reply(cast, new, "anna", below)
    undoing.undo_change(by=cast.maud, change=newest(thread))
    assert set(thread.posts.all()) == {thread.posts.get(parent=None), first, second, below, meanwhile, third}
    assert Post.objects.get(pk=second.pk).parent == thread.posts.get(parent=None)
    assert now(thread).answer == below
    demand_true_numbers(thread)
    assert look(cast.carlo, thread)
    client = Client()
    client.force_login(cast.carlo)
    assert client.get(f"/discussions/{new.uid}/")["Location"] == f"/discussions/{thread.uid}/"


@pytest.mark.parametrize("which", ["opening", "held", "none", "other"])
def test_what_cannot_open_a_discussion_is_refused_with_its_reason(cast: Cast, which: str) -> None:
    thread = start(cast)
    held = reply(cast, thread)
    moderation.hold_post(by=cast.mona, post=held)
    elsewhere = reply(cast, start(cast))
    chosen = {"opening": [thread.posts.get(parent=None).uid], "held": [held.uid], "none": [], "other": [elsewhere.uid]}
    with pytest.raises(Invalid):
        splitting.split_thread(by=cast.mona, thread=thread, posts=chosen[which], title="Apart")
    for person in (cast.luc, cast.carlo):
        with pytest.raises(Forbidden):
            splitting.split_thread(by=person, thread=thread, posts=[elsewhere.uid], title="Apart")


def test_under_the_chatham_house_rule_everybody_keeps_their_number(cast: Cast) -> None:
    thread = start(cast, chatham=True)
    first = reply(cast, thread)
    reply(cast, thread, "carlo")
    new = splitting.split_thread(by=cast.mona, thread=thread, posts=[first.uid], title="Apart")
    assert new.chatham
    known = dict(Participant.objects.filter(item=thread).values_list("user", "number"))
    assert dict(Participant.objects.filter(item=new).values_list("user", "number")) == known
    reply(cast, new, "maud")
    with pytest.raises(Forbidden, match="numbers would change"):
        undoing.undo_change(by=cast.mona, change=newest(thread))


@pytest.mark.parametrize("who", ["carlo", "luc"])
def test_under_the_chatham_house_rule_a_label_that_names_some_lets_nothing_be_split_off(cast: Cast, who: str) -> None:
    thread = start(cast, chatham=True)
    post = reply(cast, thread, who)
    items.relabel(by=cast.maud, item=thread, tlp=Label.RED)
    Thread.objects.get(pk=thread.pk).named_people.set([cast.mona, cast.carlo])
    # The same words whether whoever wrote it is named or not.
    with pytest.raises(Forbidden, match="Under the Chatham House Rule nothing is split off"):
        splitting.split_thread(by=cast.mona, thread=thread, posts=[post.uid], title="Apart")


def test_a_decision_and_its_appeal_follow_the_post(cast: Cast) -> None:
    thread = start(cast)
    root = reply(cast, thread)
    post = reply(cast, thread, "carlo", root)
    case = cases.report(by=cast.luc, target=seen_by(cast.luc, "post", post.uid), ground="charter").case
    cases.decide_case(by=cast.maud, case=case, action="removed", ground="charter", facts="It is rude.")
    decision = case.decisions.get()
    new = splitting.split_thread(by=cast.mona, thread=thread, posts=[root.uid], title="Apart")
    row = appeals.appeal(by=cast.carlo, decision=decision, text="It is not.")
    appeals.decide_appeal(by=cast.mona, appeal=row, upheld=True, answer="So it is.")
    assert Post.objects.get(pk=post.pk).state == State.PUBLISHED
    assert now(new).reply_count == 1
    demand_true_numbers(new)


def test_what_its_label_asks_for_is_said_before_a_room_is_chosen(cast: Cast, client: Client) -> None:
    client.force_login(cast.mona)
    amber, green = start(cast), start(cast, tlp=Label.GREEN)
    words = "TLP:AMBER: moving it lets nobody new read it"
    assert words in client.get(f"/discussions/{amber.uid}/move/").content.decode()
    assert "nobody new" not in client.get(f"/discussions/{green.uid}/move/").content.decode()


# --- joined ---------------------------------------------------------------------------------------


def test_two_become_one_and_both_addresses_lead_there(cast: Cast, client: Client) -> None:
    first, second = start(cast, title="First"), start(cast, title="Second", by=cast.anna, body="The lantern again.")
    post = reply(cast, second, "carlo")
    opening = second.posts.get(parent=None)
    Follow.objects.create(user=cast.clara, item=second, choice=Follow.Choice.WATCH)
    for _ in range(2):
        splitting.merge_threads(by=cast.mona, thread=second, into=first, reason="The same question.")
    assert Post.objects.get(pk=opening.pk).parent == first.posts.get(parent=None)
    demand_true_numbers(first)
    client.force_login(cast.carlo)
    assert client.get(f"/discussions/{second.uid}/")["Location"] == f"/discussions/{first.uid}/"
    assert leads_to(cast.carlo, second, post) == f"/discussions/{first.uid}/#post-{post.uid}"
    assert leads_to(cast.olga, second, post) == "404"
    assert "Second" not in client.get("/rooms/families/discussions/").content.decode()
    assert {(row.item_id, row.part_id) for row in search.find(cast.carlo, "lantern")} == {(first.pk, opening.pk)}
    assert Follow.objects.filter(item=first, user=cast.clara).exists()
    undoing.undo_change(by=cast.mona, change=newest(first))
    assert set(second.posts.all()) == {opening, post}
    assert client.get(f"/discussions/{second.uid}/").status_code == 200
    assert {row.item_id for row in search.find(cast.carlo, "lantern")} == {second.pk}
    for one in (first, second):
        demand_true_numbers(one)


def test_what_is_joined_reaches_nobody_new(cast: Cast) -> None:
    amber, green = start(cast), start(cast, tlp=Label.GREEN)
    with pytest.raises(Forbidden, match="wider label"):
        splitting.merge_threads(by=cast.mona, thread=amber, into=green)
    anna = start(cast, by=cast.anna, tlp=Label.RED, named_people=[cast.mona])
    carlo = start(cast, by=cast.carlo, tlp=Label.RED, named_people=[cast.mona])
    with pytest.raises(Forbidden, match="come to read"):
        splitting.merge_threads(by=cast.mona, thread=anna, into=carlo)
    rule = start(cast, chatham=True)
    with pytest.raises(Forbidden, match="Chatham"):
        splitting.merge_threads(by=cast.mona, thread=rule, into=amber)
    splitting.merge_threads(by=cast.mona, thread=green, into=amber)
    with pytest.raises(Invalid):
        splitting.merge_threads(by=cast.mona, thread=amber, into=amber)


def test_only_what_could_take_it_in_is_offered_and_two_of_one_title_are_told_apart(cast: Cast, client: Client) -> None:
    amber, green = start(cast, title="The same"), start(cast, title="The same", tlp=Label.GREEN)
    reply(cast, amber)
    client.force_login(cast.mona)

    def offered(thread: Thread) -> dict[str, str]:
        choices = client.get(f"/discussions/{thread.uid}/merge/").context["form"].fields["into"].choices
        return {str(key): words for key, words in choices if str(key)}

    assert offered(amber) == {}
    assert set(offered(green)) == {str(amber.uid)}
    assert "1 reply" in offered(green)[str(amber.uid)]


def test_whoever_takes_a_part_off_reads_what_is_withdrawn_and_what_was_taken_away(cast: Cast, client: Client) -> None:
    thread = start(cast)
    moderation.remove_post(by=cast.mona, post=reply(cast, thread), reason="It names a school.")
    withdraw_post(by=cast.carlo, post=reply(cast, thread, "carlo"))
    client.force_login(cast.mona)
    page = client.get(f"/discussions/{thread.uid}/split/").content.decode()
    assert '<span class="badge">removed</span>' in page
    assert '<span class="badge">withdrawn</span>' in page


# --- replies that are under way -------------------------------------------------------------------


def test_a_reply_to_a_post_that_moved_comes_back_with_its_words_where_the_post_is(cast: Cast, client: Client) -> None:
    thread = start(cast)
    post = reply(cast, thread)
    new = splitting.split_thread(by=cast.mona, thread=thread, posts=[post.uid], title="Apart")
    client.force_login(cast.carlo)
    sent = {"body": "Half an hour of typing.", "parent": str(post.uid)}
    page = client.post(f"/discussions/{thread.uid}/reply/", sent)
    assert page.status_code == 422
    words = page.content.decode()
    assert "Half an hour of typing." in words
    assert f'action="/discussions/{new.uid}/reply/"' in words
    assert client.post(f"/discussions/{new.uid}/reply/", sent).status_code == 302
    assert new.posts.get(author=cast.carlo).parent == post


def test_a_reply_to_what_was_joined_comes_back_with_its_words(cast: Cast, client: Client) -> None:
    first, second = start(cast), start(cast)
    splitting.merge_threads(by=cast.mona, thread=second, into=first)
    client.force_login(cast.carlo)
    page = client.post(f"/discussions/{second.uid}/reply/", {"body": "Half an hour of typing."})
    assert (page.status_code, "Half an hour of typing." in page.content.decode()) == (422, True)
    client.force_login(cast.olga)
    assert client.post(f"/discussions/{second.uid}/reply/", {"body": "A word."}).status_code == 404


# --- undone ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["pin", "close", "lock"])
def test_what_was_done_is_undone_for_a_day(cast: Cast, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    thread = start(cast)
    act: dict[str, Callable[[], Any]] = {
        "pin": lambda: pinning.pin_thread(by=cast.mona, thread=thread),
        "close": lambda: closing.close_thread(by=cast.luc, thread=thread, cause="settled", reason="So."),
        "lock": lambda: closing.lock_thread(by=cast.mona, thread=thread, reason="Enough."),
    }
    act[kind]()
    change = newest(thread)
    for person in (cast.luc, cast.carlo):
        with pytest.raises(Forbidden):
            undoing.undo_change(by=person, change=change)
    undoing.undo_change(by=cast.maud, change=change)
    assert (now(thread).pinned_at, now(thread).locked_at, now(thread).lock_reason) == (None, None, "")
    assert "Undo:" not in look(cast.mona, thread)
    act[kind]()
    assert "Undo" in look(cast.mona, thread)
    later = clock.now() + timedelta(hours=25)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(Forbidden, match="the day is over"):
        undoing.undo_change(by=cast.maud, change=newest(thread))


def test_the_newest_is_undone_first(cast: Cast) -> None:
    room, thread = narrower(cast), start(cast)
    post = reply(cast, thread)
    splitting.split_thread(by=cast.mona, thread=thread, posts=[post.uid], title="Apart")
    split = newest(thread)
    move = move_thread(by=cast.mona, thread=thread, room=room)
    with pytest.raises(Forbidden, match="Undo that first"):
        undoing.undo_change(by=cast.mona, change=split)
    undoing.undo_change(by=cast.mona, change=move)
    undoing.undo_change(by=cast.mona, change=split)
    assert thread.posts.count() == 2


ACTS = ("reply", "reply", "reply", "hold", "remove", "approve", "read", "mark", "split", "split", "merge", "undo")


@SETTINGS
@given(
    label=st.sampled_from([Label.GREEN, Label.AMBER, Label.AMBER, Label.RED]),
    acts=st.lists(
        st.tuples(st.sampled_from(ACTS), st.sampled_from(PEOPLE), st.integers(0, 30), st.integers(0, 30)),
        min_size=6,
        max_size=12,
    ),
)
def test_however_discussions_are_taken_apart_and_joined_no_reply_is_lost_doubled_or_new_again(
    cast: Cast, label: Label, acts: list[tuple[str, str, int, int]]
) -> None:
    with undone():
        named = [cast.anna, cast.mona, cast.maud, cast.carlo] if label == Label.RED else []
        for title in ("One", "Two"):
            start(cast, title=title, tlp=label, named_people=named)
        for act, name, n, m in acts:
            rearranges = act in ("split", "merge", "undo")
            before = _state_of_all(cast) if rearranges else None
            try:
                with transaction.atomic():
                    _do(cast, act, getattr(cast, name), n, m)
            except Refusal:
                continue
            if rearranges:
                assert _state_of_all(cast) == before, (act, name, n, m)
                for thread in Thread.objects.all():
                    demand_true_numbers(thread)
        for post in Post.objects.select_related("thread"):
            entries = SearchEntry.objects.filter(part_kind="post", part_id=post.pk)
            assert set(entries.values_list("item", flat=True)) <= {post.thread_id}
            assert entries.exists() == (post.state == State.PUBLISHED and post.parent_id is not None)


def _state_of_all(cast: Cast) -> tuple[Any, ...]:
    """Every post as it is, and for each person which they read, and which of these are new to them."""
    posts = sorted(Post.objects.values_list("uid", "body", "author", "state"))
    people = [getattr(cast, name) for name in ("luc", "carlo", "mona", "vera")]
    reads = [sorted(Post.objects.visible_to(person).values_list("uid", flat=True)) for person in people]
    return posts, reads, [_new(person) for person in people]


def _new(person: User) -> list[Any]:
    """The posts that are new, by uid, as the page would mark them; and as many as the lists say."""
    found: list[Any] = []
    rows = list(Thread.objects.seen_inside_by(person).filter(merged_into=None).with_reading(person))
    reckon(rows)
    for thread in rows:
        standing = thread.posts.filter(state=State.PUBLISHED, number__isnull=False)
        new = [post.uid for post in standing if not numbers.holds(thread.read, post.number or 0)]
        assert len(new) == thread.unread
        found += new
    return sorted(found)


def _do(cast: Cast, act: str, person: User, n: int, m: int) -> None:
    rows = list(Thread.objects.filter(merged_into=None).order_by("pk"))
    thread = rows[n % len(rows)]
    posts = list(thread.posts.order_by("pk"))
    post = posts[m % len(posts)]
    if act == "reply":
        threads.reply(by=person, thread=thread, body=f"{n}", parent=post)
    elif act == "hold" and post.parent_id:
        moderation.hold_post(by=cast.mona, post=post)
    elif act == "remove" and post.parent_id:
        moderation.remove_post(by=cast.mona, post=post, reason="Why.")
    elif act == "approve" and post.parent_id:
        moderation.approve_post(by=cast.maud, post=post)
    elif act == "read":
        look(person, thread)
    elif act == "mark":
        read_room(by=person, room=cast.families)
    elif act == "split":
        chosen = {post.uid, posts[(n + m) % len(posts)].uid}
        splitting.split_thread(by=cast.mona, thread=thread, posts=chosen, title=f"Split {n}")
    elif act == "merge":
        splitting.merge_threads(by=cast.mona, thread=thread, into=rows[m % len(rows)])
    elif act == "undo":
        changes = list(Change.objects.filter(undone_at=None).order_by("-pk"))
        if changes:
            undoing.undo_change(by=cast.mona, change=changes[n % len(changes)])


def test_the_log_of_the_room_says_what_was_done_with_discussions_and_why(cast: Cast, client: Client) -> None:
    room, thread = narrower(cast), start(cast)
    secret = start(cast, tlp=Label.RED, named_people=[cast.mona])
    closing.close_thread(by=cast.luc, thread=thread, cause="settled", reason="All is said.")
    closing.lock_thread(by=cast.mona, thread=secret, reason="A secret reason.")
    change = move_thread(by=cast.mona, thread=thread, room=room, reason="It is about the pilot.")
    undoing.undo_change(by=cast.mona, change=change)
    for person, address in ((cast.carlo, "families"), (cast.anna, "narrow")):
        client.force_login(person)
        page = client.get(f"/rooms/{address}/decisions/").content.decode()
        assert "It is about the pilot." in page
        assert "undone since" in page
        assert "A secret reason." not in page
        assert "Mona" not in page.split("<main")[1]
        assert ("All is said." in page) is (address == "families")
