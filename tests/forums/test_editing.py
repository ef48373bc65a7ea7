"""Changing one's own words: what they were stays, whoever would hold them does, and nobody changes those of others."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forums.actions import closing, editing, moderation, proposals, threads, withdrawing
from forums.models import Post, Proposal, Revision, Thread
from network import search
from network.actions import items
from network.labels import Label
from network.models import AuditEntry, Item, Notification, PersonGrant, Release, Room, State
from network.permissions import Level, level_in
from network.refusals import Forbidden, Invalid, Unseen
from tests.cast import Cast
from tests.drawing import examples
from tests.factories import grant
from tests.forums.test_cases import decide, report
from tests.forums.test_discussing import start
from tests.forums.test_properties import READERS, undone

pytestmark = pytest.mark.django_db


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def said(cast: Cast, **other: Any) -> tuple[Thread, Post]:
    """Anna answers Luc."""
    thread = start(cast)
    return thread, threads.reply(**{"by": cast.anna, "thread": thread, "body": "A nurse rings the bell."} | other)


def change(by: Any, post: Post, body: str = "A family worker rings the bell.", **other: Any) -> Post:
    post.refresh_from_db()
    return editing.edit_post(**{"by": by, "post": post, "body": body, "version": post.version} | other)


def at(post: Post, what: str = "") -> str:
    return f"/discussions/{post.thread.uid}/posts/{post.uid}/{what}"


def body(person: Any, address: str) -> str:
    return signed_in(person).get(address).content.decode()


def test_the_earlier_words_stay_to_be_read_by_who_reads_the_post(cast: Cast) -> None:
    thread, post = said(cast)
    changed = change(cast.anna, post)
    assert (changed.version, changed.body) == (2, "A family worker rings the bell.")
    earlier = Revision.objects.get()
    assert (earlier.number, earlier.body, earlier.at, earlier.shown) == (1, "A nurse rings the bell.", post.at, True)
    page = body(cast.vera, thread.get_absolute_url())
    assert "A family worker rings the bell." in page
    assert "A nurse" not in page
    assert f'<a href="{at(post, "history/")}">edited' in page
    history = body(cast.vera, at(post, "history/"))
    assert "A <del>nurse</del><ins>family worker</ins> rings the bell." in history
    assert signed_in(cast.olga).get(at(post, "history/")).status_code == 404
    entry = AuditEntry.objects.get(verb="forums.edited")
    assert (entry.actor, entry.target) == (cast.anna.uid, post.uid)


def test_a_post_that_was_never_changed_says_so_on_its_history(cast: Cast) -> None:
    _thread, post = said(cast)
    assert "edited" not in body(cast.vera, post.thread.get_absolute_url())
    assert "written first" in body(cast.vera, at(post, "history/"))


def test_an_opening_post_is_changed_with_its_title(cast: Cast) -> None:
    thread = start(cast)
    opening = thread.posts.get()
    client = signed_in(cast.luc)
    page = client.get(at(opening, "edit/")).content.decode()
    assert 'value="Who rings the bell?"' in page
    given = {"title": "Who goes to families?", "body": "And who pays?", "language": "fr", "version": "1"}
    assert client.post(at(opening, "edit/"), given).status_code == 302
    thread.refresh_from_db()
    assert (thread.title, thread.language) == ("Who goes to families?", "fr")
    assert "before: Who rings the bell?" in body(cast.vera, at(opening, "history/"))
    found = [entry.item_id for entry in search.find(cast.anna, "pays")]
    assert found == [thread.pk]
    assert not list(search.find(cast.anna, "bell"))


def test_what_is_found_follows_what_it_says(cast: Cast) -> None:
    _thread, post = said(cast)
    change(cast.anna, post)
    assert list(search.find(cast.luc, "worker"))
    assert not list(search.find(cast.luc, "nurse"))


def test_only_its_author_changes_a_post_and_moderators_never_do(cast: Cast) -> None:
    _thread, post = said(cast)
    for person in (cast.luc, cast.mona, cast.maud, cast.clara, cast.vera):
        with pytest.raises(Forbidden, match="Only its author"):
            change(person, post)
    with pytest.raises(Unseen):
        change(cast.olga, post)
    assert body(cast.anna, post.thread.get_absolute_url()).count("/edit/") == 1
    assert "/edit/" not in body(cast.mona, post.thread.get_absolute_url())
    post.refresh_from_db()
    assert post.version == 1


def test_words_are_changed_while_one_could_still_write_there(cast: Cast) -> None:
    thread, post = said(cast)
    closing.lock_thread(by=cast.mona, thread=thread)
    with pytest.raises(Forbidden, match="locked"):
        change(cast.anna, post)
    assert "/edit/" not in body(cast.anna, thread.get_absolute_url())
    closing.reopen_thread(by=cast.mona, thread=thread)
    moderation.remove_post(by=cast.mona, post=post, reason="It names a school.")
    with pytest.raises(Forbidden, match="not here any more"):
        change(cast.anna, post)
    moderation.approve_post(by=cast.mona, post=post)
    items.archive(by=cast.mona, item=thread)
    with pytest.raises(Forbidden, match="archived"):
        change(cast.anna, post)
    Item.objects.update(state=State.PUBLISHED)
    Room.objects.update(archived_at=thread.created_at)
    with pytest.raises(Forbidden, match="archived"):
        change(cast.anna, post)


def test_an_announcement_is_changed_by_who_may_still_announce(cast: Cast) -> None:
    grant(cast.anna, Level.MODERATE, cast.families)
    opening = start(cast, by=cast.anna, purpose="announcement").posts.get()
    change(cast.anna, opening, "In Liège.")
    PersonGrant.objects.filter(user=cast.anna).delete()
    with pytest.raises(Forbidden, match="moderators"):
        change(cast.anna, opening, "In Malmö.")


def test_what_stands_on_the_public_site_stays_as_it_was_released(cast: Cast) -> None:
    thread = start(cast, tlp=Label.CLEAR)
    Release.objects.create(item=thread)
    with pytest.raises(Forbidden, match="public site"):
        change(cast.luc, thread.posts.get())
    with pytest.raises(Forbidden, match="public site"):
        withdrawing.withdraw_post(by=cast.luc, post=thread.posts.get())


def test_whoever_changes_it_in_two_tabs_sees_the_newer_words_and_loses_nothing(cast: Cast) -> None:
    _thread, post = said(cast)
    client = signed_in(cast.anna)
    assert client.post(at(post, "edit/"), {"body": "From the first tab.", "version": "1"}).status_code == 302
    response = client.post(at(post, "edit/"), {"body": "From the second tab.", "version": "1"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "From the first tab." in page
    assert "From the second tab.</textarea>" in page
    assert 'name="version" value="2"' in page
    assert client.post(at(post, "edit/"), {"body": "From the second tab.", "version": "2"}).status_code == 302
    assert list(Revision.objects.order_by("number").values_list("body", flat=True)) == [
        "A nurse rings the bell.",
        "From the first tab.",
    ]


def test_the_same_change_sent_twice_is_one_change(cast: Cast) -> None:
    _thread, post = said(cast)
    for _ in range(2):
        editing.edit_post(by=cast.anna, post=post, body="Once.\r\n", version=1)
    assert Revision.objects.count() == 1
    with pytest.raises(editing.Newer):
        editing.edit_post(by=cast.anna, post=post, body="Other words.", version=1)


def test_bad_words_come_back_with_a_message_and_nothing_is_lost(cast: Cast) -> None:
    _thread, post = said(cast)
    client = signed_in(cast.anna)
    for nothing in ("", "<script>1</script>"):
        response = client.post(at(post, "edit/"), {"version": "1", "body": nothing})
        assert response.status_code == 422
        assert "Write something" in response.content.decode()
    long = "word " * 12_000
    response = client.post(at(post, "edit/"), {"body": long, "version": "1"})
    assert response.status_code == 422
    assert long.strip()[-500:] in response.content.decode()
    for version in ("", "x", "-3", "99"):
        assert client.post(at(post, "edit/"), {"body": "New.", "version": version}).status_code == 422
    opening = post.thread.posts.get(parent=None)
    given = {"title": "", "body": "And who pays?", "version": "1"}
    assert "Give it a title" in signed_in(cast.luc).post(at(opening, "edit/"), given).content.decode()
    assert not Revision.objects.exists()


# --- moderation -----------------------------------------------------------------------------------


def test_where_every_post_is_checked_a_changed_one_is_held_again_and_the_form_says_so(cast: Cast) -> None:
    thread, post = said(cast)
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    assert "your post is held until they have" in body(cast.anna, at(post, "edit/"))
    changed = change(cast.anna, post)
    assert changed.state == State.HELD
    thread.refresh_from_db()
    assert (thread.reply_count, thread.placed_count, thread.held_count) == (0, 1, 1)
    assert "family worker" not in body(cast.luc, thread.get_absolute_url())
    assert not list(search.find(cast.luc, "nurse"))
    assert Notification.objects.filter(kind="post_held", user=cast.mona).exists()
    # The moderator sees both.
    page = body(cast.mona, at(post, "moderate/"))
    assert "<del>nurse</del>" in page
    assert "<ins>family worker</ins>" in page
    assert signed_in(cast.luc).get(at(post, "history/")).status_code == 404
    moderation.approve_post(by=cast.mona, post=post)
    thread.refresh_from_db()
    assert (thread.reply_count, thread.placed_count, thread.held_count) == (1, 2, 0)
    assert "nurse" in body(cast.luc, at(post, "history/"))
    assert list(search.find(cast.luc, "worker"))


def test_an_opening_post_that_is_held_again_holds_its_discussion(cast: Cast) -> None:
    thread, _post = said(cast)
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    opening = thread.posts.get(parent=None)
    assert "the whole discussion waits" in body(cast.luc, at(opening, "edit/"))
    change(cast.luc, opening, "And who pays?")
    thread.refresh_from_db()
    assert thread.state == State.HELD
    assert signed_in(cast.vera).get(thread.get_absolute_url()).status_code == 404
    assert not list(search.find(cast.luc, "pays"))
    items.approve(by=cast.mona, item=thread)
    assert list(search.find(cast.luc, "pays"))


def test_what_a_moderator_never_let_stand_is_not_in_the_history_of_what_they_did(cast: Cast) -> None:
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    thread = start(cast, by=cast.mona)
    post = threads.reply(by=cast.anna, thread=thread, body="The boy of the baker.")
    change(cast.anna, post, "A boy.")
    moderation.approve_post(by=cast.mona, post=post)
    assert "baker" not in body(cast.luc, at(post, "history/"))
    assert "baker" in body(cast.anna, at(post, "history/"))
    assert "baker" in body(cast.mona, at(post, "history/"))


def test_a_removed_post_shows_its_history_to_moderators_alone(cast: Cast) -> None:
    _thread, post = said(cast)
    change(cast.anna, post)
    moderation.remove_post(by=cast.mona, post=post, reason="It names a school.")
    for person in (cast.luc, cast.anna, cast.vera):
        assert signed_in(person).get(at(post, "history/")).status_code == 404
    assert "nurse" in body(cast.mona, at(post, "history/"))


def test_whoever_handles_a_case_reads_what_was_reported_also_when_it_was_changed(cast: Cast) -> None:
    thread = start(cast)
    post = threads.reply(by=cast.anna, thread=thread, body="The boy of the baker.")
    case = report(cast.luc, post)
    change(cast.anna, post, "A boy.")
    assert "The boy of the baker." in body(cast.maud, case.get_absolute_url())


def test_erasing_leaves_no_earlier_word(cast: Cast) -> None:
    thread, post = said(cast, body=f"[@Luc](/people/{cast.luc.uid}/) knows.")
    change(cast.anna, post)
    post.refresh_from_db()
    moderation.take_away(by=cast.mona, post=post, thread=thread, reason="The law.", erase=True)
    assert not Revision.objects.exists()
    assert not post.mentions.exists()


def test_erasing_a_discussion_leaves_no_earlier_word_of_its_opening(cast: Cast) -> None:
    thread = start(cast)
    change(cast.luc, thread.posts.get(), "Other words.", title="Another title")
    decide(cast.clara, report(cast.anna, thread, kind="item"), action="redacted")
    proposals.confirm(by=cast.mona, proposal=Proposal.objects.get(settled_at=None))
    assert not Revision.objects.exists()


# --- under the rule -------------------------------------------------------------------------------


def test_under_the_rule_a_change_names_nobody(cast: Cast) -> None:
    thread = start(cast, chatham=True)
    post = threads.reply(by=cast.anna, thread=thread, body="We did not ask.")
    change(cast.anna, post, "We asked too late.")
    for person in (cast.luc, cast.mona, cast.clara):
        for page in (body(person, at(post, "history/")), body(person, thread.get_absolute_url())):
            assert "Participant 2" in page
            assert "Anna" not in page.replace(f"/people/{cast.anna.uid}", "")
    assert AuditEntry.objects.get(verb="forums.edited").actor != cast.anna.uid


# --- for any discussion ---------------------------------------------------------------------------


@settings(
    max_examples=examples(10),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    author=st.sampled_from(["luc", "anna", "carlo", "mona"]),
    state=st.sampled_from([State.PUBLISHED, State.PUBLISHED, State.HELD, State.REMOVED]),
    shown=st.booleans(),
    label=st.sampled_from(Label),
    named=st.sets(st.sampled_from(["anna", "mona", "carlo"])),
    thread_state=st.sampled_from([State.PUBLISHED, State.ARCHIVED, State.HELD, State.REMOVED]),
    locked=st.booleans(),
    person=st.sampled_from(READERS),
)
def test_who_changes_and_who_reads_what_it_said_follows_from_who_wrote_it_and_who_reads_it(
    cast: Cast,
    author: str,
    state: State,
    shown: bool,
    label: Label,
    named: set[str],
    thread_state: State,
    locked: bool,
    person: str,
) -> None:
    with undone():
        thread = start(cast)
        writer, reader = getattr(cast, author), getattr(cast, person)
        post = threads.reply(by=writer, thread=thread, body="The first words.")
        editing.edit_post(by=writer, post=post, body="The second words.", version=1)
        Revision.objects.update(shown=shown)
        Post.objects.filter(pk=post.pk).update(state=state, held_since=post.at if state == State.HELD else None)
        Item.objects.filter(pk=thread.pk).update(tlp=label, state=thread_state)
        Thread.objects.filter(pk=thread.pk).update(locked_at=post.at if locked else None)
        thread.named_people.set([getattr(cast, name) for name in named])
        thread.named_partners.set([cast.malmo])
        sees = Thread.objects.visible_to(reader).filter(pk=thread.pk).exists()
        level = level_in(reader, cast.families) or 0
        reads = Post.objects.visible_to(reader).filter(pk=post.pk).exists()
        inside = level >= Level.MODERATE or reader == writer
        assert Revision.objects.visible_to(reader).exists() == (reads and (shown or inside))
        open_still = thread_state in (State.PUBLISHED, State.HELD) and not locked and state != State.REMOVED
        may = sees and reader == writer and level >= Level.CONTRIBUTE and open_still
        hidden = not sees or (state == State.HELD and level < Level.MODERATE and reader != writer)
        with nullcontext() if may else pytest.raises(Unseen if hidden else Forbidden):
            editing.edit_post(by=reader, post=post, body="The third words.", version=2)


def test_the_pages_of_a_change_cost_the_same_for_many_versions(cast: Cast) -> None:
    _thread, post = said(cast)
    client = signed_in(cast.anna)

    def asked(what: str) -> int:
        client.get(at(post, what))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(at(post, what)).status_code == 200
        return len(queries)

    change(cast.anna, post, "Version 1.")
    before = asked("history/"), asked("edit/"), asked("withdraw/")
    for n in range(14):
        change(cast.anna, post, f"Version {n + 2}.")
    # One more where the oldest of a page is compared with what stands on the next.
    after = asked("history/"), asked("edit/"), asked("withdraw/")
    assert after[1:] == before[1:]
    assert after[0] <= before[0] + 1
    assert "Version 4" in body(cast.vera, at(post, "history/?page=2"))
    assert "written first" in body(cast.vera, at(post, "history/?page=2"))


def test_a_title_that_is_wrong_is_refused_by_the_action_too(cast: Cast) -> None:
    opening = start(cast).posts.get()
    with pytest.raises(Invalid) as refusal:
        change(cast.luc, opening, "Words.", title="x" * 201)
    assert refusal.value.field == "title"
