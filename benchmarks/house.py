"""A house to measure: a fresh demo network behind a real server, and visitors who know only HTTP."""

import http.cookiejar
import itertools
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "liaise-demo"  # noqa: S105 - it is in the README


@dataclass
class House:
    """A running server, its worker beside it."""

    url: str
    pid: int
    # Where its rows, files and static files lie, and the environment that it was started in.
    folder: Path = Path()
    environment: dict[str, str] = field(default_factory=dict)

    def memory(self) -> float:
        """What the serving process holds now, in MB."""
        return held_by(self.pid)

    def processes(self) -> dict[int, tuple[str, float]]:
        """Every process of the house: "server", "worker", or what else it was begun as, and the MB that it holds."""
        found = {self.pid: ("server", self.memory())}
        parents = {}
        for place in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, ValueError):
                fields = (place / "stat").read_text().rsplit(")", 1)[1].split()
                parents[int(place.name)] = int(fields[1])
        waiting = [self.pid]
        while waiting:
            above = waiting.pop()
            for pid in (child for child, parent in parents.items() if parent == above):
                waiting.append(pid)
                with suppress(OSError):
                    words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
                    name = next((kind for kind in ("looking", "marking") if kind in " ".join(words)), "worker")
                    found[pid] = (name, held_by(pid))
        return found

    def settle(self, seconds: float = 120) -> None:
        """Return when no process of the house begins, ends or grows any more, or after some time."""
        end, before = time.monotonic() + seconds, self.processes()
        while time.monotonic() < end:
            time.sleep(5)
            now = self.processes()
            if now.keys() == before.keys() and all(held - before[pid][1] < 1 for pid, (_name, held) in now.items()):
                return
            before = now


def held_by(pid: int) -> float:
    """What a process holds now, in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def free_port() -> int:
    """A port of this machine on which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def house(*, static: dict[str, bytes] | None = None, **environment: str) -> Iterator[House]:
    """Start `manage.py serve` in an empty folder and wait until the demo network is there.

    `static` are further static files by name, `environment` further settings.
    """
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        own = {"LIAISE_DATA_DIR": folder, "LIAISE_REQUIRE_MFA": "0", "LIAISE_URL": f"http://localhost:{port}"}
        own["LIAISE_MAX_UPLOAD_MB"] = "1200"
        clean = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        running = House(f"http://localhost:{port}", 0, Path(folder), clean | own | environment)
        if static:
            # A first start collects what there is and clears the folder; what it finds when it begins a second serves.
            with serving(running, port):
                pass
            for name, content in static.items():
                (running.folder / "static" / name).write_bytes(content)
        with serving(running, port):
            yield running


@contextmanager
def serving(running: House, port: int, *switches: str) -> Iterator[None]:
    """The server of a house, until the block ends; `switches` are those of `manage.py serve`."""
    command = [sys.executable, "manage.py", "serve", "--host", "127.0.0.1", "--port", str(port), *switches]
    log = running.folder / "serve.log"
    with log.open("ab") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=running.environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        running.pid = process.pid
        wait(running, process, log)
        yield
    finally:
        process.terminate()
        process.wait(20)


def wait(running: House, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the house answers; raise RuntimeError with its log when it ends first."""
    for _ in range(3000):
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{running.url}/healthz", timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(log.read_text()[-4000:])


class Visitor:
    """A browser without a screen: keeps cookies, follows redirects, asks for compressed answers."""

    def __init__(self, house: House) -> None:
        self.url = house.url
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar(policy=_Local()))
        )

    def get(self, path: str) -> tuple[bytes, str]:
        """The bytes that came over the wire, and the encoding that they are in."""
        request = urllib.request.Request(
            urllib.parse.urljoin(self.url, path), headers={"Accept-Encoding": "gzip", "Accept": "text/html,*/*"}
        )
        with self.opener.open(request, timeout=30) as answer:
            return answer.read(), answer.headers.get("Content-Encoding", "")

    def text(self, path: str) -> str:
        """A page as text."""
        return unpacked(*self.get(path)).decode()

    def token(self, path: str) -> str:
        """The token of the form at `path`; raises RuntimeError where there is none."""
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.text(path))
        if found is None:
            raise RuntimeError(f"there is no form at {path}")
        return found[1]

    @property
    def cookies(self) -> str:
        """What a browser would send as its Cookie header."""
        kept = (one for one in self.opener.handlers if isinstance(one, urllib.request.HTTPCookieProcessor))
        return "; ".join(f"{one.name}={one.value}" for one in next(kept).cookiejar)

    def share(self, content: bytes | Iterable[bytes], size: int, name: str, **fields: str) -> str:
        """Shares a file in the room of families by the plain form, as a browser without script would; its address."""
        form = "/rooms/families/documents/new/"
        given = {"csrfmiddlewaretoken": self.token(form), "title": "A long film", "language": "en", "tlp": "GREEN"}
        border = uuid.uuid4().hex
        head = "".join(
            f'--{border}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in (given | fields).items()
        )
        head += f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        head += "Content-Type: application/octet-stream\r\n\r\n"
        foot = f"\r\n--{border}--\r\n"
        headers = {
            "Content-Type": f"multipart/form-data; boundary={border}",
            "Content-Length": str(len(head.encode()) + size + len(foot)),
            "Referer": self.url,
        }
        blocks: Any = [content] if isinstance(content, bytes) else content
        body = itertools.chain([head.encode()], blocks, [foot.encode()])
        with self.opener.open(urllib.request.Request(self.url + form, body, headers), timeout=600) as answer:
            return shared_at(answer.url)

    def is_read(self, address: str) -> bool:
        """Whether the worker has looked into the file of a document."""
        return "are being read" not in self.text(address)

    def wait_until_read(self, address: str, seconds: float = 900) -> None:
        """Return when it has; raise RuntimeError after some time."""
        end = time.monotonic() + seconds
        while not self.is_read(address):
            if time.monotonic() > end:
                raise RuntimeError(f"{address} was not looked into within {seconds} s")
            time.sleep(1)

    def sign_in(self, email: str) -> None:
        """Sign in as a person of the demo network; raises RuntimeError when that fails."""
        form = {"csrfmiddlewaretoken": self.token("/accounts/login/"), "login": email, "password": PASSWORD}
        request = urllib.request.Request(
            f"{self.url}/accounts/login/", urllib.parse.urlencode(form).encode(), headers={"Referer": self.url}
        )
        with self.opener.open(request, timeout=30) as answer:
            if "/accounts/login/" in answer.url:
                raise RuntimeError(f"{email} could not sign in")


def shared_at(url: str) -> str:
    """The path of the document to which a form led; raises RuntimeError where it led nowhere."""
    path = urllib.parse.urlsplit(url).path
    if "/documents/" not in path or path.endswith("/new/"):
        raise RuntimeError(f"the file was not shared: {url}")
    return path


class _Local(http.cookiejar.DefaultCookiePolicy):
    """Python's jar takes cookies of `localhost` under the name localhost.local only."""

    def return_ok_domain(self, cookie: http.cookiejar.Cookie, request: urllib.request.Request) -> bool:
        return True

    def domain_return_ok(self, domain: str, request: urllib.request.Request) -> bool:
        return True


def unpacked(body: bytes, encoding: str) -> bytes:
    """The body without its compression."""
    import gzip

    return gzip.decompress(body) if encoding == "gzip" else body
