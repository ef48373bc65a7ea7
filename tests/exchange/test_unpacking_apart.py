"""An archive is unpacked beside the pages: cut off anywhere, asked about at the gate, with an account of it."""

from __future__ import annotations

import base64
import errno
import io
import re
import uuid
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from exchange import storage
from exchange.actions import unpacking
from exchange.actions.bin import put_in_bin
from exchange.actions.folders import make_folder, remove_folder
from exchange.actions.unpacking import MOST_TRIES, begin_unpacking, carry_on, carry_on_forgotten
from exchange.inspection import inspect
from exchange.models import Document, Folder, UnpackedFile, Unpacking, Upload
from exchange.permissions import check_follow_unpacking
from exchange.unpacking import NotRead
from network import clock, personal, retention
from network.actions import items
from network.background.queue import rows
from network.labels import Label
from network.models import Notification
from network.models.grants import PersonGrant
from network.notifications import in_words, visible_notices
from network.refusals import Invalid, NeedsSecondFactor
from tests.cast import Cast
from tests.exchange.making import PDF, share
from tests.exchange.making import once as key
from tests.exchange.sending import begin as announce
from tests.exchange.sending import sent, signed_in
from tests.exchange.test_unpacking import packed
from tests.working import work_off

pytestmark = [pytest.mark.django_db, pytest.mark.once]

TASK = "exchange.tasks.unpack"

ADDRESS = "/rooms/families/documents/unpack/"
THREE = {"a.txt": b"One.", "b/c.txt": b"Two.", "d.txt": b"Three."}


class Killed(BaseException):
    """What a worker hears no more of than of its own end."""


def begin(cast: Cast, files: dict[Any, bytes] | None = None, **other: Any) -> Unpacking:
    """Carlo, who contributes by a grant of his own, sends an archive to Families."""
    given = {"by": cast.carlo, "room": cast.families, "file": packed(THREE if files is None else files)}
    return begin_unpacking(**given | other)


def outcomes(row: Unpacking) -> dict[str, str]:
    return dict(row.files.values_list("shown", "outcome"))


def titles() -> list[str]:
    return sorted(Document.objects.values_list("title", flat=True))


def stored() -> int:
    """How many files lie in the store."""
    folders = default_storage.listdir(storage.FOLDER)[0] if default_storage.exists(storage.FOLDER) else []
    return sum(len(default_storage.listdir(f"{storage.FOLDER}/{one}")[1]) for one in folders)


def killed_at(monkeypatch: pytest.MonkeyPatch, name: str, number: int) -> None:
    """The worker is killed the `number`th time that it comes to this step."""
    real, count = getattr(unpacking, name), iter(range(1, 100))

    def step(*args: Any, **words: Any) -> Any:
        if next(count) == number:
            raise Killed
        return real(*args, **words)

    monkeypatch.setattr(unpacking, name, step)


# --- cut off, and done again ----------------------------------------------------------------------


@pytest.mark.parametrize("step", ["share_document", "_settle", "_finish"])
@pytest.mark.parametrize("number", [1, 2])
def test_a_worker_that_is_killed_in_the_middle_doubles_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, step: str, number: int
) -> None:
    row = begin(cast)
    with monkeypatch.context() as patch:
        killed_at(patch, step, 1 if step == "_finish" else number)
        with pytest.raises(Killed):
            carry_on(row.pk)
    for _again in range(2):
        carry_on(row.pk)
    assert titles() == ["a", "c", "d"]
    assert set(outcomes(row).values()) == {"shared"}
    assert Notification.objects.filter(user=cast.carlo, kind="unpacked").count() == 1


def test_what_was_renamed_before_the_retry_is_not_shared_once_more(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    row = begin(cast)
    with monkeypatch.context() as patch:
        killed_at(patch, "_settle", 1)
        with pytest.raises(Killed):
            carry_on(row.pk)
    document = Document.objects.get()
    items.relabel(by=cast.carlo, item=document, tlp=Label.GREEN)
    carry_on(row.pk)
    assert titles() == ["a", "c", "d"]


def test_a_file_that_ends_its_worker_each_time_is_given_up_and_the_others_are_shared(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = unpacking.share_document

    def deadly(**words: Any) -> Document:
        if words["title"] == "c":
            raise Killed
        return real(**words)

    row = begin(cast)
    monkeypatch.setattr(unpacking, "share_document", deadly)
    for _try in range(MOST_TRIES):
        with pytest.raises(Killed):
            carry_on(row.pk)
    carry_on(row.pk)
    assert outcomes(row) == {"a.txt": "shared", "b/c.txt": "left_out", "d.txt": "shared"}
    assert "on our side" in row.files.get(number=1).reason


def test_an_error_of_ours_stops_none_of_the_others_and_is_tried_again_after_a_pause(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = unpacking.share_document

    def failing(**words: Any) -> Document:
        if words["title"] == "c":
            raise RuntimeError("not today")
        return real(**words)

    row = begin(cast)
    with monkeypatch.context() as patch:
        patch.setattr(unpacking, "share_document", failing)
        carry_on(row.pk)
    assert outcomes(row) == {"a.txt": "shared", "b/c.txt": "waiting", "d.txt": "shared"}
    again = rows.filter(args_kwargs__args=[TASK, row.pk]).order_by("enqueued_at").last()
    assert again is not None
    assert again.run_after > clock.now()
    page = signed_in(cast.carlo).get(row.get_absolute_url()).content.decode()
    assert "Tried again by itself" in page
    carry_on(row.pk)
    assert set(outcomes(row).values()) == {"shared"}


@pytest.mark.parametrize("first", ["shared", "left_out"])
def test_of_two_workers_at_one_file_the_one_that_shared_it_is_believed(cast: Cast, first: str) -> None:
    row = begin(cast)
    one = row.files.get(number=0)
    document = share(cast)

    def shared() -> None:
        unpacking._settle(one, unpacking.SHARED, document=document)

    def left_out() -> None:
        unpacking._settle(one, unpacking.LEFT_OUT, reason="In other hands.")

    for settle in (shared, left_out) if first == "shared" else (left_out, shared):
        settle()
    one.refresh_from_db()
    assert (one.outcome, one.document, one.reason) == ("shared", document, "")


def test_a_full_disk_leaves_nothing_half_shared_and_says_so_in_the_end(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = begin(cast)
    before = stored()

    def full(*_args: Any, **_words: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage, "_wait_for_disk", full)
    for number in range(MOST_TRIES):
        assert set(outcomes(row).values()) == {"waiting"}, number
        carry_on(row.pk)
    assert set(outcomes(row).values()) == {"left_out"}
    assert "no room left for files" in row.files.get(number=0).reason
    assert not Document.objects.exists()
    assert stored() <= before


def test_where_there_is_no_room_for_the_archive_the_form_says_so(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: Any, **_words: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage, "_wait_for_disk", full)
    before = stored()
    answer = signed_in(cast.carlo).post(ADDRESS, {"file": packed(THREE), "tlp": "GREEN", "once": key()})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "no room left for files" in page
    assert re.search(r'<input[^>]* value="GREEN"[^>]* checked', page)
    assert not Unpacking.objects.exists()
    assert stored() == before


def test_where_there_is_no_room_to_unpack_a_file_it_is_not_called_damaged(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        def write(self, _block: bytes) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_error: object) -> None: ...

    row = begin(cast)
    with monkeypatch.context() as patch:
        patch.setattr("exchange.unpacking.tempfile.TemporaryFile", Full)
        carry_on(row.pk)
    assert {one.reason for one in row.files.all()} == {str(storage.FULL)}
    carry_on(row.pk)
    assert set(outcomes(row).values()) == {"shared"}


class Failing(io.BytesIO):
    """A file of the store that cannot be read from its `number`th reading on; where `only`, that one fails alone."""

    def __init__(self, content: bytes, number: int, *, only: bool = False) -> None:
        super().__init__(content)
        self.number, self.only, self.count = number, only, 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.count += 1
        if self.count == self.number or (self.count > self.number and not self.only):
            raise OSError(errno.EIO, "Input/output error")
        return super().read(size)


def carried_on_with(monkeypatch: pytest.MonkeyPatch, row: Unpacking, **how: Any) -> Failing:
    """A turn during which the store fails, if the file is read so far."""
    with storage.read(row.path) as kept:
        file = Failing(kept.read(), **how)
    real = storage.read
    with monkeypatch.context() as patch:
        # Of other files of the store it gives what lies there.
        patch.setattr(storage, "read", lambda path: file if path == row.path else real(path))
        failed = 0
        try:
            carry_on(row.pk)
        except OSError as error:
            failed = error.errno or 0
    assert failed == (errno.EIO if file.count >= file.number else 0)
    return file


@pytest.mark.parametrize("only", [False, True])
def test_a_store_that_fails_wherever_it_is_read_loses_nothing_of_an_archive(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, only: bool
) -> None:
    for number in range(1, 40):
        row = begin(cast)
        for _again in range(MOST_TRIES + 1):
            file = carried_on_with(monkeypatch, row, number=number, only=only)
            assert set(outcomes(row).values()) <= {"waiting", "shared"}, number
        done = file.count < number
        carry_on(row.pk)
        assert outcomes(row) == dict.fromkeys(THREE, "shared"), number
        if done:
            break
    assert number > 10


def test_a_file_that_the_store_never_gives_holds_up_no_other_and_is_left_out_after_a_day(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = unpacking.unpacked

    def unpacked(file: Any, part: Any) -> Any:
        if part.name == "a.txt":
            raise NotRead(errno.EIO, "Input/output error")
        return real(file, part)

    row = begin(cast)
    monkeypatch.setattr(unpacking, "unpacked", unpacked)
    for _again in range(MOST_TRIES + 1):
        with pytest.raises(OSError, match="Input/output"):
            carry_on(row.pk)
        assert outcomes(row) == {"a.txt": "waiting", "b/c.txt": "shared", "d.txt": "shared"}
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        for _again in range(MOST_TRIES):
            carry_on(row.pk)
    assert outcomes(row)["a.txt"] == "left_out"
    assert "on our side" in row.files.get(number=0).reason


def test_where_the_archive_cannot_be_read_when_it_comes_it_is_not_called_damaged(cast: Cast) -> None:
    file = Failing(packed(THREE).read(), number=1)
    with pytest.raises(Invalid, match="does not answer"):
        begin(cast, file=file)


def test_what_has_lost_its_task_is_found_again(cast: Cast) -> None:
    row = begin(cast)
    rows.all().delete()
    carry_on_forgotten()
    assert set(outcomes(row).values()) == {"waiting"}
    with clock.at(clock.now() + timedelta(minutes=11)):
        carry_on_forgotten()
    assert set(outcomes(row).values()) == {"shared"}


def test_an_archive_that_is_missing_from_the_store_is_said_to_be(cast: Cast) -> None:
    row = begin(cast)
    storage.drop(row.path)
    carry_on(row.pk)
    assert "Please share it once more" in row.files.get(number=0).reason
    assert set(outcomes(row).values()) == {"left_out"}


def test_a_long_archive_lets_other_work_have_its_turn(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "A_TURN", -1)
    row = begin(cast)
    rows.all().delete()
    carry_on(row.pk)
    assert list(outcomes(row).values()).count("shared") == 1
    assert rows.filter(args_kwargs__args=[TASK, row.pk]).count() == 1


# --- the gate -------------------------------------------------------------------------------------


def test_who_loses_the_right_midway_gets_a_refusal_for_each_file_that_is_left(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = unpacking.share_document

    def share_and_lose(**words: Any) -> Document:
        document = real(**words)
        PersonGrant.objects.filter(user=cast.carlo).update(until=clock.now())
        return document

    row = begin(cast)
    monkeypatch.setattr(unpacking, "share_document", share_and_lose)
    carry_on(row.pk)
    assert outcomes(row) == {"a.txt": "shared", "b/c.txt": "left_out", "d.txt": "left_out"}
    assert row.files.get(number=1).reason == "You may no longer share in this room."
    # Nor is there a page, or a word of the room, for who is not in it any more.
    assert signed_in(cast.carlo).get(row.get_absolute_url()).status_code == 404
    assert not visible_notices(cast.carlo).filter(kind="unpacked").exists()


def test_who_is_named_and_leaves_meanwhile_is_not_named(cast: Cast) -> None:
    row = begin(cast, tlp=Label.RED, named_people=[cast.vera])
    PersonGrant.objects.filter(user=cast.vera).update(until=clock.now())
    carry_on(row.pk)
    assert not Document.objects.exists()
    assert "have a place in this room" in row.files.get(number=0).reason


NAMES = {"Case Dupont/Hearing/a.txt": b"One.", "b.txt": b"Two."}


@pytest.mark.parametrize("label", [Label.AMBER_STRICT, Label.RED])
def test_above_amber_no_folder_tells_the_room_what_is_in_the_archive(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, label: Label
) -> None:
    folder = make_folder(by=cast.carlo, room=cast.families, name="Cases")
    names = {"named_people": [cast.vera]} if label is Label.RED else {"named_partners": [cast.malmo]}
    row = begin(cast, NAMES, by=cast.luc, tlp=label, folder=folder, **names)
    with monkeypatch.context() as patch:
        killed_at(patch, "_settle", 1)
        with pytest.raises(Killed):
            carry_on(row.pk)
    carry_on(row.pk)
    assert sorted(Document.objects.values_list("title", "folder__name")) == [("a", "Cases"), ("b", "Cases")]
    assert list(Folder.objects.values_list("name", flat=True)) == ["Cases"]
    page = signed_in(cast.luc).get(row.get_absolute_url()).content.decode()
    assert "The folders of the archive are left out" in page


@pytest.mark.parametrize("label", [Label.CLEAR, Label.GREEN, Label.AMBER])
def test_up_to_amber_files_stand_in_the_folders_of_the_archive_which_the_form_says(cast: Cast, label: Label) -> None:
    client = signed_in(cast.carlo)
    assert "Whoever views the room reads the names of its folders." in client.get(ADDRESS).content.decode()
    row = begin(cast, NAMES, tlp=label)
    carry_on(row.pk)
    assert sorted(Document.objects.values_list("title", "folder__name")) == [("a", "Hearing"), ("b", None)]
    assert "are left out, since" not in client.get(row.get_absolute_url()).content.decode()


def test_where_the_folder_has_gone_it_stands_at_the_top(cast: Cast) -> None:
    folder = make_folder(by=cast.carlo, room=cast.families, name="Minutes")
    row = begin(cast, folder=folder)
    remove_folder(by=cast.carlo, folder=folder)
    carry_on(row.pk)
    assert set(outcomes(row).values()) == {"shared"}
    assert Document.objects.get(title="a").folder is None


def test_what_concerns_all_of_it_is_refused_at_once(cast: Cast) -> None:
    before = stored()
    for field, words in {
        "named_people": {"tlp": Label.RED, "named_people": [cast.olga]},
        "partner": {"partner": cast.malmo},
        "file": {"file": SimpleUploadedFile("x.zip", b"nothing")},
    }.items():
        with pytest.raises(Invalid) as refused:
            begin(cast, **words)
        assert refused.value.field == field
    assert not Unpacking.objects.exists()
    assert stored() == before


def test_three_archives_at_once_are_enough_for_one_person(cast: Cast) -> None:
    for number in range(3):
        begin(cast, {f"{number}.txt": b"x"})
    with pytest.raises(Invalid, match="Three of your archives"):
        begin(cast, {"4.txt": b"x"})
    begin(cast, {"4.txt": b"x"}, by=cast.luc)


# --- the same form twice --------------------------------------------------------------------------


def test_the_same_form_sent_twice_leads_to_the_same_unpacking(cast: Cast) -> None:
    client, once = signed_in(cast.carlo), key()
    answers = [client.post(ADDRESS, {"file": packed(THREE), "tlp": "AMBER", "once": once}) for _again in range(2)]
    assert [one.status_code for one in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"] == Unpacking.objects.get().get_absolute_url()
    assert rows.filter(args_kwargs__args__0=TASK).count() == 1
    # Also when it is done; and what else is sent with the same key is another.
    carry_on(Unpacking.objects.get().pk)
    again = client.post(ADDRESS, {"file": packed(THREE), "tlp": "AMBER", "once": once})
    assert again["Location"] == answers[0]["Location"]
    other = client.post(ADDRESS, {"file": packed({"e.txt": b"Four."}), "tlp": "AMBER", "once": once})
    assert other["Location"] != answers[0]["Location"]
    carry_on(Unpacking.objects.latest("pk").pk)
    assert titles() == ["a", "c", "d", "e"]


def test_an_archive_that_came_in_pieces_is_unpacked_once_and_kept_where_the_form_is_refused(cast: Cast) -> None:
    client = signed_in(cast.carlo)
    key_of_it = sent(client, packed(THREE).read(), "papers.zip")
    wrong = client.post(ADDRESS, {"upload": key_of_it, "tlp": "PURPLE", "once": key()})
    assert wrong.status_code == 422
    assert f'name="upload" value="{key_of_it}"' in wrong.content.decode()
    answers = [client.post(ADDRESS, {"upload": key_of_it, "tlp": "AMBER", "once": key()}) for _again in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"] == Unpacking.objects.get().get_absolute_url()
    assert not Upload.objects.exists()
    carry_on(Unpacking.objects.get().pk)
    assert titles() == ["a", "c", "d"]
    gone = client.post(ADDRESS, {"upload": str(uuid.uuid4()), "tlp": "AMBER", "once": key()})
    assert gone.status_code == 422


def test_an_archive_is_announced_as_one_and_nothing_else_is(cast: Cast) -> None:
    client = signed_in(cast.carlo)
    assert announce(client, 9, "guide.zip").status_code == 201
    as_a_document = {"Upload-Metadata": f"filename {base64.b64encode(b'guide.zip').decode()}"}
    assert announce(client, 9, "guide.zip", **as_a_document).status_code == 422
    no_archive = {"Upload-Metadata": f"filename {base64.b64encode(b'guide.pdf').decode()},archive eWVz"}
    assert announce(client, 9, **no_archive).status_code == 422


def test_the_key_of_somebody_elses_form_tells_nothing_of_it(cast: Cast) -> None:
    once = uuid.uuid4()
    one, other = begin(cast, once=once), begin(cast, once=once, by=cast.luc)
    assert (one.uid, one.by) == (once, cast.carlo)
    assert other.uid != once


# --- the page, the notice, the end ----------------------------------------------------------------


def test_the_page_says_how_far_it_is_and_what_became_of_each_file(cast: Cast) -> None:
    client = signed_in(cast.luc)
    assert "up to 200 files" in client.get(ADDRESS).content.decode()
    given = {"file": packed({"Minutes/May.pdf": PDF, "run.exe": b"MZ"}), "tlp": "AMBER", "once": key()}
    answer = client.post(ADDRESS, given)
    page = client.get(answer["Location"]).content.decode()
    assert "0 of 2 files are shared" in page
    assert "Look again" in page
    assert "every 1s" in page
    assert "Archive sent" in client.get(ADDRESS).content.decode()
    rows.exclude(args_kwargs__args__0=TASK).delete()
    work_off()
    page = client.get(answer["Location"]).content.decode()
    assert "1 of 2 files are shared" in page
    assert "run.exe" in page
    assert "of this kind are not taken" in page
    assert Document.objects.get().get_absolute_url() in page
    assert "Look again" not in page
    assert "every 1s" not in page
    assert "Archive sent" not in client.get(ADDRESS).content.decode()
    wrong = client.post(ADDRESS, {"file": SimpleUploadedFile("x.zip", b"nothing"), "tlp": "AMBER"})
    assert wrong.status_code == 422
    assert "cannot be read as a ZIP" in wrong.content.decode()


def test_only_who_sent_it_has_the_page(cast: Cast) -> None:
    address = begin(cast).get_absolute_url()
    for person in (cast.luc, cast.maud, cast.mona, cast.vera, cast.olga, cast.clara):
        assert signed_in(person).get(address).status_code == 404
    carlo = signed_in(cast.carlo)
    assert carlo.get(address).status_code == 200
    assert carlo.get(address.replace("families", "commons")).status_code == 404


def test_names_of_files_under_red_ask_for_the_second_factor(cast: Cast, settings: Settings) -> None:
    red, amber = begin(cast, tlp=Label.RED), begin(cast)
    check_follow_unpacking(cast.carlo, red)
    settings.LIAISE_REQUIRE_MFA = True
    with pytest.raises(NeedsSecondFactor):
        check_follow_unpacking(cast.carlo, red)
    check_follow_unpacking(cast.carlo, amber)
    cast.carlo.assured = True
    check_follow_unpacking(cast.carlo, red)
    assert personal.is_restricted(cast.carlo)


def test_the_page_leads_to_a_document_while_its_reader_sees_it(cast: Cast) -> None:
    row = begin(cast)
    carry_on(row.pk)
    document = Document.objects.get(title="a")
    put_in_bin(by=cast.mona, document=document)
    Document.objects.filter(pk=document.pk).update(author=cast.luc)
    client = signed_in(cast.carlo)
    assert document.get_absolute_url() not in client.get(row.get_absolute_url()).content.decode()
    assert "3 of 3 files are shared" in client.get(row.get_absolute_url()).content.decode()


def test_it_costs_the_same_with_many_files_as_with_one(cast: Cast) -> None:
    client, costs = signed_in(cast.luc), []
    for count in (1, 12):
        row = begin(cast, {f"{n}/{n}.txt": f"{n} of {count}".encode() for n in range(count)}, by=cast.luc)
        carry_on(row.pk)
        client.get(row.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            client.get(row.get_absolute_url())
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_who_sent_it_is_told_how_many_were_shared(cast: Cast) -> None:
    row = begin(cast, THREE | {"run.exe": b"MZ"})
    carry_on(row.pk)
    notices = in_words(cast.carlo, visible_notices(cast.carlo).filter(kind="unpacked").select_related("room"))
    told = [(one.sentence, one.excerpt, one.url) for one in notices]
    words = f"Your archive for the room {cast.families.name} is unpacked"
    assert told == [(words, "3 shared, 1 left out", row.get_absolute_url())]
    assert not Notification.objects.filter(kind="unpacked").exclude(user=cast.carlo).exists()


def test_the_archive_and_what_was_typed_go_when_it_is_unpacked(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    row = begin(cast)
    path = row.path
    assert inspect().is_well
    with django_capture_on_commit_callbacks(execute=True):
        carry_on(row.pk)
    row.refresh_from_db()
    assert (row.path, row.settings) == ("", {})
    assert not storage.holds(path)


def test_what_became_of_it_goes_after_a_week_with_an_archive_that_was_never_unpacked(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    done, never = begin(cast), begin(cast, {"never.txt": b"x"})
    carry_on(done.pk)
    Unpacking.objects.update(at=clock.now() - timedelta(days=8))
    young = begin(cast, {"young.txt": b"x"})
    with django_capture_on_commit_callbacks(execute=True):
        retention.keep(retention.KINDS["unpackings"])
    assert list(Unpacking.objects.all()) == [young]
    assert not storage.holds(never.path)
    assert storage.holds(young.path)
    assert len(titles()) == 3
    carry_on(never.pk)
    assert not visible_notices(cast.carlo).filter(kind="unpacked").exists()


def test_it_is_in_the_export_of_who_sent_it_and_goes_with_the_account(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    row = begin(cast)
    kind = personal.PERSONAL["archives"]
    shown = [about["files"] for about, _file in personal.records(kind, cast.carlo)]
    assert shown == [[["a.txt", "waiting"], ["b/c.txt", "waiting"], ["d.txt", "waiting"]]]
    assert kind.erase is not None
    with django_capture_on_commit_callbacks(execute=True):
        kind.erase(cast.carlo)
    assert not UnpackedFile.objects.exists()
    assert not storage.holds(row.path)


def test_where_the_network_takes_less_by_now_the_rest_is_left_out_with_that_reason(
    cast: Cast, settings: Settings
) -> None:
    row = begin(cast, file=packed({f"{n}.txt": bytes(range(256)) * 1600 for n in range(3)}, zipfile.ZIP_STORED))
    settings.LIAISE_MAX_UPLOAD_MB = 1
    carry_on(row.pk)
    assert set(outcomes(row).values()) == {"left_out"}
    assert "larger than a file may be" in row.files.get(number=0).reason
