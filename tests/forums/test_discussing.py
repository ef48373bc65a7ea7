"""Starting discussions and replying in them, as the actions do it."""

import uuid
from collections.abc import Sequence

import pytest
from django.core import mail as outbox

from forums import parts
from forums.actions import closing, moderation, threads
from forums.models import Post, Thread
from network import search
from network.actions import items
from network.labels import Label
from network.mail import send_due
from network.models import AuditEntry, Notification, Room, State
from network.notifications import in_words, visible_notices
from network.permissions import Level
from network.refusals import Forbidden, Invalid, Unseen
from tests.cast import Cast
from tests.factories import ItemFactory, grant, member_of

pytestmark = pytest.mark.django_db


def start(cast: Cast, **other: object) -> Thread:
    given = {"by": cast.luc, "room": cast.families, "title": "Who rings the bell?", "body": "Who goes to the families?"}
    return threads.start_thread(**given | other)  # type: ignore[arg-type]


def sentences(person: object) -> Sequence[str]:
    rows = visible_notices(person).select_related("item", "item__parent", "room", "person", "by")
    return [notice.sentence for notice in in_words(person, rows)]


def test_a_discussion_begins_with_its_opening_post(cast: Cast) -> None:
    thread = start(cast, body="Who goes to **families** at home?")
    opening = Post.objects.get()
    assert (opening.thread, opening.parent, opening.path, opening.depth) == (thread, None, "0000", 0)
    assert opening.html == "<p>Who goes to <strong>families</strong> at home?</p>\n"
    assert opening.partner == cast.liege
    thread.refresh_from_db()
    assert (thread.reply_count, thread.placed_count) == (0, 1)
    entry = AuditEntry.objects.get(verb="forums.started")
    assert (entry.actor, entry.target, entry.room) == (cast.luc.uid, thread.uid, cast.families.uid)


def test_a_reply_stands_below_what_it_answers(cast: Cast) -> None:
    thread = start(cast)
    first = threads.reply(by=cast.anna, thread=thread, body="A family worker does.")
    second = threads.reply(by=cast.carlo, thread=thread, body="Nobody yet.")
    below = threads.reply(by=cast.luc, thread=thread, parent=first, body="Alone?")
    assert [first.path, second.path, below.path] == ["00000000", "00000001", "000000000000"]
    assert list(thread.posts.order_by("path"))[1:] == [first, below, second]
    thread.refresh_from_db()
    assert thread.reply_count == 3
    assert thread.active_at == pytest.approx(below.at, abs=__import__("datetime").timedelta(seconds=5))


def test_who_is_answered_is_told_and_gets_a_letter(cast: Cast, django_capture_on_commit_callbacks: object) -> None:
    thread = start(cast)
    reply = threads.reply(by=cast.anna, thread=thread, body="A family worker does.")
    assert sentences(cast.luc) == ["Anna Lindqvist replied to you in “Who rings the bell?”"]
    assert not sentences(cast.anna)
    assert not sentences(cast.carlo)
    notice = in_words(cast.luc, Notification.objects.select_related("item", "room", "person", "by"))[0]
    assert notice.excerpt == "A family worker does."
    assert notice.url == f"/discussions/{thread.uid}/posts/{reply.uid}/"
    send_due()
    assert [letter.to for letter in outbox.outbox] == [["luc@liege.example"]]


def test_the_same_sending_makes_one_reply(cast: Cast) -> None:
    thread, once = start(cast), uuid.uuid4()
    first = threads.reply(by=cast.anna, thread=thread, body="Twice sent.\r\nOnce meant.", once=once)
    again = threads.reply(by=cast.anna, thread=thread, body="Twice sent.\nOnce meant.", once=once)
    assert first == again
    assert thread.posts.count() == 2
    assert Notification.objects.count() == 1


def test_a_form_sent_again_with_other_words_loses_none(cast: Cast) -> None:
    thread, once = start(cast), uuid.uuid4()
    threads.reply(by=cast.anna, thread=thread, body="First thought.", once=once)
    threads.reply(by=cast.anna, thread=thread, body="Second thought.", once=once)
    assert thread.reply_count == 0
    thread.refresh_from_db()
    assert thread.reply_count == 2


def test_the_same_sending_makes_one_discussion(cast: Cast) -> None:
    once = uuid.uuid4()
    assert start(cast, once=once) == start(cast, once=once)
    assert Post.objects.count() == 1
    other = start(cast, once=once, title="Another question")
    assert other.title == "Another question"
    assert Thread.objects.count() == 2


def test_a_sending_id_of_somebody_else_is_no_key_to_theirs(cast: Cast) -> None:
    once = uuid.uuid4()
    theirs = start(cast, once=once)
    mine = start(cast, once=once, by=cast.anna)
    assert mine != theirs
    assert mine.author == cast.anna


def test_who_may_only_read_is_refused_with_a_reason(cast: Cast) -> None:
    thread = start(cast)
    with pytest.raises(Forbidden, match="not contribute"):
        threads.reply(by=cast.vera, thread=thread, body="May I?")
    with pytest.raises(Unseen):
        threads.reply(by=cast.olga, thread=thread, body="May I?")
    with pytest.raises(Forbidden):
        start(cast, by=cast.vera)
    with pytest.raises(Unseen):
        start(cast, by=cast.olga)


def test_who_reads_it_in_another_room_answers_where_it_is_at_home(cast: Cast) -> None:
    thread = start(cast, tlp=Label.GREEN)
    items.pass_on(by=cast.luc, item=thread, room=cast.schools)
    with pytest.raises(Forbidden, match="home room"):
        threads.reply(by=cast.eva, thread=thread, body="From the schools.")


def test_a_locked_discussion_takes_no_reply(cast: Cast) -> None:
    thread = start(cast)
    closing.lock_thread(by=cast.mona, thread=thread, reason="Answered.")
    with pytest.raises(Forbidden, match="locked"):
        threads.reply(by=cast.anna, thread=thread, body="One more thing.")
    closing.reopen_thread(by=cast.mona, thread=thread)
    threads.reply(by=cast.anna, thread=thread, body="One more thing.")


def test_an_archived_room_takes_no_reply(cast: Cast) -> None:
    thread = start(cast)
    Room.objects.filter(pk=cast.families.pk).update(archived_at=thread.created_at)
    with pytest.raises(Forbidden, match="archived"):
        threads.reply(by=cast.mona, thread=thread, body="One more thing.")


def test_a_post_of_another_discussion_cannot_be_answered_here(cast: Cast) -> None:
    thread, other = start(cast), start(cast, title="Another")
    foreign = threads.reply(by=cast.anna, thread=other, body="Elsewhere.")
    with pytest.raises(Invalid) as refusal:
        threads.reply(by=cast.anna, thread=thread, body="Here.", parent=foreign)
    assert refusal.value.field == "parent"


def test_one_speaks_only_for_a_partner_of_ones_own(cast: Cast) -> None:
    thread = start(cast)
    with pytest.raises(Invalid) as refusal:
        threads.reply(by=cast.anna, thread=thread, body="For Liège.", partner=cast.liege)
    assert refusal.value.field == "partner"


@pytest.mark.parametrize("body", ["", "  \n ", "x" * 50_001, "a\0b"], ids=["empty", "blank", "100 kB", "NUL"])
def test_words_that_cannot_be_used_are_refused_at_their_field(cast: Cast, body: str) -> None:
    thread = start(cast)
    with pytest.raises(Invalid) as refusal:
        threads.reply(by=cast.anna, thread=thread, body=body)
    assert refusal.value.field == "body"


def test_forbidden_markup_is_dropped_and_not_escaped(cast: Cast) -> None:
    post = threads.reply(
        by=cast.anna,
        thread=start(cast),
        body='<p onclick="x()">Look <a href="javascript:alert(1)">here</a>'
        '<script>alert(1)</script></p><iframe src="//evil"></iframe>',
    )
    assert "Look" in post.html
    for forbidden in ("onclick", "javascript", "script", "alert", "iframe", "&lt;"):
        assert forbidden not in post.html


def test_comments_on_an_item_are_posts_of_one_thread_about_it(cast: Cast) -> None:
    document = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege, title="Script for the first call")
    first = threads.comment_on(by=cast.anna, item=document, room=cast.families, body="May we translate it?")
    second = threads.comment_on(by=cast.carlo, item=document, room=cast.families, body="So would we.", parent=first)
    thread = Thread.objects.get()
    assert (thread.parent_id, thread.room, thread.title) == (document.pk, cast.families, "Script for the first call")
    assert (first.path, second.path) == ("0000", "00000000")
    assert sentences(cast.luc) == ["Anna Lindqvist commented on “Script for the first call”"]
    assert sentences(cast.anna) == ["Carlo Brandl replied to you in “Script for the first call”"]


def test_each_room_talks_about_an_item_by_itself(cast: Cast) -> None:
    document = ItemFactory(room=cast.families, author=cast.luc, tlp=Label.GREEN, placed_in=[cast.schools])
    threads.comment_on(by=cast.anna, item=document, room=cast.families, body="In Families.")
    threads.comment_on(by=cast.eva, item=document, room=cast.schools, body="In Schools.")
    assert Thread.objects.count() == 2
    assert Thread.objects.visible_to(cast.eva).get().room == cast.schools
    with pytest.raises(Unseen):
        threads.comment_on(by=cast.anna, item=document, room=cast.commons, body="It does not stand here.")


def test_talk_about_a_red_item_stays_with_those_it_names(cast: Cast) -> None:
    secret = ItemFactory(room=cast.families, author=cast.luc, tlp=Label.RED, named_people=[cast.anna])
    post = threads.comment_on(by=cast.anna, item=secret, room=cast.families, body="Understood.")
    assert post in Post.objects.visible_to(cast.luc)
    assert post not in Post.objects.visible_to(cast.mona)
    with pytest.raises(Unseen):
        threads.comment_on(by=cast.carlo, item=secret, room=cast.families, body="What is it?")


def test_what_is_said_is_found_by_who_may_read_it(cast: Cast) -> None:
    thread = start(cast, title="Who rings the bell?", body="Grandfathers answer.")
    threads.reply(by=cast.anna, thread=thread, body="Telephones frighten nobody.")
    assert search.find(cast.carlo, "grandfather").count() == 1
    assert search.find(cast.carlo, "telephone").count() == 1
    assert search.find(cast.olga, "telephone").count() == 0


def test_under_the_chatham_house_rule_the_trail_and_notices_know_a_number(cast: Cast) -> None:
    thread = start(cast, chatham=True)
    post = threads.reply(by=cast.anna, thread=thread, body="We stopped after two months.")
    assert post.partner is None
    actors = set(AuditEntry.objects.filter(verb__startswith="forums.").values_list("actor", flat=True))
    assert not actors & {cast.luc.uid, cast.anna.uid}
    assert sentences(cast.luc) == ["Participant 2 replied to you in “Who rings the bell?”"]


def test_a_tree_deeper_than_a_path_can_tell_goes_on_beside_itself(cast: Cast) -> None:
    from forums import trees

    thread = start(cast)
    post = None
    for _ in range(trees.DEEPEST + 3):
        post = threads.reply(by=cast.anna, thread=thread, body="And?", parent=post)
    assert post is not None
    assert post.depth == trees.DEEPEST
    paths = list(thread.posts.order_by("pk").values_list("path", flat=True))
    assert paths == sorted(paths)


def test_somebody_of_two_partners_acts_for_the_chosen_one(cast: Cast) -> None:
    from tests.factories import MembershipFactory

    MembershipFactory(user=cast.anna, partner=cast.liege)
    post = threads.reply(by=cast.anna, thread=start(cast), body="For Liège.", partner=cast.liege)
    assert post.partner == cast.liege


def test_a_first_contribution_is_held_where_the_room_wants_that(cast: Cast) -> None:
    thread = start(cast)
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.FIRST)
    held = threads.reply(by=cast.anna, thread=thread, body="My first word here.")
    assert held.state == State.HELD
    assert not sentences(cast.luc)
    assert sentences(cast.mona) == ["A post in “Who rings the bell?” waits for you"]
    moderation.approve_post(by=cast.mona, post=held)
    assert threads.reply(by=cast.anna, thread=thread, body="My second.").state == State.PUBLISHED
    assert sentences(cast.luc)[-1] == "Anna Lindqvist replied to you in “Who rings the bell?”"


def test_moderators_and_what_is_restricted_are_never_held_first(cast: Cast) -> None:
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    cast.families.refresh_from_db()
    assert start(cast, by=cast.mona).state == State.PUBLISHED
    assert start(cast).state == State.HELD
    red = start(cast, title="Between us", tlp=Label.RED, named_people=[cast.anna])
    strict = start(cast, title="Two cities", tlp=Label.AMBER_STRICT, named_partners=[cast.malmo])
    assert (red.state, strict.state) == (State.PUBLISHED, State.PUBLISHED)
    for thread in (red, strict):
        assert threads.reply(by=cast.anna, thread=thread, body="Noted.").state == State.PUBLISHED


def test_a_guest_speaks_for_nobody(cast: Cast) -> None:
    thread = start(cast, room=cast.schools)
    assert threads.reply(by=cast.eva, thread=thread, body="As an expert.").partner is None


def test_a_new_contributor_may_answer_at_once(cast: Cast) -> None:
    thread = start(cast)
    nora = member_of(cast.augsburg, name="Nora")
    with pytest.raises(Unseen):
        threads.reply(by=nora, thread=thread, body="Hello.")
    grant(nora, Level.CONTRIBUTE, cast.families)
    threads.reply(by=nora, thread=thread, body="Hello.")


def test_under_the_rule_a_missing_number_never_becomes_a_name(cast: Cast) -> None:
    thread = start(cast, chatham=True)
    post = threads.reply(by=cast.anna, thread=thread, body="Between us.")
    thread.participants.all().delete()
    assert "Anna" not in parts.show_posts(cast.luc, [post.pk])[post.pk]["author"]


@pytest.mark.parametrize("body", ["<script>x</script>", "<img src=x>", "&nbsp; <b> </b>", "***"])
def test_a_body_of_which_nothing_is_left_is_no_body(cast: Cast, body: str) -> None:
    with pytest.raises(Invalid, match="Write something first"):
        threads.start_thread(by=cast.luc, room=cast.families, title="Silence", body=body)
