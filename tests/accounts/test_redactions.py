"""Whoever goes may ask moderators to take away what they wrote: who is asked, what they find, do and answer."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actions.leaving import close_account
from forums.actions.chat import say
from forums.actions.threads import comment_on, reply, start_thread
from forums.models import ChatMessage, Post, Thread
from network import clock, mail
from network.actions import redactions as actions
from network.actions.rooms import open_direct_room
from network.keeping import old_redactions
from network.labels import Label
from network.models import AuditDetail, AuditEntry, Item, Mail, Notification, RedactionRequest, Room, State, User
from network.permissions import Level, audience, who_may
from network.redactions import left_for
from network.refusals import Forbidden, Invalid, Unseen
from tests.cast import Cast
from tests.drawing import examples
from tests.factories import ItemFactory, grant, member_of

pytestmark = pytest.mark.django_db
ADDRESS = "Somebody who closed their account asks"


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def somebody(cast: Cast) -> User:
    return member_of(cast.malmo, name="Britt Nyberg", email="britt@malmo.example")


def writing(cast: Cast) -> tuple[User, Thread, Post, ChatMessage]:
    """Britt of Malmö begins a discussion in Families, answers in Luc's, comments on his document and talks."""
    britt, room = somebody(cast), cast.families
    own = start_thread(by=britt, room=room, title="Whom to call at night", body="We have no list.")
    luc = start_thread(by=cast.luc, room=room, title="Parents", body="How do you do it?")
    post = reply(by=britt, thread=luc, body="At the school by the river.")
    message = say(by=britt, room=room, body="Good evening.", client_id=uuid.uuid4())
    return britt, own, post, message


def keys(reader: User, request: RedactionRequest) -> set[str]:
    reader.assured = True
    return {one.key for one in left_for(reader, request)}


# --- asking ---------------------------------------------------------------------------------------


def test_the_moderators_of_each_room_are_asked_and_nobody_else(cast: Cast) -> None:
    britt, *_rest = writing(cast)
    close_account(by=britt, redact=True, note="  One knows me\nby the school. ")
    request = RedactionRequest.objects.get()
    assert (request.room, request.note, request.answer_to) == (cast.families, "One knows me by the school.", "")
    told = set(Notification.objects.filter(kind="redaction_asked").values_list("user", flat=True))
    assert told == {cast.mona.pk, cast.maud.pk, cast.clara.pk}
    page = signed_in(cast.mona).get("/notifications/").content.decode()
    assert ADDRESS in page
    assert "Nyberg" not in page
    assert "One knows me by the school." in page
    assert ADDRESS in signed_in(cast.mona).get("/moderation/").content.decode()
    assert ADDRESS in signed_in(cast.mona).get("/").content.decode()
    for other in (cast.luc, cast.vera, cast.olga):
        for address in ("/notifications/", "/moderation/", "/"):
            assert ADDRESS not in signed_in(other).get(address).content.decode()


def test_who_does_not_ask_asks_nobody_and_what_stays_stays(cast: Cast) -> None:
    britt, *_rest = writing(cast)
    close_account(by=britt)
    assert not RedactionRequest.objects.exists()
    assert not Notification.objects.filter(kind="redaction_asked").exists()


def test_closing_twice_asks_once(cast: Cast) -> None:
    britt, *_rest = writing(cast)
    before = User.objects.get(pk=britt.pk)
    close_account(by=britt, redact=True)
    close_account(by=before, redact=True)
    assert RedactionRequest.objects.count() == 1
    assert Notification.objects.filter(kind="redaction_asked", user=cast.mona).count() == 1
    assert AuditEntry.objects.filter(verb="network.redaction_asked").count() == 1


def test_where_nobody_moderates_the_coordinators_are_asked_to_name_somebody_who_finds_it_waiting(cast: Cast) -> None:
    """Also where whoever goes was the last to moderate."""
    britt = somebody(cast)
    room = Room.objects.create(slug="pilot", name="Pilot", kind=Room.Kind.HIDDEN)
    grant(britt, Level.MANAGE, room)
    say(by=britt, room=room, body="Good evening.", client_id=uuid.uuid4())
    close_account(by=britt, redact=True)
    notice = Notification.objects.get(kind="redaction_unmoderated")
    assert (notice.user, notice.room) == (cast.clara, room)
    client = signed_in(cast.clara)
    assert "name a manager" in client.get("/notifications/").content.decode()
    client.post("/rooms/pilot/manager/", {"person": cast.mona.pk})
    request = RedactionRequest.objects.get()
    assert signed_in(cast.mona).get(request.get_absolute_url()).status_code == 200
    actions.settle_redaction(by=cast.mona, request=request, done=True)
    assert not Notification.objects.filter(kind="redaction_unmoderated").exists()


# --- what moderators find -------------------------------------------------------------------------


@contextmanager
def undone() -> Iterator[None]:
    """Everything inside is rolled back, so that each example begins with the cast alone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


things = st.tuples(
    st.sampled_from(("item", "post", "message")),
    st.sampled_from(("families", "commons", "direct")),
    st.sampled_from((Label.GREEN, Label.AMBER, Label.AMBER_STRICT, Label.RED)),
    st.booleans(),
    st.sampled_from(("published", "archived", "held", "draft", "removed")),
    st.sampled_from((None, "mona", "clara")),
)


def write(cast: Cast, britt: User, rooms: dict[str, Room], thing: tuple[Any, ...]) -> tuple[str, Any, Any, bool]:
    """Writes it as rows; its key, its item if it has one, the room, and whether a moderator may be shown it at all."""
    kind, where, label, chatham, state, named = thing
    room = rooms[where]
    open_to_them = state not in ("draft", "removed") and where != "direct"
    if kind == "message":
        message = say(by=britt, room=room, body="Good evening.", client_id=uuid.uuid4())
        spoken = "published" if state == "archived" else state
        ChatMessage.objects.filter(pk=message.pk).update(state=spoken)
        return f"message:{message.uid}", None, room, open_to_them
    people = [getattr(cast, named)] if named and label == Label.RED else []
    about = {"room": room, "tlp": label, "chatham": chatham, "named_people": people}
    if kind == "item":
        item = ItemFactory(author=britt, partner=cast.malmo, state=state, **about)
        return f"item:{item.uid}", item, room, open_to_them and not chatham
    # Begun by somebody else, and labelled afterwards, as rows: what may be labelled how is not asked here.
    thread = start_thread(by=cast.clara, room=room, title="T", body="B")
    stands = "removed" if state == "removed" else "published"
    Item.objects.filter(pk=thread.pk).update(chatham=chatham, tlp=label, state=stands)
    thread.named_people.set(people)
    thread.refresh_from_db()
    opening = Post.objects.get(thread=thread)
    post = Post.objects.create(
        thread=thread, parent=opening, author=britt, partner=cast.malmo, body="B", html="B", renderer=1, path="0001"
    )
    return f"post:{post.uid}", thread, room, state != "removed" and where != "direct" and not chatham


@settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(written=st.lists(things, max_size=5))
def test_a_room_is_asked_for_what_all_its_moderators_read_and_each_finds_what_the_gate_shows_them(
    cast: Cast, written: list[tuple[Any, ...]]
) -> None:
    """Never what was said under the Chatham House Rule, never what stands in a direct room."""
    with undone():
        britt = somebody(cast)
        direct = open_direct_room(by=britt, people=[cast.clara])
        grant(britt, Level.CONTRIBUTE, cast.commons)
        rooms = {"families": cast.families, "commons": cast.commons, "direct": direct}
        rows = [write(cast, britt, rooms, thing) for thing in written]
        close_account(by=britt, redact=True)
        asked = {request.room: request for request in RedactionRequest.objects.select_related("room", "user")}
        open_labels = {room for _key, item, room, shown in rows if shown and (item is None or item.tlp <= Label.AMBER)}
        assert set(asked) == open_labels
        for room, request in asked.items():
            for moderator in who_may(Level.MODERATE, room):
                expected = {
                    key
                    for key, item, place, shown in rows
                    if shown and place == room and (item is None or audience(item).filter(pk=moderator.pk).exists())
                }
                assert keys(moderator, request) == expected


def test_talk_about_an_item_is_of_all_who_speak_there_and_each_comment_of_who_wrote_it(cast: Cast) -> None:
    britt = somebody(cast)
    item = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege)
    comment = comment_on(by=britt, item=item, room=cast.families, body="Thank you.")
    close_account(by=britt, redact=True)
    assert keys(cast.mona, RedactionRequest.objects.get()) == {f"post:{comment.uid}"}


def test_the_opening_post_goes_with_its_discussion_and_what_is_gone_is_found_no_more(cast: Cast) -> None:
    britt, own, post, message = writing(cast)
    answer = reply(by=britt, thread=own, body="Nobody?")
    close_account(by=britt, redact=True)
    request = RedactionRequest.objects.get()
    wanted = {f"item:{own.uid}", f"post:{post.uid}", f"post:{answer.uid}", f"message:{message.uid}"}
    assert keys(cast.mona, request) == wanted
    assert actions.redact(by=cast.mona, request=request, chosen=[f"item:{own.uid}"]) == 1
    assert keys(cast.mona, request) == {f"post:{post.uid}", f"message:{message.uid}"}


# --- taking away ----------------------------------------------------------------------------------


def test_what_is_ticked_goes_out_of_sight_for_all_but_the_moderators_and_each_is_in_the_trail(cast: Cast) -> None:
    britt, own, post, message = writing(cast)
    close_account(by=britt, redact=True)
    request = RedactionRequest.objects.get()
    client = signed_in(cast.mona)
    page = client.get(request.get_absolute_url()).content.decode()
    for words in ("Whom to call at night", "At the school by the river.", "Good evening.", "Malmö"):
        assert words in page
    assert "Nyberg" not in page
    ticked = [f"item:{own.uid}", f"post:{post.uid}", f"message:{message.uid}"]
    sent = {"left": [*ticked, f"post:{uuid.uuid4()}", "nonsense"]}
    answer = client.post(f"{request.get_absolute_url()}remove/", sent, follow=True).content.decode()
    assert "3 things are removed." in answer
    assert "0 things" in client.post(f"{request.get_absolute_url()}remove/", sent, follow=True).content.decode()
    assert {Item.objects.get(pk=own.pk).state, Post.objects.get(pk=post.pk).state} == {State.REMOVED}
    assert ChatMessage.objects.get(pk=message.pk).state == State.REMOVED
    reader = signed_in(cast.luc)
    assert reader.get(f"/discussions/{own.uid}/").status_code == 404
    assert "by the river" not in reader.get(f"/discussions/{post.thread.uid}/").content.decode()
    assert "Good evening." not in reader.get("/rooms/families/chat/").content.decode()
    verbs = {"network.removed", "forums.post_removed", "forums.message_removed"}
    assert set(AuditEntry.objects.filter(verb__in=verbs, actor=cast.mona.uid).values_list("verb", flat=True)) == verbs


def test_nothing_of_others_and_nothing_of_another_room_is_removed_by_its_key(cast: Cast) -> None:
    britt, own, post, _message = writing(cast)
    reply(by=cast.luc, thread=own, body="We neither.")
    elsewhere = ItemFactory(room=cast.schools, author=britt)
    close_account(by=britt, redact=True)
    request = RedactionRequest.objects.get(room=cast.families)
    others = [f"item:{post.thread.uid}", f"item:{elsewhere.uid}", *(f"post:{one.uid}" for one in own.posts.all())]
    assert actions.redact(by=cast.mona, request=request, chosen=others) == 0
    with pytest.raises(Invalid, match="Tick"):
        actions.redact(by=cast.mona, request=request, chosen=[])


def test_who_does_not_moderate_the_room_neither_looks_nor_removes_nor_answers(cast: Cast) -> None:
    britt, *_rest = writing(cast)
    close_account(by=britt, redact=True)
    request = RedactionRequest.objects.get()
    for person, refusal in ((cast.luc, Forbidden), (cast.vera, Forbidden), (cast.olga, Unseen)):
        with pytest.raises(refusal):
            actions.redact(by=person, request=request, chosen=["x"])
        with pytest.raises(refusal):
            actions.settle_redaction(by=person, request=request, done=True)
    assert RedactionRequest.objects.open().exists()


# --- the answer -----------------------------------------------------------------------------------


def letters() -> list[tuple[list[str], str]]:
    outbox.outbox.clear()
    mail.send_due()
    return [(letter.to, letter.body) for letter in outbox.outbox]


def test_who_wants_a_letter_gets_one_and_the_address_is_erased_with_it(cast: Cast) -> None:
    britt, *_rest = writing(cast)
    close_account(by=britt, redact=True, answer=True)
    letters()
    request = RedactionRequest.objects.get()
    assert request.answer_to == "britt@malmo.example"
    Room.objects.filter(pk=cast.families.pk).update(name="Called otherwise by now")
    actions.settle_redaction(by=cast.mona, request=request, done=False, reason="Others\nbuild on it.")
    [(_to, body)] = [one for one in letters() if one[0] == ["britt@malmo.example"]]
    assert "the room Families" in body
    assert "They have decided that it stays.\n\nOthers build on it." in body
    assert "otherwise" not in body
    request.refresh_from_db()
    assert (request.answer_to, request.answer_in, request.known_as) == ("", "", "")
    assert not any(to == ["britt@malmo.example"] for to, _body in letters())


def test_an_address_that_no_letter_reaches_is_erased_too(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    britt, *_rest = writing(cast)
    close_account(by=britt, redact=True, answer=True)
    request = RedactionRequest.objects.get()
    actions.settle_redaction(by=cast.mona, request=request, done=True)
    Mail.objects.filter(kind="redaction_settled").update(tries=mail.TRIES - 1)

    def unreachable(*_: Any, **__: Any) -> None:
        raise OSError("no such host")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", unreachable)
    mail.send_due()
    request.refresh_from_db()
    assert request.answer_to == ""


def test_an_answer_is_given_once_and_a_refusal_says_why(cast: Cast) -> None:
    britt, *_rest = writing(cast)
    close_account(by=britt, redact=True)
    request = RedactionRequest.objects.get()
    client = signed_in(cast.mona)
    address = f"{request.get_absolute_url()}settle/"
    refused = client.post(address, {"decision": "declined", "reason": " "})
    assert refused.status_code == 422
    assert "Say why it stays" in refused.content.decode()
    assert client.post(address, {"reason": "Old."}).status_code == 422
    assert (
        "It stays as it is"
        in client.post(address, {"decision": "declined", "reason": "Old."}, follow=True).content.decode()
    )
    with pytest.raises(Invalid, match="already"):
        actions.settle_redaction(by=cast.maud, request=request, done=True)
    with pytest.raises(Invalid, match="already"):
        actions.redact(by=cast.maud, request=request, chosen=["x"])
    assert not Notification.objects.filter(kind="redaction_asked").exists()
    assert not Mail.objects.filter(kind="redaction_settled").exists()
    entry = AuditEntry.objects.get(verb="network.redaction_declined")
    assert (entry.actor, entry.target, entry.room) == (cast.mona.uid, britt.uid, cast.families.uid)
    assert AuditDetail.objects.get(entry=entry.pk).data == {"reason": "Old."}


def test_a_request_is_erased_when_its_time_is_over_answered_or_not(cast: Cast) -> None:
    britt, *_rest = writing(cast)
    close_account(by=britt, redact=True, answer=True)
    assert old_redactions(clock.now() - timedelta(days=1)) == 0
    assert old_redactions(clock.now() + timedelta(days=1)) == 1
    assert not RedactionRequest.objects.exists()
    assert ADDRESS not in signed_in(cast.mona).get("/notifications/").content.decode()


# --- the page -------------------------------------------------------------------------------------


def test_the_page_says_first_who_is_asked_and_what_is_not_taken_away(cast: Cast) -> None:
    britt, *_rest = writing(cast)
    client = signed_in(britt)
    page = client.get("/accounts/close/").content.decode()
    for words in (
        "Families",
        "Chatham House Rule",
        "Direct rooms have no moderators",
        "britt@malmo.example",
        "365 days",
    ):
        assert words in page
    assert 'name="redact"' not in signed_in(cast.olga).get("/accounts/close/").content.decode()
    refused = client.post("/accounts/close/", {"sure": "on", "note": "The school."})
    assert refused.status_code == 422
    assert "Tick this if the moderators are to be asked" in refused.content.decode()
    assert User.objects.get(pk=britt.pk).is_active
    sent = {"sure": "on", "redact": "on", "note": "The school.", "answer": "on"}
    done = client.post("/accounts/close/", sent, follow=True).content.decode()
    assert "have been asked to take away" in done
    assert RedactionRequest.objects.get().answer_to == "britt@malmo.example"


def test_a_room_that_one_does_not_know_of_any_more_is_asked_but_not_named(cast: Cast) -> None:
    britt = somebody(cast)
    ItemFactory(room=cast.steering, author=britt)
    page = signed_in(britt).get("/accounts/close/").content.decode()
    assert "1 room that you do not know of any more" in page
    assert "Steering" not in page
    close_account(by=britt, redact=True, answer=True)
    request = RedactionRequest.objects.get()
    assert (request.room, request.known_as) == (cast.steering, "")
