"""Documents attached to what one writes: each reader sees of them what each item's own label lets them see."""

from __future__ import annotations

import hashlib
import threading
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.actions.documents import share_document
from exchange.models import Blob, Document, PracticeSheet
from forums import reading, targets
from forums.actions import cases, moderation, proposals, threads
from forums.models import Attachment, Case, Post, Thread
from forums.models.cases import Action, Decision, Ground
from forums.models.proposals import Proposal
from forums.rows import Page
from network.actions import items
from network.labels import Label
from network.models import AuditDetail, AuditEntry, Item, Room, SearchEntry, State, User
from network.refusals import Forbidden, Invalid
from network.templatetags.look import filesize
from tests.cast import Cast
from tests.drawing import examples
from tests.exchange.making import publish
from tests.forums.test_discussing import start
from tests.forums.test_properties import undone

pytestmark = pytest.mark.django_db


def paper(name: str = "plan.txt", words: bytes = b"How we begin.") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, words)


def shared(by: User, room: Room, title: str = "Guide", **words: Any) -> Document:
    return share_document(by=by, room=room, title=title, file=paper(words=title.encode()), **words)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def hanging(post: Post, reader: User) -> list[str]:
    """The titles that this reader finds below the post."""
    thread = reading.fetch(reader, post.thread.uid)
    row = Page(thread, reader, moderates=thread.moderates).one(post.uid)
    return [one["title"] for one in row["attached"] or ()] if row else []


def test_a_reply_carries_what_is_in_the_room_and_what_is_new(cast: Cast) -> None:
    thread = start(cast)
    guide = shared(cast.luc, cast.families)
    post = threads.reply(
        by=cast.anna, thread=thread, body="See these.", attach=[guide.uid], files=[paper(), paper("list.txt", b"One")]
    )
    assert hanging(post, cast.luc) == ["Guide", "plan", "list"]
    page = signed_in(cast.luc).get(thread.get_absolute_url()).content.decode()
    assert f'href="/documents/{guide.uid}/"' in page
    assert 'type="file" name="file"' in page
    assert "multiple" in page
    assert f"TXT, {filesize(13)}" in page
    plan = Document.objects.get(title="plan")
    assert (plan.author, plan.partner, plan.room, plan.label) == (cast.anna, cast.malmo, cast.families, Label.AMBER)
    assert plan.newest is not None
    assert Blob.objects.filter(versions=plan.newest).exists()


def test_an_opening_and_a_comment_carry_documents_too(cast: Cast) -> None:
    thread = start(cast, files=[paper()])
    assert hanging(Post.objects.get(thread=thread), cast.anna) == ["plan"]
    guide = shared(cast.luc, cast.families, tlp=Label.GREEN)
    comment = threads.comment_on(by=cast.anna, item=guide, room=cast.families, body="Ours.", files=[paper("our.txt")])
    assert hanging(comment, cast.luc) == ["our"]
    assert Document.objects.get(title="our").label == Label.GREEN


def test_a_new_file_goes_no_further_than_the_discussion(cast: Cast) -> None:
    red = start(cast, tlp=Label.RED, named_people=[cast.anna, cast.carlo])
    threads.reply(by=cast.anna, thread=red, body="Here.", files=[paper("red.txt", b"Red")])
    document = Document.objects.get(title="red")
    assert (document.label, set(document.named_people.all())) == (Label.RED, {cast.luc, cast.carlo})
    strict = start(cast, tlp=Label.AMBER_STRICT, named_partners=[cast.malmo])
    threads.reply(by=cast.anna, thread=strict, body="Here.", files=[paper("strict.txt", b"Strict")])
    document = Document.objects.get(title="strict")
    assert (document.label, document.partner) == (Label.AMBER_STRICT, cast.malmo)
    assert list(document.named_partners.all()) == [cast.liege]


def test_where_two_strict_labels_meet_no_new_file_is_taken(cast: Cast) -> None:
    guide = shared(cast.luc, cast.families, tlp=Label.RED, named_people=[cast.anna])
    comment = threads.comment_on(by=cast.anna, item=guide, room=cast.families, body="Ours.", files=[paper()])
    assert Document.objects.get(title="plan").label == Label.RED
    Item.objects.filter(pk=comment.thread_id).update(tlp=Label.AMBER_STRICT)
    comment.thread.named_partners.set([cast.malmo])
    with pytest.raises(Invalid) as refused:
        threads.reply(by=cast.anna, thread=comment.thread, body="More.", files=[paper("more.txt", b"More")])
    assert refused.value.field == "file"
    assert not Document.objects.filter(title="more").exists()


def test_under_the_rule_no_new_file_names_its_bringer(cast: Cast) -> None:
    thread = start(cast, chatham=True)
    guide = shared(cast.carlo, cast.families)
    with pytest.raises(Invalid) as refused:
        threads.reply(by=cast.anna, thread=thread, body="Here.", files=[paper()])
    assert refused.value.field == "file"
    assert Document.objects.count() == 1
    post = threads.reply(by=cast.anna, thread=thread, body="Here.", attach=[guide.uid])
    page = signed_in(cast.luc).get(thread.get_absolute_url()).content.decode()
    assert guide.title in page
    for who in (cast.carlo.name, cast.anna.name, cast.malmo.short_name, cast.augsburg.short_name):
        assert who not in page
    assert hanging(post, cast.luc) == ["Guide"]
    answered = signed_in(cast.anna).post(f"{thread.get_absolute_url()}reply/", {"body": "One.", "file": paper()})
    assert answered.status_code == 422
    assert "it would stand in the room with your name" in answered.content.decode()


def test_what_one_does_not_see_or_is_elsewhere_cannot_be_attached(cast: Cast) -> None:
    thread = start(cast)
    secret = shared(cast.luc, cast.families, "Secret", tlp=Label.RED, named_people=[cast.carlo])
    elsewhere = shared(cast.luc, cast.schools, "Elsewhere")
    gone = shared(cast.luc, cast.families, "Gone")
    Item.objects.filter(pk=gone.pk).update(state=State.REMOVED)
    for one in (secret.uid, elsewhere.uid, gone.uid, thread.uid, uuid.uuid4()):
        with pytest.raises(Invalid) as refused:
            threads.reply(by=cast.anna, thread=thread, body="See this.", attach=[one])
        assert refused.value.field == "attach"
    assert Post.objects.filter(thread=thread).count() == 1


def test_ten_at_most(cast: Cast) -> None:
    thread = start(cast)
    guide = shared(cast.luc, cast.families)
    many = [paper(f"{n}.txt", str(n).encode()) for n in range(10)]
    with pytest.raises(Invalid):
        threads.reply(by=cast.anna, thread=thread, body="See.", attach=[guide.uid], files=many)
    assert Document.objects.count() == 1
    post = threads.reply(by=cast.anna, thread=thread, body="See.", files=many)
    assert len(hanging(post, cast.luc)) == 10


def test_a_file_that_is_not_taken_is_named_and_nothing_is_kept(cast: Cast) -> None:
    thread = start(cast)
    client = signed_in(cast.anna)
    bad = SimpleUploadedFile("run.exe", b"MZ\x90\x00" + b"\0" * 60)
    answer = client.post(f"{thread.get_absolute_url()}reply/", {"body": "My own words.", "file": [paper(), bad]})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "run.exe" in page
    assert "My own words." in page
    assert "Choose your files again" in page
    assert (Post.objects.count(), Document.objects.count(), Blob.objects.count()) == (1, 0, 0)


def test_a_file_that_is_too_large_is_refused_at_its_field(cast: Cast, settings: Any) -> None:
    settings.LIAISE_MAX_UPLOAD_MB = 1
    thread = start(cast)
    large = paper("large.txt", b"x" * 2_100_000)
    answer = signed_in(cast.anna).post(f"{thread.get_absolute_url()}reply/", {"body": "My own words.", "file": large})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "A file may have up to" in page
    assert "My own words." in page
    assert Post.objects.count() == 1


def test_with_a_scanner_a_file_waits_and_an_infected_one_is_handed_to_nobody(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exchange.scanner.is_configured", lambda: True)
    thread = start(cast)
    threads.reply(by=cast.anna, thread=thread, body="Here.", files=[paper()])
    document = Document.objects.get()
    assert document.newest is not None
    assert document.newest.blob.scan == Blob.Scan.WAITING
    Blob.objects.update(scan=Blob.Scan.INFECTED, virus="Eicar")
    assert signed_in(cast.luc).get(f"/documents/{document.uid}/download/").status_code != 200


def test_held_posts_hold_their_files_and_both_stand_together(cast: Cast) -> None:
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    thread = start(cast, by=cast.mona, room=Room.objects.get(pk=cast.families.pk))
    post = threads.reply(by=cast.anna, thread=thread, body="Here.", files=[paper()])
    document = Document.objects.get()
    assert (post.state, document.state) == (State.HELD, State.HELD)
    assert hanging(post, cast.luc) == []
    assert hanging(post, cast.mona) == ["plan"]
    moderation.approve_post(by=cast.mona, post=post)
    document.refresh_from_db()
    assert document.state == State.PUBLISHED
    assert hanging(post, cast.luc) == ["plan"]
    opened = start(cast, by=cast.carlo, room=Room.objects.get(pk=cast.families.pk), files=[paper("o.txt", b"o")])
    items.approve(by=cast.mona, item=opened)
    assert hanging(Post.objects.get(thread=opened), cast.luc) == ["o"]


def test_a_removed_post_shows_nothing_and_its_document_stays(cast: Cast) -> None:
    thread = start(cast)
    post = threads.reply(by=cast.anna, thread=thread, body="Here.", files=[paper()])
    moderation.remove_post(by=cast.mona, post=post, reason="Why.")
    page = signed_in(cast.luc).get(thread.get_absolute_url()).content.decode()
    assert "plan" not in page
    assert Document.objects.get().state == State.PUBLISHED
    moderation.approve_post(by=cast.mona, post=post)
    assert hanging(post, cast.luc) == ["plan"]


def erase(cast: Cast, kind: str, row: Any) -> None:
    target = targets.seen_by(cast.carlo, kind, row.uid)
    case = cases.report(by=cast.carlo, target=target, ground=Ground.PERSONAL).case
    cases.take_case(by=cast.maud, case=case)
    words: Any = {"action": Action.REDACTED, "ground": Ground.PERSONAL, "facts": "It names a child."}
    cases.decide_case(by=cast.maud, case=Case.objects.get(pk=case.pk), **words)
    proposals.confirm(by=cast.clara, proposal=Proposal.objects.get(case=case, settled_at=None))


@pytest.mark.parametrize("opening", [True, False])
def test_erasing_takes_away_what_came_with_the_post_alone(cast: Cast, opening: bool) -> None:
    guide = shared(cast.luc, cast.families)
    both = {"attach": [guide.uid], "files": [paper(), paper("twice.txt", b"2")]}
    thread = start(cast, by=cast.anna, **(both if opening else {}))
    answer = {} if opening else both
    post = threads.reply(by=cast.anna, thread=thread, body="Here.", **answer)
    if opening:
        post = Post.objects.get(thread=thread, parent=None)
    twice = Document.objects.get(title="twice")
    threads.reply(by=cast.luc, thread=thread, body="Again.", attach=[twice.uid])
    erase(cast, "item" if opening else "post", thread if opening else post)
    assert not Attachment.objects.filter(post=post).exists()
    assert not Document.objects.filter(title="plan").exists()
    gone = Document.objects.get(title="Erased")
    assert (gone.state, gone.newest, gone.versions.exists()) == (State.REMOVED, None, False)
    assert not Blob.objects.filter(sha256=hashlib.sha256(b"How we begin.").hexdigest()).exists()
    entries = AuditEntry.objects.filter(target=gone.uid, verb="exchange.document_shared")
    assert entries.exists()
    assert not AuditDetail.objects.filter(entry__in=entries.values("pk")).exists()
    for person in (cast.maud, cast.anna):
        for page in ("documents/", "documents/bin/", ""):
            assert signed_in(person).get(f"/rooms/{cast.families.slug}/{page}").status_code == 200
    assert {Document.objects.get(title=title).state for title in ("Guide", "twice")} == {State.PUBLISHED}


def test_a_document_as_such_is_erased_with_all_its_bytes(cast: Cast) -> None:
    document = shared(cast.anna, cast.families)
    sums = list(Blob.objects.filter(versions__document=document).values_list("pk", flat=True))
    assert sums
    erase(cast, "item", document)
    gone = Document.objects.get(pk=document.pk)
    assert (gone.title, gone.state, gone.newest, gone.versions.exists()) == ("Erased", State.REMOVED, None, False)
    assert not Blob.objects.filter(pk__in=sums).exists()
    assert not SearchEntry.objects.filter(item=gone).exists()
    assert Decision.objects.get().action == Action.REDACTED
    for person in (cast.maud, cast.anna):
        assert "Guide" not in signed_in(person).get(f"/rooms/{cast.families.slug}/documents/").content.decode()
    assert signed_in(cast.anna).get(f"/decisions/{Decision.objects.get().uid}/").status_code == 200


def test_of_a_practice_sheet_that_is_erased_no_word_is_left(cast: Cast) -> None:
    sheet = publish(cast, by=cast.anna)
    words = (sheet.title, sheet.summary, sheet.objectives, sheet.methodology, sheet.activities)
    erase(cast, "item", sheet)
    gone = PracticeSheet.objects.get()
    assert (gone.title, gone.state, gone.city) == ("Erased", State.REMOVED, "")
    assert not any((gone.summary, gone.objectives, gone.methodology, gone.activities))
    assert not SearchEntry.objects.filter(item=gone).exists()
    page = signed_in(cast.maud).get(gone.get_absolute_url()).content.decode()
    assert not any(one in page for one in words)


def test_sent_twice_it_is_one_post_and_one_document_and_another_file_is_no_retry(cast: Cast) -> None:
    thread = start(cast)
    guide = shared(cast.luc, cast.families)
    once = uuid.uuid4()
    words: dict[str, Any] = {"by": cast.anna, "thread": thread, "body": "Here.", "once": once, "attach": [guide.uid]}
    first = threads.reply(**words, files=[paper()])
    assert threads.reply(**words, files=[paper()]) == first
    assert (Post.objects.count(), Document.objects.count()) == (2, 2)
    other = threads.reply(**words, files=[paper("other.txt", b"Other")])
    assert other != first
    assert hanging(other, cast.luc) == ["Guide", "other"]
    words = {"by": cast.anna, "title": "With a paper", "once": uuid.uuid4()}
    assert start(cast, **words, files=[paper("a.txt", b"a")]) == start(cast, **words, files=[paper("a.txt", b"a")])
    assert Thread.objects.filter(title="With a paper").count() == 1


@pytest.mark.django_db(transaction=True)
def test_sent_twice_at_once_it_is_one_post_and_one_document(cast: Cast) -> None:
    thread = start(cast)
    once = uuid.uuid4()

    def send() -> None:
        try:
            threads.reply(by=cast.anna, thread=thread, body="Here.", once=once, files=[paper()])
        finally:
            connection.close()

    senders = [threading.Thread(target=send) for _ in range(3)]
    for one in senders:
        one.start()
    for one in senders:
        one.join()
    assert (Post.objects.count(), Document.objects.count(), Attachment.objects.count()) == (2, 1, 1)


def test_who_may_not_reply_stores_nothing(cast: Cast) -> None:
    thread = start(cast)
    with pytest.raises(Forbidden):
        threads.reply(by=cast.vera, thread=thread, body="Here.", files=[paper()])
    assert not Blob.objects.exists()


def test_one_looks_for_documents_without_losing_what_one_wrote(cast: Cast) -> None:
    thread = start(cast)
    guide, other = shared(cast.luc, cast.families, "Guide for hosts"), shared(cast.luc, cast.families, "Minutes")
    shared(cast.luc, cast.families, "Guide of others", tlp=Label.RED, named_people=[cast.carlo])
    client = signed_in(cast.anna)
    address = f"{thread.get_absolute_url()}reply/"
    looked = client.post(address, {"body": "See these", "look_for": "1", "find": "guide", "attach": [str(other.uid)]})
    page = looked.content.decode()
    assert looked.status_code == 200
    assert "See these" in page
    assert "Guide for hosts" in page
    assert "Guide of others" not in page
    assert f'value="{other.uid}" checked' in page
    assert Post.objects.count() == 1
    sent = client.post(address, {"body": "See these", "attach": [str(other.uid), str(guide.uid)]})
    assert sent.status_code == 302
    assert hanging(Post.objects.latest("pk"), cast.luc) == ["Minutes", "Guide for hosts"]
    none = client.post(address, {"body": "", "look_for": "1", "find": "nothing of that name"})
    assert "No document of this room has these words" in none.content.decode()
    assert client.post(address, {"body": "x", "attach": ["no key"]}).status_code == 422
    new = "/rooms/families/discussions/new/"
    looked = client.post(new, {"title": "A new one", "look_for": "1", "find": "minutes"})
    assert "A new one" in looked.content.decode()
    assert str(other.uid) in looked.content.decode()
    made = client.post(new, {"title": "A new one", "body": "Words.", "attach": [str(other.uid)], "file": paper()})
    assert made.status_code == 302
    assert hanging(Post.objects.latest("pk"), cast.luc) == ["Minutes", "plan"]


def test_attachments_cost_one_question_however_many(cast: Cast) -> None:
    thread = start(cast)
    client = signed_in(cast.luc)

    def asked() -> int:
        client.get(thread.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            client.get(thread.get_absolute_url())
        return len(queries)

    threads.reply(by=cast.anna, thread=thread, body="Here.")
    without = asked()
    threads.reply(by=cast.anna, thread=thread, body="Here.", files=[paper()])
    assert asked() == without + 1 <= 13
    for n in range(4):
        files = [paper(f"{n} {m}.txt", f"{n} {m}".encode()) for m in range(3)]
        threads.reply(by=cast.anna, thread=thread, body="Here.", files=files)
    assert asked() == without + 1


PEOPLE = ("luc", "anna", "carlo", "mona", "vera", "maud", "clara")


@settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    label=st.sampled_from(Label),
    own=st.sampled_from(Label),
    state=st.sampled_from(State),
    named=st.sets(st.sampled_from(PEOPLE)),
)
def test_each_reader_sees_below_a_post_what_they_see_by_itself(
    cast: Cast, label: Label, own: Label, state: str, named: set[str]
) -> None:
    with undone():
        people = [getattr(cast, name) for name in sorted(named)]
        thread = start(cast)
        guide = shared(cast.luc, cast.families)
        post = threads.reply(by=cast.luc, thread=thread, body="Here.", attach=[guide.uid])
        Item.objects.filter(pk=thread.pk).update(tlp=label)
        Item.objects.filter(pk=guide.pk).update(tlp=own, state=state)
        thread.named_people.set([getattr(cast, name) for name in PEOPLE])
        thread.named_partners.set([cast.malmo, cast.augsburg])
        guide.named_people.set(people)
        guide.named_partners.set([cast.malmo])
        for name in PEOPLE:
            reader = getattr(cast, name)
            if not Thread.objects.seen_inside_by(reader).filter(pk=thread.pk).exists():
                continue
            sees = Document.objects.visible_to(reader).exclude(state=State.REMOVED).filter(pk=guide.pk).exists()
            assert hanging(post, reader) == (["Guide"] if sees else []), name


@settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(label=st.sampled_from(Label), named=st.sets(st.sampled_from(PEOPLE)), writer=st.sampled_from(["luc", "anna"]))
def test_nobody_reads_a_new_file_who_does_not_read_the_discussion(
    cast: Cast, label: Label, named: set[str], writer: str
) -> None:
    with undone():
        people = [getattr(cast, name) for name in sorted(named | {"anna"} - {"luc"}) if name != "luc"]
        words: dict[str, Any] = {"named_people": people} if label == Label.RED else {}
        words |= {"named_partners": [cast.malmo]} if label == Label.AMBER_STRICT else {}
        thread = start(cast, tlp=label, **words)
        threads.reply(by=getattr(cast, writer), thread=thread, body="Here.", files=[paper()])
        document = Document.objects.get(title="plan")
        for person in User.objects.all():
            reads = Document.objects.visible_to(person, assured=True).filter(pk=document.pk).exists()
            assert not reads or Thread.objects.visible_to(person, assured=True).filter(pk=thread.pk).exists(), person
