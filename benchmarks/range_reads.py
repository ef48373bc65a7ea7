"""A range of a stored file: at least 0.7 of what the same server process reaches for a static file of equal size."""

import os
import re
import statistics
import time
import urllib.parse
import urllib.request
import uuid

from benchmarks.house import House, Visitor

SIZE = 64 * 1024 * 1024
RANGE = 16 * 1024 * 1024
ROUNDS = 7
LEAST_RATIO = 0.7


# What is served as a static file and shared as a document; nothing on the way can make it smaller.
CONTENT = b"%PDF-1.7\n" + os.urandom(SIZE - 9)
STATIC = "a-long-film.pdf"


def measure(house: House) -> list[str]:
    """Print the figures; return what is wrong."""
    visitor = Visitor(house)
    visitor.sign_in("liege@demo.example")
    speeds: dict[str, list[float]] = {share(visitor): [], f"/static/{STATIC}": []}
    for turn in range(ROUNDS + 1):
        for address, reached in speeds.items():
            first = turn * 1024 * 1024
            begin = time.perf_counter()
            part = fetch(visitor, address, first)
            took = time.perf_counter() - begin
            assert part == CONTENT[first : first + RANGE], address
            if turn:  # the first round fills the caches of both
                reached.append(RANGE / took / 1e6)
    ours, plain = (statistics.median(reached) for reached in speeds.values())
    ratio = ours / plain
    print(f"a range of 16 MiB: {ours:.0f} MB/s of a stored file, {plain:.0f} MB/s of a static one; ratio {ratio:.2f}")
    if ratio < LEAST_RATIO:
        return [f"a range of a stored file has {ratio:.2f} of a static file's speed and must have {LEAST_RATIO}"]
    return []


def share(visitor: Visitor) -> str:
    """Shares the file in a room as a browser would; the address of its download."""
    page = visitor.text("/rooms/families/documents/new/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    fields = {"csrfmiddlewaretoken": token[1], "title": "A long film", "tlp": "AMBER", "language": "en"}
    border = uuid.uuid4().hex
    body = b"".join(
        f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    )
    head = 'Content-Disposition: form-data; name="file"; filename="film.pdf"\r\nContent-Type: application/pdf'
    body += f"--{border}\r\n{head}\r\n\r\n".encode() + CONTENT + f"\r\n--{border}--\r\n".encode()
    address = urllib.parse.urljoin(visitor.url, "/rooms/families/documents/new/")
    headers = {"Content-Type": f"multipart/form-data; boundary={border}", "Referer": address}
    with visitor.opener.open(urllib.request.Request(address, body, headers), timeout=300) as answer:
        assert "/documents/" in answer.url, answer.url
        assert "/new/" not in answer.url, answer.read()[:2000]
        return urllib.parse.urlsplit(answer.url).path + "download/"


def fetch(visitor: Visitor, address: str, first: int) -> bytes:
    """One range."""
    request = urllib.request.Request(
        urllib.parse.urljoin(visitor.url, address), headers={"Range": f"bytes={first}-{first + RANGE - 1}"}
    )
    with visitor.opener.open(request, timeout=60) as answer:
        assert answer.status == 206, answer.status
        return answer.read()
