"""Limits are counted for the whole network: who spreads the attempts over processes gains nothing."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest
import requests

from tests.accounts.test_signing_in import PASSWORD, WRONG, with_password
from tests.cast import Cast
from tests.serving import Server

pytestmark = [
    pytest.mark.socket,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(shutil.which("redis-server") is None, reason="no redis-server: processes share limits in Redis"),
]


@pytest.fixture
def redis() -> Iterator[str]:
    """A Redis of this test alone."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [shutil.which("redis-server") or "", "--port", str(port), "--save", "", "--bind", "127.0.0.1"],
        stdout=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with socket.socket() as knock:
                if not knock.connect_ex(("127.0.0.1", port)):
                    break
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.kill()
        process.wait()


def attempt(server: Server, email: str, password: str) -> str:
    """One attempt with a browser of its own: "in", "refused" or "wrong"."""
    with requests.Session() as browser:
        page = browser.get(f"{server.url}/accounts/login/", timeout=20).text
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        given = {"login": email, "password": password, "csrfmiddlewaretoken": found[1] if found else ""}
        answer = browser.post(f"{server.url}/accounts/login/", given, allow_redirects=False, timeout=20)
    if answer.status_code == 302:
        return "in"
    return "refused" if "too often" in answer.text else "wrong"


def test_spraying_one_password_over_many_accounts_and_two_processes_ends_after_ten(
    cast: Cast, serve: Callable[..., Server], redis: str
) -> None:
    with_password(cast.anna)
    servers = [serve(REDIS_URL=redis, LIAISE_TEST_RATE_LIMITS="1") for _ in range(2)]
    said = [attempt(servers[number % 2], f"person-{number}@malmo.example", WRONG) for number in range(12)]
    assert said == ["wrong"] * 10 + ["refused"] * 2
    assert [attempt(server, cast.anna.email, PASSWORD) for server in servers] == ["refused", "refused"]
