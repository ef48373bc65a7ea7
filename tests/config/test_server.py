"""The server in front of the application: large files pass through it and are never in memory as a whole."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.socket, pytest.mark.once]

MB = 1_000_000
FILES = "/rooms/anything/documents/new/"
SESSION = "sessionid=something"


@pytest.fixture(scope="module")
def probe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a server with a limit of 60 MB and an application that tells what it was sent."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"LIAISE_MAX_UPLOAD_MB": "60", "LIAISE_DATA_DIR": str(tmp_path_factory.mktemp("probe"))}
    script = str(Path(__file__).with_name("serving_probe.py"))
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(
        [sys.executable, script, str(port)], cwd=root, env=environment | {"PYTHONPATH": str(root)}
    )
    try:
        for _ in range(1200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert process.poll() is None
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def ask(port: int, body: bytes | None = None, path: str = FILES, **headers: str) -> dict[str, Any]:
    """Send `body` and give back what the application says of it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST" if body is not None else "GET", path, body, {"Cookie": SESSION} | headers)
    said = json.loads(connection.getresponse().read())
    connection.close()
    return said


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 200_000])
def test_a_body_arrives_whole(size: int, probe: int) -> None:
    assert ask(probe, bytes(size))["size"] == size


def test_a_large_body_reaches_the_application_in_parts_and_not_its_memory(probe: int) -> None:
    before = ask(probe)["peak"]
    after = ask(probe, bytes(55 * MB))
    assert after["size"] == 55 * MB
    assert after["parts"] > 800
    assert after["peak"] - before < 20


def test_a_form_with_a_large_file_is_not_taken_apart_in_memory(probe: int) -> None:
    before = ask(probe)["peak"]
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="film.mp4"\r\n\r\n'
    form = head + bytes(range(256)) * (40 * MB // 256) + b"\r\n--x--\r\n"
    after = ask(probe, form, **{"Content-Type": "multipart/form-data; boundary=x"})
    assert after["size"] == len(form)
    assert after["peak"] - before < 20


def test_of_a_body_that_is_too_large_only_the_beginning_is_read(probe: int) -> None:
    assert ask(probe, bytes(70 * MB))["size"] == 1 * MB


def test_only_where_large_files_are_taken_and_somebody_may_be_signed_in_is_a_large_body_read(probe: int) -> None:
    assert ask(probe, bytes(10 * MB), "/partners/import/")["size"] == 10 * MB
    for path, cookie in (("/partners/import/", SESSION), ("/nowhere/", SESSION), (FILES, "theme=dark")):
        assert ask(probe, bytes(12 * MB), path, Cookie=cookie)["size"] == 10 * MB


def test_of_a_body_for_which_the_disk_has_no_room_the_beginning_is_answered(probe: int) -> None:
    said = ask(probe, bytes(33 * MB))
    assert (said["size"], said["no_room"]) == (1 * MB, True)
    assert not ask(probe, bytes(34 * MB))["no_room"], "the next one finds room"


def begin(port: int, *, head: str, body: bytes) -> socket.socket:
    """A connection over which only the beginning of a body was sent."""
    line = f"POST {FILES} HTTP/1.1\r\nHost: localhost\r\nCookie: {SESSION}\r\n{head}\r\n\r\n"
    sending = socket.create_connection(("127.0.0.1", port), timeout=10)
    sending.sendall(line.encode() + body)
    return sending


def test_a_body_that_is_too_large_is_answered_before_it_has_come(probe: int) -> None:
    sending = begin(probe, head="Content-Length: 5000000000", body=bytes(1 * MB + 1))
    with sending, http.client.HTTPResponse(sending) as answer:
        answer.begin()
        assert json.loads(answer.read())["size"] == 1 * MB
        assert answer.headers["Connection"] == "close"


@pytest.mark.parametrize("size", [0, 1_000])
def test_whoever_announces_too_much_and_then_keeps_silent_is_answered_soon(probe: int, size: int) -> None:
    began = time.monotonic()
    sending = begin(probe, head="Content-Length: 4000000000", body=bytes(size))
    with sending, http.client.HTTPResponse(sending) as answer:
        answer.begin()
        assert json.loads(answer.read())["size"] == size
    assert time.monotonic() - began < 8


def test_who_announces_what_we_take_may_think_as_long_as_they_like(probe: int) -> None:
    with begin(probe, head="Content-Length: 2000000", body=bytes(1000)) as sending:
        sending.settimeout(3)
        with pytest.raises(TimeoutError):
            sending.recv(1)


def test_whoever_goes_on_sending_gets_the_answer_and_is_then_cut_off(probe: int) -> None:
    sending = begin(probe, head="Content-Length: 5000000000", body=bytes(1 * MB + 1))
    began, sent = time.monotonic(), 0
    with sending, pytest.raises(ConnectionError):
        while sent < 5_000 * MB:
            sent += sending.send(bytes(MB))
            time.sleep(0.01)
    assert 1.5 < time.monotonic() - began < 10
    assert sent < 4_000 * MB


def test_a_body_that_does_not_say_how_large_it_is_is_answered_at_the_limit(probe: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", probe, timeout=60)
    connection.request(
        "POST",
        FILES,
        (bytes(MB) for _ in range(70)),
        encode_chunked=True,
        headers={"Transfer-Encoding": "chunked", "Cookie": SESSION},
    )
    assert json.loads(connection.getresponse().read())["size"] == 61 * MB


def test_the_application_waits_for_a_slow_reader(probe: int) -> None:
    slow = socket.create_connection(("127.0.0.1", probe))
    slow.sendall(b"GET /down HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    time.sleep(1.5)
    before = ask(probe)["written"]
    assert 0 < before < 30 * MB
    received = 0
    while part := slow.recv(MB):
        received += len(part)
    assert received > 200 * MB
    assert ask(probe)["written"] >= 200 * MB


def test_a_reader_who_leaves_in_the_middle_leaves_the_server_standing(probe: int) -> None:
    for _ in range(3):
        leaving = socket.create_connection(("127.0.0.1", probe))
        leaving.sendall(b"GET /down HTTP/1.1\r\nHost: localhost\r\n\r\n")
        leaving.recv(1000)
        leaving.close()
    half = socket.create_connection(("127.0.0.1", probe))
    half.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000000\r\n\r\nabc")
    half.close()
    time.sleep(0.3)
    assert ask(probe, b"abc")["size"] == 3


@pytest.mark.parametrize("path", ["/broken", "/broken-before-its-first-byte"])
def test_an_answer_that_fails_once_it_has_begun_is_cut_off_so_that_its_reader_knows(probe: int, path: str) -> None:
    with socket.create_connection(("127.0.0.1", probe), timeout=10) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        got = b""
        with contextlib.suppress(ConnectionResetError):
            while part := line.recv(MB):
                got += part
    assert not got.endswith(b"0\r\n\r\n"), "it does not look complete"
    assert ask(probe, b"abc")["size"] == 3


def test_after_an_answer_that_failed_the_next_one_that_fails_is_cut_off_too(probe: int) -> None:
    for _ in range(2):
        connection = http.client.HTTPConnection("127.0.0.1", probe, timeout=10)
        connection.request("GET", "/broken")
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            connection.getresponse().read()
