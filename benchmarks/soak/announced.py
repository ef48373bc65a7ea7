"""4 GB are announced and 1 kB comes: each door refuses at once, with the right status, and nobody else waits."""

import http.client
import socket
import time
import urllib.parse
import urllib.request

from benchmarks.house import House, Visitor
from benchmarks.large_files import FORM, PIECES, TUS, announce

FOUR_GB = 4_000_000_000
AT_ONCE = 10  # seconds


def measure(running: House) -> list[str]:
    """Print the figures; return what is wrong."""
    visitor = Visitor(running)
    visitor.sign_in("liege@demo.example")
    token = visitor.token(FORM)
    wrong = []
    begin = time.monotonic()
    status = int(announce(visitor, token, FOUR_GB)["status"])
    wrong += judged("a file of 4 GB in pieces", status, 413, time.monotonic() - begin)

    upload = announce(visitor, token, 1_000_000)["Location"]
    border = "liaise-soak"
    fields = {"csrfmiddlewaretoken": token, "title": "Four gigabytes"}
    head = "".join(
        f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    head += f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="film.pdf"\r\n\r\n%PDF-1.7'
    form = {"Content-Type": f"multipart/form-data; boundary={border}"}
    ours = {"Cookie": visitor.cookies, "X-CSRFToken": token, "Referer": visitor.url}
    for what, method, path, headers, body, expected in (
        ("a form with 4 GB", "POST", FORM, ours | form, head.encode().ljust(1000, b"."), 422),
        ("a piece of 4 GB", "PATCH", upload, ours | TUS | PIECES | {"Upload-Offset": "0"}, bytes(1000), 413),
        ("4 GB from a stranger", "POST", FORM, form, bytes(1000), 403),
    ):
        status, took = refused(running, method, path, headers, body)
        wrong += judged(what, status, expected, took)
        urllib.request.urlopen(f"{running.url}/healthz", timeout=AT_ONCE).close()
    return wrong


def judged(what: str, status: int, expected: int, took: float) -> list[str]:
    """What is wrong with an answer."""
    print(f"{what}: {status or 'no answer'} after {took:.1f} s")
    if status != expected or took > AT_ONCE:
        return [f"{what} was answered by {status} after {took:.0f} s, not by {expected} at once"]
    return []


def refused(running: House, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, float]:
    """The status (0: none came) for a body that is said to have 4 GB, of which 1 kB is sent; how long it took."""
    at = urllib.parse.urlsplit(running.url)
    told = {"Host": at.netloc, "Content-Length": str(FOUR_GB)} | headers
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    begin = time.monotonic()
    with socket.create_connection((at.hostname or "", at.port or 80), timeout=90) as line:
        line.sendall(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
        answer = http.client.HTTPResponse(line)
        try:
            answer.begin()
            return answer.status, time.monotonic() - begin
        except (OSError, http.client.HTTPException):
            return 0, time.monotonic() - begin
