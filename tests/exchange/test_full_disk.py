"""A disk without room for what is sent: said in words where it was sent from, and nothing of it stays."""

from __future__ import annotations

import asyncio
import errno
import sqlite3
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client

from config.asgi import Pages
from config.server import BESIDE_THE_FILE, Body
from exchange import arriving
from exchange.models import Document, Upload
from network.fullness import OF_A_REQUEST, is_full
from tests.cast import Cast
from tests.exchange.making import once, pdf
from tests.exchange.sending import begin, begun, piece, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]

WORDS = "There is no room left on our side just now, so nothing of this was kept."
PAGE = {"Accept": "text/html,*/*"}


def full(*_given: Any, **_named: Any) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")


def full_database(*_given: Any, **_named: Any) -> Any:
    raise OperationalError("database or disk is full") from sqlite3.OperationalError("database or disk is full")


def sent(client: Client) -> Any:
    """What the form answers to a guide that is shared by it."""
    given = {"title": "Guide", "tlp": "AMBER", "language": "en", "once": once(), "file": pdf()}
    return client.post("/rooms/families/documents/new/", given, headers=PAGE)


class NoRoomAfterAll(BytesIO):
    """A temporary file that takes nothing and fails once more when it is closed."""

    name = "nowhere"
    write = flush = full

    def close(self) -> None:
        super().close()
        full()


@pytest.mark.parametrize("made", [full, lambda **_given: NoRoomAfterAll()], ids=["none is made", "none is written"])
def test_the_form_says_so_beside_its_file_and_keeps_what_was_typed(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, made: Any
) -> None:
    monkeypatch.setattr("django.core.files.uploadedfile.tempfile.NamedTemporaryFile", made)
    answer = sent(signed_in(cast.luc))
    assert answer.status_code == 422
    assert WORDS in answer.content.decode()
    assert 'value="Guide"' in answer.content.decode()
    assert not Document.objects.exists()


def test_of_several_files_none_is_shared_where_there_is_room_for_the_first_alone(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, made = tempfile.NamedTemporaryFile, []

    def one_alone(**given: Any) -> Any:
        made.append(given)
        return make(**given) if len(made) == 1 else full()

    monkeypatch.setattr("django.core.files.uploadedfile.tempfile.NamedTemporaryFile", one_alone)
    given = {"tlp": "AMBER", "language": "en", "once": once(), "file": [pdf("a.pdf"), pdf("b.pdf")]}
    answer = signed_in(cast.luc).post("/rooms/families/documents/new/", given)
    assert (answer.status_code, WORDS in answer.content.decode()) == (422, True)
    assert not Document.objects.exists()


def test_of_a_body_that_the_server_could_not_put_aside_the_form_says_the_same(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("network.uploads.cut_for_want_of_room", lambda _request: True)
    answer = sent(signed_in(cast.luc))
    assert (answer.status_code, WORDS in answer.content.decode()) == (422, True)
    assert 'value="Guide"' in answer.content.decode()


def test_a_form_that_cannot_say_so_is_answered_by_a_page(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("network.middleware.cut_for_want_of_room", lambda _request: True)
    answer = signed_in(cast.luc).post("/rooms/families/workshops/new/", {"title": "How?"}, headers=PAGE)
    assert answer.status_code == 507
    assert WORDS in answer.content.decode()
    assert "What you wrote is kept in this tab" in answer.content.decode()


def test_whatever_fails_because_the_disk_is_full_says_so(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.views.documents.share_each", full_database)
    answer = sent(signed_in(cast.luc, raise_request_exception=False))
    assert (answer.status_code, WORDS in answer.content.decode()) == (507, True)


def test_what_fails_for_another_reason_is_told_from_a_full_disk() -> None:
    assert is_full(sqlite3.OperationalError("database or disk is full"))
    assert not is_full(OperationalError("no such table"))
    assert not is_full(OSError(errno.EIO, "Input/output error"))


def test_django_s_own_copy_of_a_body_gives_way_to_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    class Asked:
        """What of a request is asked for here: its body, on the disk."""

        body = tempfile.TemporaryFile()  # noqa: SIM115 - whoever reads it closes it

    async def nothing() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    Asked.body.write(bytes(range(250)) * 20_000)
    Asked.body.seek(0)
    scope: dict[str, Any] = {}
    monkeypatch.setattr("django.core.handlers.asgi.tempfile.SpooledTemporaryFile", lambda **_given: NoRoomAfterAll())
    body = asyncio.run(Pages().read_body(Body(Asked(), nothing, scope)))  # type: ignore[arg-type]
    assert body.read() == (bytes(range(250)) * 4_000)[:BESIDE_THE_FILE]
    assert scope == {OF_A_REQUEST: True}
    assert Asked.body.closed, "and leaves its room to others"


# --- in pieces ------------------------------------------------------------------------------------


def test_a_file_cannot_be_announced_to_a_full_database_and_leaves_no_empty_file(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, made = arriving.make, []

    def made_and_then_refused(uid: Any) -> None:
        make(uid)
        made.append(arriving.path_of(uid))
        full_database()

    monkeypatch.setattr("exchange.arriving.make", made_and_then_refused)
    answer = begin(signed_in(cast.luc), 10)
    assert (answer.status_code, answer.content.decode().startswith(WORDS)) == (507, True)
    assert answer["Content-Type"].startswith("text/plain")
    assert not made[0].exists()
    assert not Upload.objects.exists()


def test_a_piece_for_which_there_is_no_room_takes_all_of_its_file_along(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(cast.luc)
    address = begun(client, 10)
    piece(client, address, 0, b"01234")
    path = Path(settings.LIAISE_UPLOADS) / Upload.objects.get().uid.hex
    for where in ("network.middleware", "exchange.views.uploads"):
        monkeypatch.setattr(f"{where}.cut_for_want_of_room", lambda _request: True)
    answer = piece(client, address, 5, b"567")
    assert (answer.status_code, answer.content.decode().startswith(WORDS)) == (507, True)
    assert not path.exists()
    assert not Upload.objects.exists()
