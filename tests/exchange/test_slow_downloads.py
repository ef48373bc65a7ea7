"""A file or an archive that somebody receives slowly keeps nobody else waiting."""

from __future__ import annotations

import http.client
import io
import socket
import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.files.base import ContentFile

from network.labels import Label
from network.models import User
from tests.cast import Cast
from tests.exchange.making import share
from tests.serving import Server
from tests.talking import cookie_of

pytestmark = [pytest.mark.socket, pytest.mark.django_db(transaction=True)]

# More than the line holds on its way.
LARGE = 24_000_000


def begin(server: Server, address: str, reader: User, method: str = "GET") -> socket.socket:
    """Somebody who receives the first bytes of an answer and then reads no further."""
    token = "a" * 32
    cookies = f"{cookie_of(reader)}; {settings.CSRF_COOKIE_NAME}={token}"
    parts = urlsplit(server.url)
    line = socket.create_connection((parts.hostname or "localhost", parts.port or 80), timeout=30)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    head = [f"{method} {address} HTTP/1.1", f"Host: {parts.netloc}", f"Cookie: {cookies}"]
    head += [
        f"X-CSRFToken: {token}",
        f"Origin: {server.url}",
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Length: 5",
        "",
        "all=1",
    ]
    line.sendall("\r\n".join(head).encode())
    assert line.recv(15).startswith(b"HTTP/1.1 200")
    return line


def page(server: Server, address: str, reader: User) -> str:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    connection.request("GET", address, headers={"Cookie": cookie_of(reader)})
    return connection.getresponse().read().decode()


def test_with_one_connection_to_the_database_a_page_opens_beside_a_download_and_an_archive_that_stand_still(
    cast: Cast, serve: Callable[..., Server]
) -> None:
    film = io.BytesIO(b"%PDF-1.7\n" + uuid.uuid4().bytes * (LARGE // 16))
    document = share(cast, file=ContentFile(film.getvalue(), name="film.pdf"), tlp=Label.GREEN)
    server = serve(LIAISE_DATABASE_POOL="1")
    waiting = [
        begin(server, f"{document.get_absolute_url()}download/", cast.anna),
        begin(server, "/rooms/families/documents/zip/", cast.luc, "POST"),
    ]
    try:
        assert "Guide for home visits" in page(server, document.get_absolute_url(), cast.anna)
    finally:
        for line in waiting:
            line.close()
