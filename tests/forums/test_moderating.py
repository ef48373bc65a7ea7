"""Holding, approving, removing and locking; and the queue of what waits."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from forums.actions import chat, closing, moderation, threads
from forums.models import Post, Thread
from network import search
from network.actions import items
from network.labels import Label
from network.models import AuditDetail, AuditEntry, Item, Notification, Room, State, User
from network.permissions import Level
from network.refusals import Forbidden, Invalid, Unseen
from tests.cast import Cast
from tests.factories import ItemFactory, grant
from tests.forums.test_discussing import sentences, start

pytestmark = pytest.mark.django_db


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def thread(cast: Cast) -> Thread:
    return start(cast)


@pytest.fixture
def post(cast: Cast, thread: Thread) -> Post:
    return threads.reply(by=cast.anna, thread=thread, body="Telephones frighten nobody.")


def counts(thread: Thread) -> tuple[int, int]:
    thread.refresh_from_db()
    return thread.reply_count, thread.placed_count


def test_a_held_post_is_read_by_its_author_and_moderators_only(cast: Cast, thread: Thread, post: Post) -> None:
    moderation.hold_post(by=cast.mona, post=post)
    for person, reads in ((cast.anna, True), (cast.mona, True), (cast.clara, True), (cast.luc, False)):
        assert (post in Post.objects.visible_to(person)) is reads
    assert counts(thread) == (0, 1)
    assert not search.find(cast.luc, "telephone")
    assert "Telephones" not in signed_in(cast.luc).get(thread.get_absolute_url()).content.decode()
    assert not sentences(cast.luc)


def test_an_approved_post_is_back_with_its_words_and_its_author_told(cast: Cast, thread: Thread, post: Post) -> None:
    moderation.hold_post(by=cast.mona, post=post)
    moderation.approve_post(by=cast.maud, post=post)
    assert post in Post.objects.visible_to(cast.carlo)
    assert counts(thread) == (1, 2)
    assert search.find(cast.luc, "telephone").count() == 1
    assert sentences(cast.anna) == ["Your post in “Who rings the bell?” was approved and can be read now"]
    assert Notification.objects.filter(kind="reply").count() == 1


def test_a_removed_post_leaves_a_trace_and_no_word(cast: Cast, thread: Thread, post: Post) -> None:
    moderation.remove_post(by=cast.mona, post=post, reason="It names a school.")
    assert counts(thread) == (0, 2)
    assert not search.find(cast.mona, "telephone")
    page = signed_in(cast.luc).get(thread.get_absolute_url()).content.decode()
    assert "A moderator removed it" in page
    assert "Telephones" not in page
    assert "It names a school." not in page
    for person, words in ((cast.anna, "It names a school."), (cast.mona, "Telephones frighten nobody.")):
        assert words in signed_in(person).get(thread.get_absolute_url()).content.decode()
    assert "Telephones" not in signed_in(cast.anna).get(thread.get_absolute_url()).content.decode()
    assert sentences(cast.anna) == ["Your post in “Who rings the bell?” was removed by a moderator"]
    entry = AuditEntry.objects.get(verb="forums.post_removed")
    assert AuditDetail.objects.get(entry=entry.pk).data == {"reason": "It names a school."}


def test_a_removed_post_can_be_let_stand_again(cast: Cast, thread: Thread, post: Post) -> None:
    moderation.remove_post(by=cast.mona, post=post, reason="It names a school.")
    moderation.approve_post(by=cast.mona, post=post)
    assert counts(thread) == (1, 2)
    assert post in Post.objects.visible_to(cast.luc)


def test_a_held_post_that_is_removed_leaves_a_trace(cast: Cast, thread: Thread, post: Post) -> None:
    moderation.hold_post(by=cast.mona, post=post)
    moderation.remove_post(by=cast.mona, post=post, reason="It names a school.")
    assert counts(thread) == (0, 2)


def test_each_decision_made_twice_is_made_once(cast: Cast, thread: Thread, post: Post) -> None:
    for _ in range(2):
        moderation.hold_post(by=cast.mona, post=post)
    for _ in range(2):
        moderation.approve_post(by=cast.mona, post=post)
    for _ in range(2):
        moderation.remove_post(by=cast.mona, post=post, reason="Why.")
    assert counts(thread) == (0, 2)
    assert AuditEntry.objects.filter(verb__startswith="forums.post_").count() == 3
    assert Notification.objects.filter(user=cast.anna).count() == 2


def test_a_removal_needs_a_reason(cast: Cast, post: Post) -> None:
    for reason in ("", "  ", "x" * 501, "a\0b"):
        with pytest.raises(Invalid) as refusal:
            moderation.remove_post(by=cast.mona, post=post, reason=reason)
        assert refusal.value.field == "reason"


def test_only_moderators_of_the_home_room_decide(cast: Cast, thread: Thread, post: Post) -> None:
    with pytest.raises(Forbidden):
        moderation.hold_post(by=cast.luc, post=post)
    with pytest.raises(Unseen):
        moderation.remove_post(by=cast.olga, post=post, reason="Why.")
    with pytest.raises(Forbidden):
        closing.lock_thread(by=cast.carlo, thread=thread)


def test_nobody_approves_what_they_wrote_themselves(cast: Cast, thread: Thread) -> None:
    own = threads.reply(by=cast.mona, thread=thread, body="By the moderator.")
    moderation.hold_post(by=cast.maud, post=own)
    with pytest.raises(Forbidden, match="Another moderator"):
        moderation.approve_post(by=cast.mona, post=own)
    moderation.approve_post(by=cast.maud, post=own)


def test_a_moderator_whom_a_label_does_not_admit_decides_nothing(cast: Cast) -> None:
    red = start(cast, tlp=Label.RED, named_people=[cast.anna])
    post = threads.reply(by=cast.anna, thread=red, body="Between us.")
    with pytest.raises(Unseen):
        moderation.hold_post(by=cast.mona, post=post)


def test_the_opening_post_stands_for_its_discussion(cast: Cast, thread: Thread, post: Post) -> None:
    opening = thread.posts.get(parent=None)
    moderation.hold_post(by=cast.mona, post=opening, reason="To be checked.")
    assert Item.objects.get(pk=thread.pk).state == State.HELD
    assert not search.find(cast.luc, "telephone")
    assert thread not in Thread.objects.visible_to(cast.carlo)
    with pytest.raises(Forbidden, match="waits for a moderator"):
        threads.reply(by=cast.luc, thread=thread, body="Hm.")
    opening.refresh_from_db()
    moderation.approve_post(by=cast.mona, post=opening)
    assert search.find(cast.carlo, "telephone").count() == 1
    assert search.find(cast.carlo, "rings bell").count() == 1


def test_the_discussion_with_words_of_others_is_never_made_wider(cast: Cast, thread: Thread, post: Post) -> None:
    with pytest.raises(Forbidden, match="no longer be made wider"):
        items.relabel(by=cast.luc, item=thread, tlp=Label.GREEN)


def test_moderators_decide_from_the_page(cast: Cast, thread: Thread, post: Post) -> None:
    mona = signed_in(cast.mona)
    base = f"/discussions/{thread.uid}/posts/{post.uid}/"
    assert "Telephones" in mona.get(f"{base}moderate/").content.decode()
    place = f"/discussions/{thread.uid}/#post-{post.uid}"
    assert mona.post(f"{base}hold/").url == place
    assert mona.post(f"{base}hold/").url == place
    assert mona.post(f"{base}approve/").url == place
    refused = mona.post(f"{base}remove/", {"reason": ""})
    assert refused.status_code == 422
    assert "Say why" in refused.content.decode()
    assert mona.post(f"{base}remove/", {"reason": "It names a school."}).url == place
    post.refresh_from_db()
    assert (post.state, post.reason, post.decided_by) == (State.REMOVED, "It names a school.", cast.mona)


def test_others_cannot_open_what_moderators_decide_with(cast: Cast, thread: Thread, post: Post) -> None:
    base = f"/discussions/{thread.uid}/posts/{post.uid}/"
    luc, olga = signed_in(cast.luc), signed_in(cast.olga)
    assert luc.get(f"{base}moderate/").status_code == 403
    for act in ("hold", "approve", "remove"):
        assert luc.post(f"{base}{act}/", {"reason": "Why."}).status_code == 403
        assert olga.post(f"{base}{act}/", {"reason": "Why."}).status_code == 404
        assert luc.get(f"{base}{act}/").status_code == 405
    # Whoever began it closes it, but does not lock it.
    assert luc.post(f"/discussions/{thread.uid}/close/", {"cause": "locked"}).status_code == 422


def test_a_discussion_is_locked_and_unlocked_from_its_page(cast: Cast, thread: Thread) -> None:
    mona = signed_in(cast.mona)
    sent = {"cause": "locked", "reason": "Answered."}
    page = mona.post(f"/discussions/{thread.uid}/close/", sent, follow=True).content.decode()
    assert "The discussion is locked." in page
    thread.refresh_from_db()
    assert (thread.is_locked, thread.locked_by, thread.lock_reason) == (True, cast.mona, "Answered.")
    mona.post(f"/discussions/{thread.uid}/open/")
    thread.refresh_from_db()
    assert not thread.is_locked


# --- the queue ------------------------------------------------------------------------------------


@pytest.fixture
def moderated(cast: Cast) -> Room:
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    cast.families.refresh_from_db()
    return cast.families


def test_the_queue_shows_what_waits_in_ones_rooms_oldest_first(cast: Cast, thread: Thread, moderated: Room) -> None:
    threads.reply(by=cast.anna, thread=thread, body="The first to wait.")
    start(cast, title="The second to wait", by=cast.carlo)
    chat.say(by=cast.luc, room=moderated, body="The third to wait.", client_id=uuid.uuid4())
    page = signed_in(cast.mona).get("/moderation/").content.decode()
    places = [page.index(words) for words in ("The first to wait.", "The second to wait", "The third to wait.")]
    assert places == sorted(places)
    assert "Anna Lindqvist" in page
    assert "Nothing waits" in signed_in(cast.luc).get("/moderation/").content.decode()
    assert Client().get("/moderation/").status_code == 302


def test_a_case_is_decided_from_the_queue(cast: Cast, thread: Thread, moderated: Room) -> None:
    post = threads.reply(by=cast.anna, thread=thread, body="Waiting.")
    other = threads.reply(by=cast.anna, thread=thread, body="Also waiting.")
    item = start(cast, title="Waiting too", by=cast.carlo)
    mona = signed_in(cast.mona)
    assert mona.post(f"/moderation/post/{post.uid}/", {"decision": "approve"}).url == "/moderation/"
    assert mona.post(f"/moderation/post/{post.uid}/", {"decision": "approve"}).url == "/moderation/"
    assert mona.post(f"/moderation/item/{item.uid}/", {"decision": "approve"}).url == "/moderation/"
    refused = mona.post(f"/moderation/post/{other.uid}/", {"decision": "remove"})
    assert refused.status_code == 422
    assert "Say why" in refused.content.decode()
    mona.post(f"/moderation/post/{other.uid}/", {"decision": "remove", "reason": "It names a school."})
    states = [Post.objects.get(pk=pk).state for pk in (post.pk, other.pk)]
    assert states == [State.PUBLISHED, State.REMOVED]
    assert Item.objects.get(pk=item.pk).state == State.PUBLISHED


@pytest.mark.parametrize("decision", ["", "burn"])
def test_a_decision_that_is_none_changes_nothing(cast: Cast, thread: Thread, moderated: Room, decision: str) -> None:
    post = threads.reply(by=cast.anna, thread=thread, body="Waiting.")
    assert signed_in(cast.mona).post(f"/moderation/post/{post.uid}/", {"decision": decision}).status_code == 422
    post.refresh_from_db()
    assert post.state == State.HELD


def test_nobody_else_decides_from_the_queue(cast: Cast, thread: Thread, moderated: Room) -> None:
    post = threads.reply(by=cast.anna, thread=thread, body="Waiting.")
    sent = {"decision": "approve"}
    assert signed_in(cast.luc).post(f"/moderation/post/{post.uid}/", sent).status_code == 404
    assert signed_in(cast.mona).post(f"/moderation/nothing/{post.uid}/", sent).status_code == 404
    assert signed_in(cast.mona).post(f"/moderation/post/{uuid.uuid4()}/", sent).status_code == 404
    assert signed_in(cast.mona).post(f"/moderation/item/{uuid.uuid4()}/", sent).status_code == 404


def test_a_case_that_a_label_keeps_from_a_moderator_has_no_words(cast: Cast) -> None:
    grant(cast.carlo, Level.MODERATE, cast.schools)
    red = start(cast, room=cast.schools, tlp=Label.RED, title="A name", named_people=[cast.eva])
    post = threads.reply(by=cast.eva, thread=red, body="Another name.")
    Post.objects.filter(pk=post.pk).update(state=State.HELD, held_since=post.at)
    ItemFactory(room=cast.schools, author=cast.luc, tlp=Label.RED, state=State.HELD, title="A third name")
    carlo = signed_in(cast.carlo)
    page = carlo.get("/moderation/").content.decode()
    assert page.count("Something restricted") == 2
    main = page[page.index("<main") : page.index("</main>")]
    for words in ("A name", "Another name.", "A third name", "Eva", "Luc", str(post.uid) + "/", "TLP:"):
        assert words not in main
    assert carlo.post(f"/moderation/post/{post.uid}/", {"decision": "approve"}).status_code == 404


def test_the_queue_knows_a_number_where_the_rule_hides_a_name(cast: Cast, moderated: Room) -> None:
    thread = start(cast, by=cast.mona, chatham=True)
    # What a moderator writes waits under the rule as well: that it did not would tell that she is one.
    items.approve(by=cast.maud, item=thread)
    threads.reply(by=cast.anna, thread=thread, body="We stopped.")
    page = signed_in(cast.mona).get("/moderation/").content.decode()
    # Maud, who approved it, has no number: moderators have none.
    assert "Participant 2" in page
    assert "Anna" not in page


def test_the_queue_asks_as_often_for_nine_cases_as_for_three(cast: Cast, thread: Thread, moderated: Room) -> None:
    mona = signed_in(cast.mona)

    def add() -> None:
        threads.reply(by=cast.anna, thread=thread, body="Waiting.")
        start(cast, title="Waiting too", by=cast.carlo)
        chat.say(by=cast.luc, room=moderated, body="Waiting.", client_id=uuid.uuid4())

    def asked() -> int:
        mona.get("/moderation/")
        with CaptureQueriesContext(connection) as caught:
            assert mona.get("/moderation/").status_code == 200
        return len(caught)

    add()
    assert asked() == 17
    add()
    add()
    assert asked() == 17


def test_a_first_comment_is_checked_although_it_begins_the_thread_about_the_item(cast: Cast) -> None:
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.FIRST)
    item = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege)
    room = Room.objects.get(pk=cast.families.pk)
    assert threads.comment_on(by=cast.anna, item=item, room=room, body="Thank you.").state == State.HELD


def test_what_is_archived_is_answered_no_more_than_it_is_commented_on(cast: Cast) -> None:
    item = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege)
    post = threads.comment_on(by=cast.anna, item=item, room=cast.families, body="Thank you.")
    items.archive(by=cast.luc, item=item)
    with pytest.raises(Forbidden):
        threads.reply(by=cast.anna, thread=Thread.objects.get(pk=post.thread_id), body="And again.")


def test_a_guests_first_words_are_checked_also_where_others_speak_freely(cast: Cast) -> None:
    room = cast.schools
    thread = start(cast, room=room)
    first = threads.reply(by=cast.eva, thread=thread, body="As an expert.")
    said = chat.say(by=cast.eva, room=room, body="Good morning.", client_id=uuid.uuid4())
    assert (first.state, said.state) == (State.HELD, State.HELD)
    assert threads.reply(by=cast.luc, thread=thread, body="As a member.").state == State.PUBLISHED
    moderation.approve_post(by=cast.clara, post=first)
    chat.approve_message(by=cast.clara, message=said)
    assert threads.reply(by=cast.eva, thread=thread, body="Again.").state == State.PUBLISHED
    assert chat.say(by=cast.eva, room=room, body="Again.", client_id=uuid.uuid4()).state == State.PUBLISHED
    assert start(cast, room=room, by=cast.eva, title="Mine").state == State.PUBLISHED


def test_a_guest_is_told_beforehand_that_their_first_words_are_checked(cast: Cast) -> None:
    thread = start(cast, room=cast.schools)
    words = "As you are a guest, a moderator reads what you write first"

    def shown(person: User) -> bool:
        return words in signed_in(person).get(f"/discussions/{thread.uid}/").content.decode()

    assert (shown(cast.eva), shown(cast.luc)) == (True, False)
    moderation.approve_post(by=cast.clara, post=threads.reply(by=cast.eva, thread=thread, body="As an expert."))
    assert not shown(cast.eva)


def test_what_is_never_checked_first_is_not_of_guests_either(cast: Cast) -> None:
    red = start(cast, room=cast.schools, tlp=Label.RED, named_people=[cast.eva])
    assert threads.reply(by=cast.eva, thread=red, body="Between us.").state == State.PUBLISHED
