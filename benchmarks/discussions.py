"""Discussions on PostgreSQL: cost of pages and replies beside a bare view, and what 100 times the data adds."""

import contextlib
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg

from benchmarks.chat import cpu
from benchmarks.house import ROOT, House, Visitor, free_port, serving
from benchmarks.talked import EMAIL

SERVER = os.environ.get("DATABASE_URL") or "postgresql://postgres@127.0.0.1:5432/postgres"
NAME = "liaise_bench"
ROUNDS, A_ROUND = 9, 10
# Limits of the issue; the reach beyond them is in docs/performance.md.
MOST_QUERIES = 12
MOST_LAST, MOST_LIST, MOST_MARK_MS = 1.2, 1.3, 100
# What a reply may cost more in a long discussion, or where a thousand follow it.
MOST_REPLY = 1.3


def measure(_house: House) -> list[str]:
    """Print the figures; return what is wrong. On a server and a database of its own."""
    try:
        with contextlib.closing(psycopg.connect(SERVER, autocommit=True, connect_timeout=3)) as line:
            line.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
            line.execute(f"CREATE DATABASE {NAME}")
    except psycopg.OperationalError as error:
        print(f"left out: no PostgreSQL at {SERVER} ({error})")
        return []
    try:
        with standing() as house:
            return Measured(house).all()
    finally:
        with contextlib.closing(psycopg.connect(SERVER, autocommit=True)) as line:
            line.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


@contextlib.contextmanager
def standing() -> Iterator[House]:
    """One server process on PostgreSQL, without the demo network and without a worker."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        own = {
            "LIAISE_URL": f"http://localhost:{port}",
            "LIAISE_DATA_DIR": folder,
            "LIAISE_REQUIRE_MFA": "0",
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "DATABASE_URL": urllib.parse.urlsplit(SERVER)._replace(path=f"/{NAME}").geturl(),
        }
        house = House(own["LIAISE_URL"], 0, Path(folder), {**os.environ, **own})
        house.environment.pop("REDIS_URL", None)
        with serving(house, port, "--no-demo", "--no-worker"):
            yield house


class Measured:
    """What one run found out."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.wrong: list[str] = []
        self.at: dict[str, str] = json.loads(self.beside("fill"))
        with self.line() as line:
            line.execute("VACUUM ANALYZE")
        self.reader = Visitor(house)
        self.reader.sign_in(EMAIL)

    def all(self) -> list[str]:
        """Every figure, in the order of the issue."""
        self.questions()
        self.pages()
        self.growth()
        self.replies()
        self.marking()
        return self.wrong

    def questions(self) -> None:
        address = self.at["hot in few"]
        count = json.loads(self.beside("queries", address))[address]
        print(f"Hot 50: {count} queries")
        if count > MOST_QUERIES:
            self.wrong.append(f"Hot 50 asks {count} queries and may ask {MOST_QUERIES}")

    def pages(self) -> None:
        """CPU of a request of the two pages, beside a view that renders as long a constant."""
        for name, address in (("Hot 50", self.at["hot in few"]), ("the list", self.at["few"])):
            page = self.reader.text(address)
            (self.house.folder / "bare.html").write_text(page, "utf-8")
            ours, bare = self.compare(lambda where=address: self.look(where), lambda: self.look("/bare/"))
            print(
                f"{name}: {ours[0]:.1f} ms of the application + {ours[1]:.1f} ms of the database, "
                f"{len(page) / 1000:.0f} kB; "
                f"a bare view of that length: {bare[0]:.1f} + {bare[1]:.1f} ms"
            )

    def growth(self) -> None:
        """Each page where there is 100 times as much, beside the same where there is not."""
        at = self.at
        pages = {
            "the list": (at["few"], at["many"], MOST_LIST),
            "page 40 of the list": (at["few, page 40"], at["many, page 40"], MOST_LIST),
            "the last page of the list": (at["few, last page"], at["many, last page"], None),
            "Hot 50": (at["hot in few"], at["hot in many"], None),
            "page 20": (at["short"] + "?page=20", at["long"] + "?page=20", None),
            "the last page": (at["short"] + "?page=20", at["long"] + "?page=2000", None),
            "Hot 1000's last page beside its first": (at["short"], at["short"] + "?page=20", MOST_LAST),
        }
        for name, (few, many, most) in pages.items():
            one, other = self.compare(lambda where=few: self.look(where), lambda where=many: self.look(where))
            ratio = sum(other) / sum(one)
            print(f"{name}: {sum(one):.1f} ms and {sum(other):.1f} ms: {ratio:.2f} times")
            if most and ratio > most:
                self.wrong.append(f"{name} costs {ratio:.2f} times and may cost {most}")

    def replies(self) -> None:
        """A reply where there are 50, 1,000 and 100,000 posts, and where a thousand follow."""
        least = None
        names = ("unfollowed", "short", "long", "followed by many")
        # Once around first: whoever comes first pays for what is made once.
        for name in names * 3:
            self.reply(name)
        for name in names:
            spent = self.spent(lambda where=name: self.reply(where), ROUNDS * 12)
            print(f"a reply, {name}: {spent[0]:.1f} ms of the application + {spent[1]:.1f} ms of the database")
            least = least or spent
            if sum(spent) > MOST_REPLY * sum(least):
                self.wrong.append(
                    f"a reply, {name}, costs {sum(spent) / sum(least):.2f} times and may cost {MOST_REPLY}"
                )

    def marking(self) -> None:
        """How long somebody waits who marks a room of 10,000 discussions as read."""
        where = self.at["marked"]
        page = self.reader.text(where)
        until = re.search(r'name="until" value="([^"]+)"', page)
        took = []
        for _turn in range(5):
            begin = time.perf_counter()
            self.post(where + "read/", until=until[1] if until else "")
            took.append((time.perf_counter() - begin) * 1000)
        print(f"marking 10,000 discussions as read: {statistics.median(took):.0f} ms")
        if statistics.median(took) > MOST_MARK_MS:
            self.wrong.append(f"marking took {statistics.median(took):.0f} ms and may take {MOST_MARK_MS}")

    # --- how it is measured --------------------------------------------------------------------

    def look(self, address: str) -> None:
        self.reader.get(address)

    def reply(self, name: str) -> None:
        self.post(self.at[name] + "reply/", body="That is how we do it, too; the paper is in our documents.")

    def post(self, address: str, **fields: str) -> None:
        """Sends a form, and does not follow to where it leads."""
        cookies = self.reader.cookies
        token = re.search(r"csrftoken=([^;]+)", cookies)
        fields["csrfmiddlewaretoken"] = token[1] if token else ""
        request = urllib.request.Request(
            self.house.url + address,
            urllib.parse.urlencode(fields).encode(),
            headers={"Referer": self.house.url, "Cookie": cookies},
        )
        try:
            urllib.request.build_opener(_Stays).open(request, timeout=60).close()
        except urllib.error.HTTPError as answer:
            if answer.code not in {301, 302, 303}:
                raise RuntimeError(f"{address} answered {answer.code}") from answer

    def compare(self, *ways: Callable[[], None]) -> list[tuple[float, float]]:
        """Median milliseconds of CPU of each, application and database apart, in rounds that take them in turn."""
        found: list[list[tuple[float, float]]] = [[] for _way in ways]
        for way in ways:
            for _turn in range(3):
                way()
        for _round in range(ROUNDS):
            for way, spent in zip(ways, found, strict=True):
                spent.append(self.spent(way, A_ROUND))
        return [
            (statistics.median(one[0] for one in all_), statistics.median(one[1] for one in all_)) for all_ in found
        ]

    def spent(self, way: Callable[[], None], times: int) -> tuple[float, float]:
        """Milliseconds of CPU of one such request, of the serving process and of its database."""
        before = self.used()
        for _turn in range(times):
            way()
        after = self.used()
        return ((after[0] - before[0]) * 1000 / times, (after[1] - before[1]) * 1000 / times)

    def used(self) -> tuple[float, float]:
        with self.line() as line:
            rows = line.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()", [NAME]
            ).fetchall()
        return cpu(self.house.pid), sum(cpu(pid) for (pid,) in rows if Path(f"/proc/{pid}").exists())

    @contextlib.contextmanager
    def line(self) -> Iterator[psycopg.Connection[tuple[int]]]:
        """A connection of our own."""
        with contextlib.closing(psycopg.connect(self.house.environment["DATABASE_URL"], autocommit=True)) as line:
            yield line

    def beside(self, *what: str) -> str:
        """What a process of its own says, with the settings of the house; raises RuntimeError with its error."""
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.talked", *what],
            cwd=ROOT, env=self.house.environment, check=False, capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        return done.stdout.splitlines()[-1]


class _Stays(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer."""

    def redirect_request(self, *_about: object) -> None:
        return None
