"""Downloads by the web server in front: the gate first, then a header that names the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from pytest_django import Settings

from exchange.models import Document
from network.labels import Label
from network.models import User
from tests.cast import Cast
from tests.exchange.making import PDF, share

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_front(settings: Settings) -> None:
    settings.LIAISE_ACCEL_REDIRECT = "/internal-files/"


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def address(document: Document) -> str:
    return f"/documents/{document.uid}/download/"


def test_the_file_is_named_and_the_headers_that_keep_it_a_download_stand(cast: Cast) -> None:
    document = share(cast, tlp=Label.GREEN)
    assert document.newest is not None
    response = signed_in(cast.anna).get(address(document))
    assert (response.status_code, response.content) == (200, b"")
    expected = {
        "X-Accel-Redirect": f"/internal-files/{document.newest.blob.path}",
        "Content-Type": "application/pdf",
        "Content-Disposition": "attachment; filename=\"guide.pdf\"; filename*=UTF-8''guide.pdf",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }
    assert {name: response.headers[name] for name in expected} == expected


def test_ranges_are_left_to_the_web_server(cast: Cast) -> None:
    document = share(cast, tlp=Label.GREEN)
    response = signed_in(cast.anna).get(address(document), headers={"Range": "bytes=5-9"})
    assert response.status_code == 200
    assert "X-Accel-Redirect" in response.headers
    assert "Content-Range" not in response.headers


def test_whom_the_gate_refuses_is_told_no_path(cast: Cast) -> None:
    document = share(cast)
    for client, status in ((signed_in(cast.olga), 404), (Client(), 302)):
        response = client.get(address(document))
        assert response.status_code == status
        assert "X-Accel-Redirect" not in response.headers


def test_nobody_asks_for_the_internal_path_by_a_header_of_their_own(cast: Cast) -> None:
    document = share(cast)
    response = signed_in(cast.olga).get(address(document), headers={"X-Accel-Redirect": "/internal-files/x"})
    assert "X-Accel-Redirect" not in response.headers


@pytest.mark.parametrize("left", [None, PDF[:100]])
def test_a_file_that_is_lost_or_cut_short_is_said_to_be_rather_than_named(cast: Cast, left: bytes | None) -> None:
    document = share(cast, tlp=Label.GREEN)
    assert document.newest is not None
    path = Path(default_storage.path(document.newest.blob.path))
    path.unlink() if left is None else path.write_bytes(left)
    answer = signed_in(cast.anna).get(address(document))
    assert answer.status_code == 503
    assert "X-Accel-Redirect" not in answer.headers
    assert "cannot be fetched" in answer.content.decode()


def test_without_the_setting_the_file_is_streamed(cast: Cast, settings: Settings) -> None:
    settings.LIAISE_ACCEL_REDIRECT = ""
    response = signed_in(cast.anna).get(address(share(cast, tlp=Label.GREEN)))
    assert response.getvalue() == PDF
    assert "X-Accel-Redirect" not in response.headers
