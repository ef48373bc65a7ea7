"""A file of 1 GiB, sent in pieces and shared: neither the server nor its worker grows by 64 MB."""

import base64
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator

from benchmarks.house import House, Visitor, shared_at

SIZE = 1024**3
PIECE = 4 * 1024**2
MOST_MB = 64
FORM = "/rooms/families/documents/new/"
TUS = {"Tus-Resumable": "1.0.0"}
PIECES = {"Content-Type": "application/offset+octet-stream"}


class Watch:
    """The most that each process of the house held while the block lasted, in MB, and by how much that was more."""

    def __init__(self, running: House) -> None:
        # A worker that is still beginning would seem to grow.
        running.settle()
        self.running, self.over = running, threading.Event()
        self.begin = running.processes()
        self.most = dict(self.begin)
        self.thread = threading.Thread(target=self.look)

    def look(self) -> None:
        """Look ten times a second."""
        while not self.over.wait(0.1):
            for pid, (name, held) in self.running.processes().items():
                self.most[pid] = (name, max(held, self.most.get(pid, (name, 0.0))[1]))

    def __enter__(self) -> "Watch":
        self.thread.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self.over.set()
        self.thread.join()

    def grown(self) -> dict[str, float]:
        """By how much server and worker grew; what they begin for one file and end again is theirs alone."""
        lasting = {pid: one for pid, one in self.most.items() if one[0] in ("server", "worker")}
        return {name: held - self.begin.get(pid, (name, 0.0))[1] for pid, (name, held) in lasting.items()}

    def report(self, what: str) -> list[str]:
        """Print what became of the memory; return what is wrong."""
        grown = self.grown()
        told = ", ".join(f"the {name} by {more:.0f} MB" for name, more in grown.items())
        others = [held for name, held in self.most.values() if name == "looking"]
        print(f"memory meanwhile: {told}" + (f"; the looking process held {max(others):.0f} MB" if others else ""))
        return [
            f"{what}: the {name} grew by {more:.0f} MB and must grow by less than {MOST_MB}"
            for name, more in grown.items()
            if more >= MOST_MB
        ]


def film(size: int) -> Iterator[bytes]:
    """Bytes that begin as a film does, in pieces; no two pieces are the same."""
    for number, at in enumerate(range(0, size, PIECE)):
        head = b"\0\0\0\x18ftypmp42" if at == 0 else b"piece %d " % number
        yield (head + bytes(PIECE - len(head)))[: size - at]


def asked(visitor: Visitor, method: str, path: str, body: bytes | None = None, **headers: str) -> dict[str, str]:
    """The headers of the answer, and its status; also of a refusal."""
    request = urllib.request.Request(visitor.url + path, body, {"Referer": visitor.url} | headers, method=method)
    try:
        with visitor.opener.open(request, timeout=600) as answer:
            return {**dict(answer.headers), "url": answer.url, "status": str(answer.status)}
    except urllib.error.HTTPError as refusal:
        with refusal:
            return {**dict(refusal.headers), "url": refusal.url, "status": str(refusal.status)}


def announce(visitor: Visitor, token: str, size: int) -> dict[str, str]:
    """The answer to the announcement of a film in pieces."""
    name = base64.b64encode(b"film.mp4").decode()
    told = {"X-CSRFToken": token, "Upload-Length": str(size), "Upload-Metadata": f"filename {name}"}
    return asked(visitor, "POST", "/uploads/", b"", **TUS, **told)


def share(visitor: Visitor, token: str, upload: str) -> str:
    """Shares what has arrived at this address; the address of the document."""
    key = upload.strip("/").rpartition("/")[2]
    fields = {"csrfmiddlewaretoken": token, "title": "A long film", "tlp": "GREEN", "language": "en", "upload": key}
    return shared_at(asked(visitor, "POST", FORM, urllib.parse.urlencode(fields).encode())["url"])


def measure(running: House) -> list[str]:
    """Print the figures; return what is wrong."""
    visitor = Visitor(running)
    visitor.sign_in("liege@demo.example")
    token = visitor.token(FORM)
    with Watch(running) as watch:
        begin = time.monotonic()
        upload = announce(visitor, token, SIZE)["Location"]
        for number, piece in enumerate(film(SIZE)):
            place = {"X-CSRFToken": token, "Upload-Offset": str(number * PIECE)}
            asked(visitor, "PATCH", upload, piece, **TUS, **PIECES, **place)
        sent = time.monotonic()
        address = share(visitor, token, upload)
        shared = time.monotonic()
        visitor.wait_until_read(address)
    print(f"1 GiB sent in pieces in {sent - begin:.0f} s and shared in {shared - sent:.0f} s")
    return watch.report("1 GiB in pieces")
