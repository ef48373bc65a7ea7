"""A house to measure: a fresh demo network behind a real server, and visitors who know only HTTP."""

import http.cookiejar
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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "liaise-demo"  # noqa: S105 - it is in the README


@dataclass
class House:
    """A running server."""

    url: str
    pid: int

    def memory(self) -> float:
        """What the serving process holds now, in MB."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def house() -> Iterator[House]:
    """Start `manage.py serve` in an empty folder and wait until the demo network is there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        own = {"LIAISE_DATA_DIR": folder, "LIAISE_REQUIRE_MFA": "0", "LIAISE_URL": f"http://localhost:{port}"}
        own["LIAISE_MAX_UPLOAD_MB"] = "1200"
        clean = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        command = [sys.executable, "manage.py", "serve", "--host", "127.0.0.1", "--port", str(port)]
        log = Path(folder) / "serve.log"
        with log.open("wb") as output:
            process = subprocess.Popen(command, cwd=ROOT, env=clean | own, stdout=output, stderr=subprocess.STDOUT)
        try:
            running = House(f"http://localhost:{port}", process.pid)
            wait(running, process, log)
            yield running
        finally:
            process.terminate()
            process.wait(20)


def wait(running: House, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the house answers; raise RuntimeError with its log when it ends first."""
    for _ in range(1200):
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

    def sign_in(self, email: str) -> None:
        """Sign in as a person of the demo network; raises RuntimeError when that fails."""
        page = self.text("/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if token is None:
            raise RuntimeError("the sign-in page has no form")
        form = {"csrfmiddlewaretoken": token[1], "login": email, "password": PASSWORD}
        request = urllib.request.Request(
            f"{self.url}/accounts/login/", urllib.parse.urlencode(form).encode(), headers={"Referer": self.url}
        )
        with self.opener.open(request, timeout=30) as answer:
            if "/accounts/login/" in answer.url:
                raise RuntimeError(f"{email} could not sign in")


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
