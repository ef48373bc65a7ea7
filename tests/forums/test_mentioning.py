"""Mentioning people: who is offered, who is told and how often, and what nobody learns by it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forums.actions import editing, moderation, threads, withdrawing
from forums.mentioning import MOST_MENTIONED, offer, reach_of, read
from forums.models import Mention, Post, Thread
from forums.previews import Place, first
from network import rendering
from network.actions import items
from network.headcount import Headcount
from network.labels import Label
from network.models import Follow, Item, Notification, Placement, Room
from network.permissions import Level, audience, people_seen_by, who_may
from tests.cast import Cast
from tests.drawing import examples
from tests.exchange.making import share
from tests.factories import member_of
from tests.forums.test_discussing import sentences, start
from tests.forums.test_editing import body, change, signed_in
from tests.forums.test_properties import READERS, undone
from tests.working import work_off

pytestmark = pytest.mark.django_db


def at(person: Any) -> str:
    """How the text area writes a mention down."""
    return f"[@{person.name}](/people/{person.uid}/)"


def told(person: Any, kind: str = "mentioned") -> int:
    return Notification.objects.filter(user=person, kind=kind).count()


def offered(person: Any, thread: Thread, q: str = "") -> list[str]:
    answer = signed_in(person).get(f"/discussions/{thread.uid}/people/", {"q": q})
    assert answer.status_code == 200
    return [one["name"] for one in answer.json()["people"]]


# --- who is told ----------------------------------------------------------------------------------


def test_who_is_mentioned_is_told_once(cast: Cast) -> None:
    thread = start(cast)
    post = threads.reply(by=cast.anna, thread=thread, body=f"{at(cast.carlo)} and {at(cast.carlo)} know more.")
    assert sentences(cast.carlo) == ["Anna Lindqvist mentioned you in “Who rings the bell?”"]
    change(cast.anna, post, f"{at(cast.carlo)} knows more than I do.")
    assert told(cast.carlo) == 1
    change(cast.anna, post, f"{at(cast.carlo)} and {at(cast.mona)} know more.")
    assert (told(cast.carlo), told(cast.mona)) == (1, 1)
    assert Mention.objects.count() == 2


def test_who_is_answered_or_watches_hears_of_it_once(cast: Cast) -> None:
    thread = start(cast)
    Follow.objects.create(user=cast.carlo, room=cast.families, choice=Follow.Choice.WATCH)
    threads.reply(by=cast.anna, thread=thread, body=f"{at(cast.luc)} and {at(cast.carlo)} know more.")
    work_off()
    assert sentences(cast.luc) == ["Anna Lindqvist replied to you in “Who rings the bell?”"]
    assert sentences(cast.carlo) == ["Anna Lindqvist mentioned you in “Who rings the bell?”"]


def test_an_announcement_tells_those_whom_it_mentions_once(cast: Cast) -> None:
    start(cast, by=cast.mona, purpose="announcement", body=f"{at(cast.anna)} leads the evening.")
    assert Notification.objects.filter(user=cast.anna).count() == 1


def test_who_muted_it_is_not_told(cast: Cast) -> None:
    thread = start(cast)
    Follow.objects.create(user=cast.carlo, item=thread, choice=Follow.Choice.MUTE)
    threads.reply(by=cast.anna, thread=thread, body=f"{at(cast.carlo)} knows more.")
    assert not told(cast.carlo)


def test_who_cannot_read_it_is_not_told_and_nothing_is_kept_of_it(cast: Cast) -> None:
    thread = start(cast, tlp=Label.AMBER_STRICT, named_partners=[cast.malmo])
    threads.reply(by=cast.anna, thread=thread, body=f"{at(cast.olga)}, {at(cast.carlo)} and {at(cast.mona)} know more.")
    assert (told(cast.olga), told(cast.carlo), told(cast.mona)) == (0, 0, 1)
    assert list(Mention.objects.values_list("user", flat=True)) == [cast.mona.pk]


def test_while_it_is_held_nobody_is_told(cast: Cast) -> None:
    thread = start(cast, by=cast.mona)
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    post = threads.reply(by=cast.anna, thread=thread, body=f"{at(cast.carlo)} knows more.")
    assert not told(cast.carlo)
    moderation.approve_post(by=cast.mona, post=post)
    assert told(cast.carlo) == 1
    cast.families.refresh_from_db()
    held = start(cast, title="Another question", body=f"{at(cast.carlo)}?")
    assert told(cast.carlo) == 1
    items.approve(by=cast.mona, item=held)
    assert told(cast.carlo) == 2


def test_a_quotation_code_and_oneself_mention_nobody(cast: Cast) -> None:
    thread = start(cast)
    words = f"> {at(cast.carlo)} knows more.\n\n`@{cast.mona.uid}` <pre>{at(cast.mona)}</pre>\n\n{at(cast.anna)}"
    threads.reply(by=cast.anna, thread=thread, body=words)
    assert not Mention.objects.exists()


def test_only_addresses_of_this_network_are_mentions(cast: Cast) -> None:
    uid = cast.carlo.uid
    here = [f"/people/{uid}/", f"http://localhost:8000/people/{uid}/", f"/people/{uid}"]
    elsewhere = [
        f"https://evil.example/people/{uid}/", f"//evil.example/people/{uid}/", f"/people/{uid}/edit/",
        f"/rooms/people/{uid}/", "/people/x/", "http://[", f"mailto:/people/{uid}/",
    ]  # fmt: skip
    for address in here:
        assert read(rendering.to_html(f"[@C]({address})"))[0] == [uid]
    for address in elsewhere:
        assert read(rendering.to_html(f"[@C]({address})"))[0] == []
    many = " ".join(f"[@x](/people/{uuid.uuid4()}/)" for _ in range(MOST_MENTIONED + 20))
    assert len(read(rendering.to_html(many))[0]) == MOST_MENTIONED


def test_a_mention_that_is_withdrawn_is_told_no_more(cast: Cast) -> None:
    thread = start(cast)
    post = threads.reply(by=cast.anna, thread=thread, body=f"{at(cast.carlo)} knows more.")
    withdrawing.withdraw_post(by=cast.anna, post=post)
    assert sentences(cast.carlo) == []


def test_a_reply_without_a_mention_asks_nothing_more(cast: Cast) -> None:
    thread = start(cast)
    threads.reply(by=cast.anna, thread=thread, body="Warm up.")

    def asked(words: str) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            threads.reply(by=cast.anna, thread=thread, body=words)
        return [one["sql"] for one in queries if "mention" in one["sql"]]

    assert asked("A nurse rings the bell.") == []


# --- the warning ----------------------------------------------------------------------------------


def test_who_is_mentioned_in_vain_is_named_once_before_it_is_sent(cast: Cast) -> None:
    thread = start(cast)
    client, address = signed_in(cast.anna), f"/discussions/{thread.uid}/reply/"
    words = {"body": f"{at(cast.olga)} and {at(cast.carlo)} know more.", "once": str(uuid.uuid4())}
    page = client.post(address, words)
    text = page.content.decode()
    assert page.status_code == 200
    assert "cannot read this and will not be told" in text
    assert "<p>Olga Hofstetter</p>" in text
    assert "Send it all the same" in text
    assert words["body"] in text.replace("&amp;", "&")
    assert thread.posts.count() == 1
    assert client.post(address, words | {"sure": "1"}).status_code == 302
    assert (told(cast.olga), told(cast.carlo)) == (0, 1)


@pytest.mark.parametrize("where", ["new", "comment", "edit"])
def test_the_warning_stands_wherever_one_writes(cast: Cast, where: str) -> None:
    client, words = signed_in(cast.luc), {"body": f"{at(cast.olga)} knows more.", "title": "A question"}
    if where == "new":
        address = "/rooms/families/discussions/new/"
    elif where == "comment":
        address = f"/rooms/families/comments/{share(cast).uid}/"
    else:
        opening = start(cast).posts.get()
        address, words = f"/discussions/{opening.thread.uid}/posts/{opening.uid}/edit/", words | {"version": "1"}
    before = Post.objects.count()
    page = client.post(address, words)
    assert page.status_code == 200
    assert "Olga Hofstetter" in page.content.decode()
    assert Post.objects.count() == before
    assert client.post(address, words | {"sure": "1"}).status_code == 302


def test_a_guest_learns_of_nobody_beyond_their_rooms(cast: Cast) -> None:
    thread = start(cast, room=cast.schools, by=cast.luc)
    page = signed_in(cast.eva).post(
        f"/discussions/{thread.uid}/reply/", {"body": f"[@x](/people/{cast.olga.uid}/) [@y](/people/{uuid.uuid4()}/)"}
    )
    assert page.status_code == 302
    assert "Olga Hofstetter" not in offered(cast.eva, thread, "olga")


# --- who is offered -------------------------------------------------------------------------------


def test_those_are_offered_who_read_it_by_the_beginning_of_a_name(cast: Cast) -> None:
    thread = start(cast)
    assert "Anna Lindqvist" in offered(cast.luc, thread, "an")
    assert "Anna Lindqvist" in offered(cast.luc, thread, "lindq")
    assert offered(cast.luc, thread, "ndqvist") == []
    member_of(cast.malmo, name="Hélène Åkesson")
    for words in ("helene", "HÉL", "akes", "helene a"):
        assert offered(cast.luc, thread, words) == ["Hélène Åkesson"]
    assert offered(cast.luc, thread, "Olga") == []
    assert offered(cast.luc, thread, "Luc") == []
    for words in ("%", "_", "'", "x\0", "x" * 10_000, "@"):
        assert offered(cast.luc, thread, words) == []
    answer = signed_in(cast.luc).get(f"/discussions/{thread.uid}/people/", {"q": "Anna"}).json()["people"][0]
    assert answer == {
        "name": "Anna Lindqvist",
        "partner": "Malmö",
        "text": at(cast.anna),
        "url": f"/people/{cast.anna.uid}/",
    }


def test_a_name_that_looks_like_markup_stays_a_name(cast: Cast) -> None:
    hostile = member_of(cast.malmo, name="Zed](javascript:alert(1)) <img src=x onerror=alert(1)> *x*")
    thread = start(cast)
    answer = signed_in(cast.luc).get(f"/discussions/{thread.uid}/people/", {"q": "Zed"}).json()["people"][0]
    html = rendering.to_html(answer["text"])
    assert html.count("<a ") == 1
    assert f'href="/people/{hostile.uid}/"' in html
    assert "<img" not in html
    assert "<em>" not in html


def test_no_more_than_eight_are_offered_at_the_same_cost(cast: Cast) -> None:
    thread = start(cast)
    client = signed_in(cast.luc)

    def asked() -> int:
        client.get(f"/discussions/{thread.uid}/people/", {"q": "zz"})
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/discussions/{thread.uid}/people/", {"q": "zz"})
        return len(queries)

    member_of(cast.malmo, name="Zz 0")
    before = asked()
    for n in range(12):
        member_of(cast.malmo, name=f"Zz {n + 1}")
    assert asked() == before
    assert len(offered(cast.luc, thread, "zz")) == 8


def test_in_a_new_discussion_the_label_says_who_is_offered(cast: Cast) -> None:
    client = signed_in(cast.luc)

    def offered(**chosen: Any) -> set[str]:
        answer = client.get("/rooms/families/discussions/new/people/", chosen)
        return {one["name"] for one in answer.json()["people"]}

    assert {"Anna Lindqvist", "Carlo Brandl"} <= offered(tlp="AMBER")
    assert {"Anna Lindqvist", "Carlo Brandl"} <= offered(tlp="nonsense")
    strict = offered(tlp="AMBER+STRICT", named_partners="malmo")
    assert "Anna Lindqvist" in strict
    assert "Carlo Brandl" not in strict
    assert offered(tlp="RED", named_people=str(cast.anna.uid)) == {"Anna Lindqvist"}
    assert offered(tlp="RED") == set()


def test_beside_an_item_those_are_offered_who_read_the_comments(cast: Cast) -> None:
    document = share(cast, tlp=Label.AMBER_STRICT, named_partners=[cast.malmo])
    address = f"/rooms/families/comments/{document.uid}/people/"
    names = {one["name"] for one in signed_in(cast.luc).get(address).json()["people"]}
    assert "Anna Lindqvist" in names
    assert "Carlo Brandl" not in names
    assert signed_in(cast.carlo).get(address).status_code == 404
    threads.comment_on(by=cast.anna, item=document, room=cast.families, body=f"{at(cast.carlo)} {at(cast.luc)}")
    assert {one["name"] for one in signed_in(cast.luc).get(address).json()["people"]} == names
    assert not told(cast.carlo)


def test_a_room_that_one_does_not_view_keeps_its_people_to_itself(cast: Cast) -> None:
    thread = start(cast, tlp=Label.GREEN)
    Placement.objects.create(item=thread, room=cast.schools)
    # Eva reads it in Schools, which Anna does not view: to Anna she is whom it does not reach.
    assert audience(thread).filter(pk=cast.eva.pk).exists()
    assert offered(cast.anna, thread, "Eva") == []
    words = {"body": f"{at(cast.eva)} knows more."}
    assert "Eva Vogel" in signed_in(cast.anna).post(f"/discussions/{thread.uid}/reply/", words).content.decode()
    threads.reply(by=cast.anna, thread=thread, **words)
    assert not told(cast.eva)
    assert offered(cast.luc, thread, "Eva") == ["Eva Vogel"]


# --- under the rule -------------------------------------------------------------------------------


def test_under_the_rule_participants_are_mentioned_by_number(cast: Cast) -> None:
    thread = start(cast, chatham=True)
    threads.reply(by=cast.anna, thread=thread, body="We did not ask.")
    assert offered(cast.carlo, thread, "part") == ["Participant 1", "Participant 2"]
    assert offered(cast.anna, thread, "part") == ["Participant 1"]
    threads.reply(by=cast.luc, thread=thread, body="@Participant 2, since when? @Participant 1 @Participant 77")
    row = Notification.objects.get(user=cast.anna, kind="mentioned")
    assert row.by is None
    assert sentences(cast.anna) == ["Participant 1 mentioned you in “Who rings the bell?”"]
    assert list(Mention.objects.values_list("user", flat=True)) == [cast.anna.pk]


def test_under_the_rule_a_number_that_nobody_has_read_is_not_offered_and_not_told(cast: Cast) -> None:
    thread = start(cast, chatham=True, by=cast.mona)
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    threads.reply(by=cast.anna, thread=thread, body="Held.")
    assert offered(cast.mona, thread, "part") == []
    threads.reply(by=cast.mona, thread=thread, body="@Participant 2, are you there?")
    assert not told(cast.anna)


def test_under_the_rule_nothing_tells_whom_a_strict_label_admits(cast: Cast) -> None:
    thread = start(cast, chatham=True, tlp=Label.RED, named_people=[cast.anna])
    in_it, not_in_it = (
        signed_in(cast.luc).post(f"/discussions/{thread.uid}/reply/", {"body": f"{at(one)}?", "preview": "1"})
        for one in (cast.anna, cast.carlo)
    )
    texts = [
        page.content.decode().replace(one.name, "X").replace(str(one.uid), "Y")
        for page, one in ((in_it, cast.anna), (not_in_it, cast.carlo))
    ]
    assert "will not be told" not in texts[0] + texts[1]
    assert "told of it" not in texts[0] + texts[1]
    assert {"Anna Lindqvist", "Carlo Brandl"} <= set(offered(cast.luc, thread))


@pytest.mark.parametrize("writer", ["anna", "luc"])
def test_under_the_rule_who_is_told_does_not_depend_on_what_the_writer_sees(cast: Cast, writer: str) -> None:
    thread = start(cast, chatham=True, tlp=Label.GREEN)
    Placement.objects.create(item=thread, room=cast.schools)
    # Luc views Schools, where Eva reads it, and Anna does not: whether Eva is told would say who it was.
    threads.reply(by=getattr(cast, writer), thread=thread, body=f"{at(cast.eva)} and {at(cast.olga)} know more.")
    assert told(cast.eva) == 1
    assert not told(cast.olga)


def test_outside_the_rule_a_number_is_only_words(cast: Cast) -> None:
    thread = start(cast)
    threads.reply(by=cast.anna, thread=thread, body="@Participant 1 said so.")
    assert not Mention.objects.exists()


# --- in any discussion ----------------------------------------------------------------------------


@settings(
    max_examples=examples(12),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    writer=st.sampled_from(["luc", "anna", "carlo", "mona"]),
    named_in_it=st.sets(st.sampled_from(READERS), min_size=1, max_size=5),
    label=st.sampled_from(Label),
    named=st.sets(st.sampled_from(["anna", "mona", "carlo", "luc"])),
    passed_on=st.booleans(),
    chatham=st.booleans(),
)
def test_whoever_is_offered_or_told_reads_it_and_whoever_is_warned_of_is_not_told(
    cast: Cast, writer: str, named_in_it: set[str], label: Label, named: set[str], passed_on: bool, chatham: bool
) -> None:
    with undone():
        by = getattr(cast, writer)
        thread = start(cast, chatham=chatham)
        Item.objects.filter(pk=thread.pk).update(tlp=label)
        thread.named_people.set([getattr(cast, name) for name in named])
        thread.named_partners.set([cast.malmo])
        if passed_on:
            Placement.objects.create(item=thread, room=cast.schools)
        thread = Thread.objects.get(pk=thread.pk)
        readers = {one.pk: one for one in audience(thread)}
        if by.pk not in readers:
            return
        reach, strict = reach_of(by, thread), chatham and label > Label.AMBER
        offered = {one["url"] for one in offer(by, "", reach, thread=thread, chatham=chatham)} - {""}
        # Whoever is offered reads it, or, where nobody may learn who does, has a place in the room.
        there = who_may(Level.VIEW, cast.families) if strict else readers.values()
        assert offered <= {one.get_absolute_url() for one in there}
        people = [getattr(cast, name) for name in sorted(named_in_it)]
        body = " ".join(at(one) for one in people)
        place = Place(by, cast.families, reach, label, lambda: Headcount(0), chatham=chatham, thread=thread)
        shown = first({"preview": "1"}, {"body": body}, lambda: place)
        threads.reply(by=by, thread=thread, body=body)
        for one in people:
            heard = Notification.objects.filter(user=one, item=thread).exists()
            assert heard == (one.pk in readers and one != by) or (passed_on and not heard)
            if not strict:
                assert (one.name in shown.told) == heard
                assert (one.name in shown.unreached) == (not heard and one != by and one in people_seen_by(by))
        if strict:
            assert (shown.told, shown.unreached) == ([], [])
        assert not chatham or not Notification.objects.filter(item=thread, by__isnull=False).exists()


def test_a_page_with_mentions_says_no_more_than_its_links(cast: Cast) -> None:
    thread = start(cast)
    post = threads.reply(by=cast.anna, thread=thread, body=f"{at(cast.carlo)} knows more.")
    assert f'href="/people/{cast.carlo.uid}/"' in body(cast.vera, thread.get_absolute_url())
    editing.edit_post(by=cast.anna, post=post, body="Nobody knows.", version=1)
