"""Everything of one's own in one ZIP: all of it, nothing of others', for its person alone and for 48 hours."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import archive, tasks
from accounts.actions import exports as actions
from accounts.models import Export
from exchange.actions.documents import share_document
from exchange.models import Document, Version
from forums.actions.chat import say
from forums.actions.threads import comment_on, reply, start_thread
from network import clock, mail
from network.actions.rooms import open_direct_room
from network.audit import record
from network.labels import Label
from network.models import Item, PersonGrant, User
from network.refusals import Invalid
from tests.cast import Cast
from tests.drawing import examples
from tests.stage import set_stage
from workshops.actions.meetings import announce


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Any, settings: Any) -> None:
    """Files of these tests lie apart."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }


def made_for(person: User) -> Export:
    """An export that was asked for and made."""
    export = actions.ask_for_export(by=person)
    tasks.make_export(export.pk)
    export.refresh_from_db()
    return export


def opened(person: User) -> zipfile.ZipFile:
    """The archive of this person as it would be written now."""
    into = io.BytesIO()
    archive.write(person, into)
    return zipfile.ZipFile(into)


def rows(zipped: zipfile.ZipFile, kind: str) -> list[dict[str, Any]]:
    return json.loads(zipped.read(f"{kind}.json"))


def text_of(zipped: zipfile.ZipFile) -> str:
    return "\n".join(zipped.read(name).decode() for name in zipped.namelist())


def files_kept() -> list[str]:
    return default_storage.listdir(actions.FOLDER)[1] if default_storage.exists(actions.FOLDER) else []


def test_asked_for_made_told_and_fetched(client: Client, cast: Cast) -> None:
    set_stage(cast)
    client.force_login(cast.anna)
    assert "Ask for my export" in client.get("/accounts/export/").content.decode()
    assert client.post("/accounts/export/").url == "/accounts/export/"
    export = Export.objects.get(user=cast.anna)
    assert "waits for its turn" in client.get("/accounts/export/").content.decode()
    tasks.make_export(export.pk)
    mail.send_due()
    [letter] = [one for one in outbox.outbox if one.to == [cast.anna.email] and "export" in one.subject]
    address = f"/accounts/export/{export.uid}/"
    assert address in letter.body
    assert address in client.get("/accounts/export/").content.decode()
    response = client.get(address)
    assert response.headers["Content-Type"] == "application/zip"
    assert "attachment" in response.headers["Content-Disposition"]
    zipped = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    assert zipped.testzip() is None
    assert {row["body"] for row in rows(zipped, "posts")} == {"We say so first.", "At the school of …", "Thank you."}
    assert [row["body"] for row in rows(zipped, "messages")] == ["Good morning."]
    assert [row["state"] for row in rows(zipped, "registrations")] == ["registered"]
    assert rows(zipped, "profile")[0]["email"] == cast.anna.email
    about = json.loads(zipped.read("about.json"))
    assert about["kinds"]["posts.json"]["rows"] == 3
    assert about["missing_files"] == []


def test_files_are_in_it_under_names_that_harm_nobody(cast: Cast) -> None:
    stage = set_stage(cast)
    Version.objects.filter(document=stage.document).update(name="../../etc/pass\u202ewd\\..\\CON\x07.txt")
    zipped = opened(cast.luc)
    [row] = [row for row in rows(zipped, "files") if row["document"] == stage.document.get_absolute_url()]
    assert zipped.read(row["file"]) == b"How we speak."
    for name in zipped.namelist():
        assert not name.startswith("/")
        assert ".." not in name.split("/")
        assert "\\" not in name
        assert name.isprintable()


def test_a_file_that_the_store_lost_is_named_and_the_rest_is_there(cast: Cast) -> None:
    stage = set_stage(cast)
    default_storage.delete(Version.objects.get(document=stage.document).blob.path)
    zipped = opened(cast.luc)
    [row] = [row for row in rows(zipped, "files") if row["document"] == stage.document.get_absolute_url()]
    assert json.loads(zipped.read("about.json"))["missing_files"] == [row["file"]]
    assert row["file"] not in zipped.namelist()


# --- one's own, and nothing else ------------------------------------------------------------------

WRITERS = ("anna", "luc", "mona", "carlo")
KINDS = ("discussion", "reply", "comment", "message", "document", "workshop")


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def write(cast: Cast, kind: str, person: User, word: str, thread: Any, document: Document) -> None:
    room = cast.families
    if kind == "discussion":
        start_thread(by=person, room=room, title=word, body=word)
    elif kind == "reply":
        reply(by=person, thread=thread, body=word)
    elif kind == "comment":
        comment_on(by=person, item=document, room=room, body=word)
    elif kind == "message":
        say(by=person, room=room, body=word, client_id=uuid.uuid4())
    elif kind == "document":
        file = SimpleUploadedFile(f"{word}.txt", word.encode())
        share_document(by=person, room=room, title=word, description=word, file=file)
    else:
        start = clock.now() + timedelta(days=9)
        announce(by=person, room=room, title=word, description=word, starts_at=start, ends_at=start + timedelta(1))


@settings(max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    written=st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(WRITERS)), min_size=1, max_size=8),
    chatham=st.booleans(),
    label=st.sampled_from(Label),
    lost=st.booleans(),
    who=st.sampled_from(WRITERS),
)
def test_ones_own_words_are_all_there_and_nothing_that_others_wrote(
    cast: Cast, written: list[tuple[str, str]], chatham: bool, label: Label, lost: bool, who: str
) -> None:
    with undone():
        thread = start_thread(by=cast.maud, room=cast.families, title="Wordofmaud", body="Wordofmaud", chatham=chatham)
        file = SimpleUploadedFile("wordofmaud.txt", b"Wordofmaud")
        document = share_document(by=cast.maud, room=cast.families, title="Wordofmaud", file=file)
        person = getattr(cast, who)
        own, others = set(), {"Wordofmaud", "wordofmaud"}
        for number, (kind, name) in enumerate(written):
            word = f"Word{number}of{name}"
            write(cast, kind, getattr(cast, name), word, thread, document)
            (own if name == who else others).add(word)
        Item.objects.filter(room=cast.families).update(tlp=label)
        if lost:
            PersonGrant.objects.filter(user=person).delete()
            cast.families.partner_grants.all().delete()
        zipped = opened(person)
        said = text_of(zipped) + "".join(zipped.namelist())
        assert {word for word in own if word not in said} == set()
        assert {word for word in others if word in said} == set()
        names = {one.name for one in User.objects.exclude(pk=person.pk)}
        assert {name for name in names if name in said} == set()


def test_what_a_colleague_rewrote_is_theirs_only_while_they_see_it(cast: Cast) -> None:
    stage = set_stage(cast)
    sheet = stage.practice
    colleague = cast.maud
    sheet.co_authors.add(colleague)
    with transaction.atomic():
        record("exchange.sheet_revised", by=colleague, target=sheet, room=sheet.room)
    sheet.__class__.objects.filter(pk=sheet.pk).update(methodology="Words of Maud.")
    assert "Words of Maud." in text_of(opened(cast.luc))
    cast.families.partner_grants.all().delete()
    sheet.placements.all().delete()
    said = text_of(opened(cast.luc))
    assert "Words of Maud." not in said
    assert sheet.get_absolute_url() in said


def test_under_the_chatham_house_rule_ones_own_number_is_there_and_no_other(cast: Cast) -> None:
    thread = start_thread(by=cast.luc, room=cast.families, title="T", body="B", chatham=True)
    reply(by=cast.anna, thread=thread, body="One.")
    reply(by=cast.mona, thread=thread, body="Two.")
    [row] = rows(opened(cast.mona), "chatham-house")
    assert row["number"] == 3
    assert [post["partner"] for post in rows(opened(cast.mona), "posts")] == [None]


def test_rooms_are_named_while_one_views_them_and_direct_rooms_never(cast: Cast) -> None:
    open_direct_room(by=cast.carlo, people=[cast.luc])

    def places() -> set[str]:
        return {row["room"] for row in rows(opened(cast.carlo), "places")}

    assert places() == {"", "Families"}
    PersonGrant.objects.filter(user=cast.carlo, content_object=cast.families).update(until=clock.now())
    assert places() == {""}


# --- whose link it is -----------------------------------------------------------------------------


def test_the_link_of_somebody_else_is_nothing_and_a_stranger_signs_in(client: Client, cast: Cast) -> None:
    address = f"/accounts/export/{made_for(cast.anna).uid}/"
    assert client.get(address).url.startswith("/accounts/login/?next=")
    for other in (cast.mona, cast.clara):
        client.force_login(other)
        assert client.get(address).status_code == 404


def test_it_can_be_fetched_for_48_hours_to_the_second_and_the_file_goes(client: Client, cast: Cast) -> None:
    export = made_for(cast.anna)
    assert export.ready_at is not None
    end = export.ready_at + timedelta(hours=48)
    client.force_login(cast.anna)
    address = f"/accounts/export/{export.uid}/"
    with clock.at(end - timedelta(seconds=1)):
        tasks.remove_old_exports()
        assert client.get(address).status_code == 200
    with clock.at(end):
        assert client.get(address).status_code == 404
        assert "Ask for my export" in client.get("/accounts/export/").content.decode()
        tasks.remove_old_exports()
        tasks.remove_old_exports()
    assert not Export.objects.exists()
    assert files_kept() == []


def test_restricted_words_leave_only_by_a_session_with_a_second_factor(
    client: Client, cast: Cast, settings: Any
) -> None:
    settings.LIAISE_REQUIRE_MFA = True
    free = made_for(cast.carlo)
    client.force_login(cast.carlo)
    assert client.get(f"/accounts/export/{free.uid}/").status_code == 200
    thread = start_thread(by=cast.anna, room=cast.families, title="T", body="B", tlp=Label.RED)
    export = made_for(cast.anna)
    client.force_login(cast.anna)
    assert client.get(f"/accounts/export/{export.uid}/").status_code == 403
    page = client.get("/accounts/export/").content.decode()
    assert "Fetch the ZIP" not in page
    session = client.session
    session["assured_at"] = clock.now().isoformat()
    session.save()
    assert client.get(f"/accounts/export/{export.uid}/").status_code == 200
    assert thread.label == Label.RED


# --- once -----------------------------------------------------------------------------------------


def test_asked_twice_it_is_made_once_and_again_after_a_day(client: Client, cast: Cast) -> None:
    first = actions.ask_for_export(by=cast.anna)
    assert actions.ask_for_export(by=cast.anna) == first
    tasks.make_export(first.pk)
    with pytest.raises(Invalid):
        actions.ask_for_export(by=cast.anna)
    client.force_login(cast.anna)
    refused = client.post("/accounts/export/")
    assert refused.status_code == 422
    assert "in the last 24 hours" in refused.content.decode()
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        assert actions.ask_for_export(by=cast.anna) != first


def test_a_task_that_runs_twice_makes_one_zip_and_one_letter(cast: Cast) -> None:
    export = made_for(cast.anna)
    tasks.make_export(export.pk)
    assert len(files_kept()) == 1
    mail.send_due()
    assert len([one for one in outbox.outbox if one.to == [cast.anna.email]]) == 1


@pytest.mark.parametrize("step", ["write", "store", "finish"])
def test_cut_off_at_any_step_it_is_made_all_the_same(cast: Cast, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    export = actions.ask_for_export(by=cast.anna)

    class Killed(BaseException):
        pass

    def kill(*args: Any, **kwargs: Any) -> None:
        raise Killed

    owner, name = {
        "write": (archive, "_write_files"),
        "store": (default_storage, "save"),
        "finish": (tasks, "finish_export"),
    }[step]
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, kill)
        with pytest.raises(Killed):
            tasks.make_export(export.pk)
    tasks.make_export(export.pk)
    export.refresh_from_db()
    assert export.ready_at is not None
    with default_storage.open(export.file) as file:
        assert zipfile.ZipFile(file).testzip() is None
    # What was stored before the last step and belongs to no row goes with the next look after two days.
    with clock.at(clock.now() + timedelta(hours=47)):
        tasks.remove_old_exports()
    assert len(files_kept()) == (2 if step == "finish" else 1)
    with clock.at(clock.now() + timedelta(hours=49)):
        tasks.remove_old_exports()
    assert files_kept() == []


def test_two_at_the_same_time_leave_one_file(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    export = actions.ask_for_export(by=cast.anna)
    write = archive.write

    def slow(person: User, into: Any, **more: Any) -> None:
        monkeypatch.setattr(archive, "write", write)
        tasks.make_export(export.pk)  # another worker is faster
        write(person, into, **more)

    monkeypatch.setattr(archive, "write", slow)
    tasks.make_export(export.pk)
    export.refresh_from_db()
    assert [f"exports/{name}" for name in files_kept()] == [export.file]


def test_a_failure_is_said_and_mended_by_the_next_try(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = actions.ask_for_export(by=cast.anna)

    def full(*args: Any) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(default_storage, "save", full)
        with pytest.raises(OSError, match="no space"):
            tasks.make_export(export.pk)
    client.force_login(cast.anna)
    assert "tried again by itself" in client.get("/accounts/export/").content.decode()
    tasks.make_export(export.pk)
    assert "Fetch the ZIP" in client.get("/accounts/export/").content.decode()


def test_how_far_it_is_is_written_down_and_shown(client: Client, cast: Cast) -> None:
    set_stage(cast)
    Export.objects.all().delete()
    export = actions.ask_for_export(by=cast.luc)
    heard: list[tuple[int, int]] = []
    archive.write(cast.luc, io.BytesIO(), tell=lambda done, total: heard.append((done, total)))
    assert heard[0][0] == 0
    assert heard[-1][0] == heard[-1][1] == len(heard) - 1
    tasks.Teller(export.pk)(3, 12)
    client.force_login(cast.luc)
    part = client.get("/accounts/export/", headers={"HX-Request": "true"}).content.decode()
    assert "3 of 12 rows and files" in part
    assert "<html" not in part


def test_an_export_costs_the_same_number_of_questions_for_a_hundred_rows(cast: Cast) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            archive.write(cast.anna, io.BytesIO())
        return len(queries)

    thread = start_thread(by=cast.anna, room=cast.families, title="T", body="B")
    before = cost()
    for number in range(20):
        reply(by=cast.anna, thread=thread, body=f"{number}")
    assert cost() == before
