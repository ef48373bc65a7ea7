"""Files in pieces: the protocol, whose they are, and what stays after a break."""

from __future__ import annotations

import base64
import errno
import hashlib
import os
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from pytest_django import Settings

from exchange import arriving
from exchange.actions import uploads
from exchange.actions.uploads import MOST_OPEN, begin_upload, purge_uploads, receive
from exchange.models import Upload
from exchange.views.uploads import A_PIECE
from network import clock
from network.refusals import Invalid
from tests.cast import Cast
from tests.exchange.making import PDF
from tests.exchange.sending import begin, begun, piece, reach, sent, signed_in

pytestmark = pytest.mark.django_db
TUS = {"Tus-Resumable": "1.0.0"}


def on_disk(upload: Upload) -> bytes:
    return arriving.path_of(upload.uid).read_bytes()


# --- the protocol ---------------------------------------------------------------------------------


def test_it_says_what_it_can_do(cast: Cast) -> None:
    response = signed_in(cast.luc).options(reverse("exchange:uploads"))
    assert response.status_code == 204
    assert response["Tus-Version"] == "1.0.0"
    assert response["Tus-Extension"] == "creation,termination,expiration,checksum"
    assert response["Tus-Max-Size"] == str(settings.LIAISE_MAX_UPLOAD_MB * 1_000_000)


def test_a_file_comes_in_pieces_and_each_is_acknowledged(cast: Cast) -> None:
    client = signed_in(cast.luc)
    address = begun(client, len(PDF), "guide.pdf")
    first = piece(client, address, 0, PDF[:4000])
    assert (first.status_code, first["Upload-Offset"]) == (204, "4000")
    assert reach(client, address) == 4000
    assert piece(client, address, 4000, PDF[4000:])["Upload-Offset"] == str(len(PDF))
    upload = Upload.objects.get()
    assert (upload.by, upload.name, upload.is_whole) == (cast.luc, "guide.pdf", True)
    assert on_disk(upload) == PDF


def test_another_version_of_the_protocol_is_refused_with_ours(cast: Cast) -> None:
    response = begin(signed_in(cast.luc), 10, **{"Tus-Resumable": "0.2.2"})
    assert (response.status_code, response["Tus-Version"]) == (412, "1.0.0")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Length": "many"}, 400),
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Length": "٣"}, 400),
        ({"Upload-Length": "9" * 40}, 400),
        ({"Upload-Length": "0"}, 422),
        ({"Upload-Metadata": "filename %%%"}, 400),
        ({"Upload-Metadata": ""}, 422),
    ],
)
def test_an_announcement_that_cannot_be_meant_is_refused(cast: Cast, headers: dict[str, str], status: int) -> None:
    assert begin(signed_in(cast.luc), 10, **headers).status_code == status
    assert not Upload.objects.exists()


def test_a_piece_that_does_not_follow_the_last_one_is_refused(cast: Cast) -> None:
    client = signed_in(cast.luc)
    address = begun(client, 100)
    assert piece(client, address, 0, bytes(40)).status_code == 204
    for wrong in (0, 39, 41):
        assert piece(client, address, wrong, bytes(10)).status_code == 409
    assert reach(client, address) == 40


def test_a_piece_of_another_kind_or_without_its_place_is_refused(cast: Cast) -> None:
    client = signed_in(cast.luc)
    address = begun(client, 100)
    as_form = client.patch(address, b"x", content_type="text/plain", headers=TUS | {"Upload-Offset": "0"})
    assert as_form.status_code == 415
    assert client.patch(address, b"x", content_type="application/offset+octet-stream", headers=TUS).status_code == 400


def test_more_than_was_announced_is_refused_and_nothing_of_it_is_kept(cast: Cast) -> None:
    client = signed_in(cast.luc)
    address = begun(client, 10)
    assert piece(client, address, 0, bytes(11)).status_code == 413
    assert reach(client, address) == 0
    assert on_disk(Upload.objects.get()) == b""


def test_a_body_that_says_it_is_four_gigabytes_is_refused_before_it_is_read(cast: Cast) -> None:
    client = signed_in(cast.luc)
    address = begun(client, 10)
    response = piece(client, address, 0, b"x" * 10, **{"Content-Length": str(4 * 10**9)})
    assert response.status_code == 413
    assert A_PIECE < 4 * 10**9
    assert reach(client, address) == 0


def test_a_piece_is_held_against_its_digest(cast: Cast) -> None:
    client = signed_in(cast.luc)
    address = begun(client, 10)
    good = base64.b64encode(hashlib.sha256(b"0123456789").digest()).decode()
    for wrong in ("md5 abc", "sha256 abcd", "sha1"):
        assert piece(client, address, 0, b"x", **{"Upload-Checksum": wrong}).status_code == 400
    damaged = piece(client, address, 0, b"012345678!", **{"Upload-Checksum": f"sha256 {good}"})
    assert damaged.status_code == 460
    assert reach(client, address) == 0
    assert piece(client, address, 0, b"0123456789", **{"Upload-Checksum": f"sha256 {good}"}).status_code == 204


def test_whatever_the_page_shows_beside_the_file_is_in_the_language_of_its_reader(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(cast.luc)
    address = begun(client, 10)
    other = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    monkeypatch.setattr("exchange.views.uploads._", lambda words: f"«{words}»")
    answers = [
        begin(client, 10, **{"Tus-Resumable": "0.2.2"}),
        begin(client, 10, **{"Upload-Length": "many"}),
        begin(client, 10, **{"Upload-Metadata": "filename %%%"}),
        client.patch(address, b"x", content_type="text/plain", headers=TUS | {"Upload-Offset": "0"}),
        piece(client, address, 0, b"x", **{"Content-Length": str(4 * 10**9)}),
        piece(client, address, 0, bytes(11)),
        piece(client, address, 5, b"x"),
        *(piece(client, address, 0, b"x", **{"Upload-Checksum": wrong}) for wrong in ("md5 abc", "sha256 abcd")),
        piece(client, address, 0, b"x", **{"Upload-Checksum": f"sha256 {other}"}),
    ]
    with arriving.held(Upload.objects.get().uid):
        answers.append(piece(client, address, 0, b"x"))
    said = [answer.content.decode() for answer in answers]
    assert [words for words in said if not (words.startswith("«") and words.endswith("»"))] == []
    assert len(set(said)) == len(said)


def test_what_is_not_what_its_name_says_is_refused_when_it_has_come_and_before_it_is_shared(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    client, program = signed_in(cast.luc), b"MZ" + bytes(800)
    address = begun(client, len(program), "fake.pdf")
    assert piece(client, address, 0, program[:400]).status_code == 204
    with django_capture_on_commit_callbacks(execute=True):
        answer = piece(client, address, 400, program[400:])
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "text/plain; charset=utf-8")
    assert "not what its name says" in answer.content.decode()
    assert not Upload.objects.exists()
    assert piece(client, address, 0, program).status_code == 404


def test_it_is_taken_back_with_its_bytes(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    client = signed_in(cast.luc)
    address = begun(client, 10)
    place = arriving.path_of(Upload.objects.get().uid)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.delete(address, headers=TUS).status_code == 204
    assert not place.exists()
    assert client.head(address, headers=TUS).status_code == 404
    assert piece(client, address, 0, b"x").status_code == 404


def test_who_cannot_send_other_methods_says_so_in_a_header(cast: Cast) -> None:
    client = signed_in(cast.luc)
    address = begun(client, 10)
    told = TUS | {"X-HTTP-Method-Override": "PATCH", "Upload-Offset": "0"}
    response = client.post(address, bytes(10), content_type="application/offset+octet-stream", headers=told)
    assert response.status_code == 204
    assert client.get(address, headers={"X-HTTP-Method-Override": "DELETE"}).status_code == 405


# --- whose it is ----------------------------------------------------------------------------------


def test_other_peoples_files_are_not_there(cast: Cast) -> None:
    address = begun(signed_in(cast.luc), 10)
    for person in (cast.anna, cast.maud, cast.clara):
        client = signed_in(person)
        assert client.head(address, headers=TUS).status_code == 404
        assert piece(client, address, 0, bytes(10)).status_code == 404
        assert client.delete(address, headers=TUS).status_code == 404
    assert Upload.objects.get().received == 0


def test_who_contributes_nowhere_sends_nothing(cast: Cast) -> None:
    for person in (cast.olga, cast.vera, cast.ivan, cast.gus, cast.sven):
        assert begin(signed_in(person), 10).status_code == 403
    assert not Upload.objects.exists()


def test_without_the_token_of_the_page_nothing_is_taken(cast: Cast) -> None:
    client = signed_in(cast.luc, enforce_csrf_checks=True)
    assert begin(client, 10).status_code == 403
    token = client.get(reverse("exchange:document-new", args=["families"])).cookies["csrftoken"].value
    address = begin(client, 10, **{"X-CSRFToken": token})["Location"]
    assert piece(client, address, 0, bytes(10)).status_code == 403
    assert client.delete(address, headers=TUS).status_code == 403
    assert piece(client, address, 0, bytes(10), **{"X-CSRFToken": token}).status_code == 204


def test_a_file_that_is_too_large_or_of_no_kind_is_refused_before_it_is_sent(cast: Cast, settings: Settings) -> None:
    settings.LIAISE_MAX_UPLOAD_MB = 1
    client = signed_in(cast.luc)
    assert begin(client, 4 * 1024**3).status_code == 413
    assert begin(client, 1_000_001).status_code == 413
    refused = begin(client, 10, "setup.exe")
    assert refused.status_code == 422
    assert refused["Content-Type"].startswith("text/plain")
    assert "Files of this kind are not taken." in refused.content.decode()
    assert not Upload.objects.exists()


def test_nobody_has_more_on_its_way_than_their_share(cast: Cast, settings: Settings) -> None:
    settings.LIAISE_MAX_UPLOAD_MB = 1
    for _ in range(4):
        begin_upload(by=cast.luc, name="a.pdf", size=1_000_000)
    assert begin(signed_in(cast.luc), 1).status_code == 413
    begin_upload(by=cast.anna, name="a.pdf", size=1_000_000)
    Upload.objects.filter(by=cast.luc).update(size=1)
    for _ in range(MOST_OPEN - 4):
        begin_upload(by=cast.luc, name="a.pdf", size=1)
    with pytest.raises(Invalid, match="too much on its way"):
        begin_upload(by=cast.luc, name="a.pdf", size=1)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("a\0b.pdf", "ab.pdf"),
        ("ex\u202efdp.pdf", "exfdp.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("con.tar.pdf", "_con.tar.pdf"),
        ("contents.pdf", "contents.pdf"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
        ("..pdf", "document.pdf"),
    ],
)
def test_a_file_is_called_so_that_it_does_no_harm(cast: Cast, name: str, kept: str) -> None:
    begun(signed_in(cast.luc), 10, name)
    upload = Upload.objects.get()
    assert upload.name == kept
    # Whatever it is called, it lies under its key.
    assert arriving.path_of(upload.uid).parent == settings.LIAISE_UPLOADS


# --- what stays -----------------------------------------------------------------------------------


def test_what_was_not_acknowledged_is_written_over(cast: Cast) -> None:
    """As after a power cut between the bytes and the row: the file is longer than what the row says."""
    upload = begin_upload(by=cast.luc, name="a.txt", size=10)
    arriving.path_of(upload.uid).write_bytes(b"01234-half-a-piece")
    Upload.objects.update(received=5)
    client = signed_in(cast.luc)
    address = reverse("exchange:upload", args=[upload.uid])
    assert reach(client, address) == 5
    assert piece(client, address, 5, b"56789").status_code == 204
    assert on_disk(upload) == b"0123456789"


def test_a_piece_is_on_the_disk_before_it_is_acknowledged(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    real = os.fsync
    monkeypatch.setattr("exchange.arriving.os.fsync", lambda file: (order.append("disk"), real(file))[1])
    upload = begin_upload(by=cast.luc, name="a.pdf", size=10)
    order.clear()
    update = type(Upload.objects.all()).update
    monkeypatch.setattr(
        type(Upload.objects.all()), "update", lambda rows, **new: (order.append("row"), update(rows, **new))[1]
    )
    receive(by=cast.luc, uid=upload.uid, at=0, source=_source(b"0123456789"), most=100)
    assert order == ["disk", "row"]


def test_a_full_disk_is_said_and_holds_nothing_of_what_it_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(cast.luc)
    address = begun(client, 10)
    piece(client, address, 0, b"01234")
    path = arriving.path_of(Upload.objects.get().uid)

    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("exchange.arriving.os.fsync", full)
    refused = piece(client, address, 5, b"56789")
    assert refused.status_code == 507
    assert "There is no room left on our side" in refused.content.decode()
    assert not path.exists(), "its pieces do not hold the disk"
    assert not Upload.objects.exists()
    assert begin(client, 10).status_code == 507
    assert not Upload.objects.exists()
    monkeypatch.undo()
    assert client.head(address, headers={"Tus-Resumable": "1.0.0"}).status_code == 404, "so that it is begun anew"
    assert piece(client, begun(client, 10), 0, b"0123456789").status_code == 204


def test_two_pieces_at_once_are_taken_one_after_the_other(cast: Cast) -> None:
    client = signed_in(cast.luc)
    address = begun(client, 10)
    upload = Upload.objects.get()
    with arriving.held(upload.uid):
        assert piece(client, address, 0, bytes(5)).status_code == 423
    assert piece(client, address, 0, bytes(5)).status_code == 204


def test_what_nobody_goes_on_with_ends_after_two_days(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    client = signed_in(cast.luc)
    response = begin(client, 10)
    assert "GMT" in response["Upload-Expires"]
    old, new = Upload.objects.get(), begin_upload(by=cast.anna, name="a.pdf", size=10)
    Upload.objects.filter(pk=old.pk).update(at=clock.now() - timedelta(days=3))
    behind = arriving.path_of(uuid.uuid4())
    behind.write_bytes(b"left by a crash")
    two_days_ago = (clock.now() - timedelta(days=3)).timestamp()
    os.utime(behind, (two_days_ago, two_days_ago))
    with django_capture_on_commit_callbacks(execute=True):
        assert purge_uploads(clock.now() - timedelta(days=2)) == 1
    assert list(Upload.objects.all()) == [new]
    assert not arriving.path_of(old.uid).exists()
    assert not behind.exists()
    assert arriving.path_of(new.uid).exists()


def test_a_file_that_came_is_whole_and_one_that_did_not_is_not_shared(cast: Cast) -> None:
    client = signed_in(cast.luc)
    address = begun(client, len(PDF), "guide.pdf")
    piece(client, address, 0, PDF[: len(PDF) * 6 // 10])
    key = Upload.objects.get().uid
    with pytest.raises(Invalid, match="has not arrived as a whole"):
        uploads.share_upload(by=cast.luc, room=cast.families, uid=key, title="Guide")
    piece(client, address, reach(client, address), PDF[len(PDF) * 6 // 10 :])
    document = uploads.share_upload(by=cast.luc, room=cast.families, uid=key, title="Guide")
    assert document.newest is not None
    assert document.newest.sha256 == hashlib.sha256(PDF).hexdigest()


def placed(name: str, folders: str) -> dict[str, str]:
    """The header that tells of a file and of the folders in which it lies."""
    name, folders = (base64.b64encode(one.encode()).decode() for one in (name, folders))
    return {"Upload-Metadata": f"filename {name},folders {folders}"}


def test_a_file_out_of_folders_is_shared_into_the_same(cast: Cast) -> None:
    client = signed_in(cast.luc)
    address = begin(client, len(PDF), **placed("agenda.pdf", "Winter/Sub one"))["Location"]
    piece(client, address, 0, PDF)
    upload = Upload.objects.get()
    assert upload.shown == "Winter/Sub one/agenda.pdf"
    document = uploads.share_upload(by=cast.luc, room=cast.families, uid=upload.uid, title="Agenda")
    assert document.folder is not None
    assert document.folder.parent is not None
    assert (document.folder.parent.name, document.folder.name) == ("Winter", "Sub one")


@pytest.mark.parametrize("folders", ["../..", "a//b", "/".join("abcdefgh"), "x" * 500])
def test_folders_that_no_room_could_have_are_refused_before_the_file_is_sent(cast: Cast, folders: str) -> None:
    assert begin(signed_in(cast.luc), len(PDF), **placed("agenda.pdf", folders)).status_code == 422
    assert not Upload.objects.exists()


def test_an_archive_is_told_where_it_is_unpacked(cast: Cast) -> None:
    refused = begin(signed_in(cast.luc), 100, **placed("papers.zip", ""))
    assert (refused.status_code, "Share an archive" in refused.content.decode()) == (422, True)


def test_a_file_that_is_whole_needs_no_more(cast: Cast) -> None:
    key = sent(signed_in(cast.luc), PDF)
    assert Upload.objects.get().uid == uuid.UUID(key)


def _source(content: bytes) -> Any:
    import io

    return io.BytesIO(content)
