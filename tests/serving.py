"""A real server process on the tests' database, and a real browser in front of it.

`serve()` gives the server that all tests of this run share, `serve(REDIS_URL="…")` one of its own. Both need rows that
another process can see, so these tests commit (`transactional_db`), and the tables are emptied behind them.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.management.commands import flush
from django.db import connection, connections

from network import triggers

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Server:
    """A daphne process. `url` has no slash at its end; `sockets` is the address of the one WebSocket."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path
    url: str = field(init=False)
    sockets: str = field(init=False)

    def __post_init__(self) -> None:
        self.url = f"http://localhost:{self.port}"
        self.sockets = f"ws://localhost:{self.port}/ws/live/"

    def wait(self, seconds: float = 120) -> None:
        """Return when the server answers; raise `RuntimeError` with its log when it ends or takes too long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=5).close()  # noqa: S310 - our own address
                return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"The server did not come up:\n{self.log.read_text()[-4000:]}")

    def stop(self, *, kill: bool = False) -> None:
        """End the process: politely, or at once as a power cut would."""
        if self.process.poll() is None:
            self.process.kill() if kill else self.process.terminate()
        self.process.wait(10)


def _database_url() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    who = quote(database["USER"]) + (f":{quote(database['PASSWORD'])}" if database["PASSWORD"] else "")
    where = database["HOST"] + (f":{database['PORT']}" if database["PORT"] else "")
    return f"postgresql://{who}@{where}/{quote(database['NAME'])}"


def manage(log: Path, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    """Start `manage.py` with `arguments` on the database of the tests; what it says goes to `log`."""
    known = {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": _database_url(),
        "LIAISE_DATA_DIR": str(settings.LIAISE_DATA_DIR),
        "LIAISE_DATABASE_POOL": "4",
    }
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=os.environ | known | environment,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def start(log: Path, *, worker: bool = False, **environment: str) -> Server:
    """Start daphne on a free port of this machine, on the database of the tests, and wait until it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    how = ["--as-it-is", "--host", "127.0.0.1", "--port", str(port)]
    if not worker:
        # What is to be done in the background is done by the tests themselves, where they look at it.
        how.append("--no-worker")
    process = manage(log, "serve", *how, **{"LIAISE_URL": f"http://localhost:{port}"} | environment)
    server = Server(port, process, log)
    server.wait()
    return server


@pytest.fixture(scope="session")
def _shared_server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Server]]:
    running: list[Server] = []

    def shared() -> Server:
        if not running or running[0].process.poll() is not None:
            running[:] = [start(tmp_path_factory.mktemp("server") / "daphne.log")]
        return running[0]

    yield shared
    for server in running:
        server.stop()


@pytest.fixture
def serve(
    transactional_db: None,
    _shared_server: Callable[[], Server],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[Callable[..., Server]]:
    """`serve()`: the shared server. `serve(NAME="value", …)`: one for this test alone, with these variables."""
    own: list[Server] = []

    def serve(**environment: str) -> Server:
        server = start(tmp_path / f"daphne-{len(own)}.log", **environment) if environment else _shared_server()
        if environment:
            own.append(server)
        request.node.stash.setdefault(LOGS, []).append((server.log, server.log.stat().st_size))
        return server

    yield serve
    for server in own:
        server.stop()


LOGS = pytest.StashKey[list[tuple[Path, int]]]()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A failed test shows what the server wrote meanwhile."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.failed:
        for log, begin in item.stash.get(LOGS, []):
            report.sections.append((f"server: {log.name}", log.read_bytes()[begin:].decode(errors="replace")[-6000:]))


@pytest.fixture(scope="session", autouse=True)
def _emptied_in_little_time() -> Iterator[None]:
    """Behind a test that commits, the tables are emptied row by row, and nothing is set up anew.

    Content types and permissions stay, whose ids the server process remembers. PostgreSQL's TRUNCATE makes a file
    for each table and index, which takes seconds; the few rows of a test are gone in milliseconds.
    """
    kept = {"django_content_type", "auth_permission", "django_migrations"}

    def sql_flush(style, connection, reset_sequences=True, allow_cascade=False):  # type: ignore[no-untyped-def]
        names = connection.introspection.django_table_names(only_existing=True, include_views=False)
        tables = [name for name in names if name not in kept]
        if connection.vendor == "postgresql" and _rules(connection):
            # Neither foreign keys nor the trail, which refuses to be emptied, are asked.
            emptied = (f"DELETE FROM {connection.ops.quote_name(table)}" for table in tables)  # noqa: S608 - our own names
            return ["SET LOCAL session_replication_role = replica", *emptied]
        triggers.lift(connection)
        return connection.ops.sql_flush(style, tables, reset_sequences=reset_sequences, allow_cascade=allow_cascade)

    def put_back(verbosity: int, interactive: bool, db: str, **_: object) -> None:
        if connections[db].vendor != "postgresql" or not _rules(connections[db]):
            triggers.install(connections[db])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "sql_flush", sql_flush)
        patch.setattr(flush, "emit_post_migrate_signal", put_back)
        yield


@cache
def _rules(connection: Any) -> bool:
    """Whether this role may do anything on its server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])
