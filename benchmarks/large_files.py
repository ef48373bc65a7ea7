"""A file of 1 GiB, sent in pieces and shared: the serving process grows by less than 64 MB."""

import base64
import re
import socket
import sys
import threading
import time
import urllib.parse
import urllib.request

from benchmarks.house import House, Visitor, house

SIZE = 1024**3
PIECE = 4 * 1024**2
MOST_MB = 64
TUS = {"Tus-Resumable": "1.0.0"}


class Watch:
    """The most that the serving process held while the block lasted, in MB."""

    def __init__(self, running: House) -> None:
        self.running, self.most, self.over = running, running.memory(), threading.Event()
        self.thread = threading.Thread(target=self.look)

    def look(self) -> None:
        """Look twenty times a second."""
        while not self.over.wait(0.05):
            self.most = max(self.most, self.running.memory())

    def __enter__(self) -> "Watch":
        self.thread.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self.over.set()
        self.thread.join()


def asked(visitor: Visitor, method: str, path: str, body: bytes | None = None, **headers: str) -> dict[str, str]:
    """The headers of the answer."""
    known = {"Referer": visitor.url} | {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(visitor.url + path, body, known, method=method)
    with visitor.opener.open(request, timeout=600) as answer:
        return {**dict(answer.headers), "url": answer.url}


def measure(running: House) -> list[str]:
    """Print the figures; return what is wrong."""
    visitor = Visitor(running)
    visitor.sign_in("liege@demo.example")
    form = "/rooms/families/documents/new/"
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', visitor.text(form))
    if found is None:
        return ["the form to share a document has no token"]
    token = found[1]
    own = TUS | {"X-CSRFToken": token}
    wrong = announced(running)
    before, began = running.memory(), time.monotonic()
    with Watch(running) as watch:
        name = base64.b64encode(b"film.pdf").decode()
        meta = {"Upload-Length": str(SIZE), "Upload-Metadata": f"filename {name}"}
        address = asked(visitor, "POST", "/uploads/", b"", **own, **meta)["Location"]
        piece = b"%PDF-1.7" + bytes(PIECE - 8)
        for at in range(0, SIZE, PIECE):
            kind = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(at)}
            asked(visitor, "PATCH", address, piece, **own, **kind)
        sent = time.monotonic() - began
        key = address.strip("/").rpartition("/")[2]
        fields = {"csrfmiddlewaretoken": token, "title": "A long film", "upload": key}
        page = asked(visitor, "POST", form, urllib.parse.urlencode(fields).encode())
    if "/documents/" not in page["url"] or page["url"].endswith("/new/"):
        wrong.append(f"the file was not shared: {page['url']}")
    grown, shared = watch.most - before, time.monotonic() - began - sent
    print(f"1 GiB sent in {sent:.0f} s and shared in {shared:.0f} s: memory grew by {grown:.0f} MB")
    return wrong + ([f"memory grew by {grown:.0f} MB and must grow by less than {MOST_MB}"] if grown >= MOST_MB else [])


def announced(running: House) -> list[str]:
    """Who says that 4 GB come, sends 1 kB and goes away, stops nobody else."""
    at = urllib.parse.urlsplit(running.url)
    with socket.create_connection((at.hostname or "localhost", at.port or 80), timeout=30) as line:
        head = "POST /uploads/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4000000000\r\n"
        line.sendall(f"{head}Content-Type: application/offset+octet-stream\r\n\r\n".encode() + bytes(1000))
    try:
        urllib.request.urlopen(f"{running.url}/healthz", timeout=30).close()
    except OSError as fault:
        return [f"after 4 GB were announced the server did not answer: {fault}"]
    return []


if __name__ == "__main__":
    with house() as own_house:
        faults = measure(own_house)
    print("\n".join(f"! {fault}" for fault in faults) or "Within its limits.")
    sys.exit(int(bool(faults)))
