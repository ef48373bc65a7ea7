"""`manage.py serve`: everything between a fresh folder and an open page, in one process with its worker beside it."""

import hashlib
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

ACCOUNTS = (
    ("coordinator@demo.example", "a coordinator, of the lead partner"),
    ("liege@demo.example", "the representative of Liège"),
    ("malmo@demo.example", "a practitioner in Malmö"),
    ("expert@demo.example", "a guest expert"),
)


class Command(BaseCommand):
    """Migrate, load the demo network, collect the static files, each only where needed, then serve with daphne."""

    help = "Prepares the house where it is not ready yet, and serves it with daphne."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen; HOST and PORT of the environment are the defaults."""
        parser.add_argument("--host", default=os.environ.get("HOST") or "localhost")
        parser.add_argument("--port", default=os.environ.get("PORT") or "8000")
        parser.add_argument("--no-demo", action="store_true", help="Serve without loading the demo network.")
        parser.add_argument("--as-it-is", action="store_true", help="Serve at once: nothing is prepared or checked.")
        parser.add_argument("--no-worker", action="store_true", help="Serve alone; `manage.py work` runs elsewhere.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what is needed, say how long each step took, and serve until interrupted."""
        try:
            self.prepare_and_serve(**options)
        except KeyboardInterrupt:
            self.stderr.write("\nStopped before it was ready. The next start goes on from here.")
            sys.exit(130)

    def prepare_and_serve(self, **options: Any) -> None:
        """Do both; interrupted while it serves, the server ends by itself."""
        host, port = options["host"], port_number(options["port"])
        addresses = free_addresses(host, port)
        demo = not options["as_it_is"] and self.prepare(demo=not options["no_demo"])
        with self.step("Application") as say:
            # Twisted chooses its event loop when it is first imported, so not before it is wanted.
            from config.asgi import application
            from config.server import serve
            from config.worker import WorkerBeside

            say("loaded")
        if demo:
            self.introduce()
        shown = f"[{host}]" if ":" in host else host
        self.stdout.write(f"\nLiaise is at http://{shown}:{port}/  (stop it with Ctrl-C)")
        self.stdout.flush()
        connections.close_all()
        with nullcontext() if options["no_worker"] else WorkerBeside():
            serve(application, addresses=addresses, port=port)

    def prepare(self, *, demo: bool) -> bool:
        """Bring rows, demo network and static files to where they should be; whether the demo network is there."""
        from exchange.storage import make_store

        with self.step("Database") as say:
            say(migrate())
            make_store()
        with self.step("Checks") as say:
            self.check(databases=[DEFAULT_DB_ALIAS])
            say("passed")
        with self.step("Demo network") as say:
            there, done = load_demo() if demo else (False, "left out")
            say(done)
        with self.step("Static files") as say:
            say(collect_static())
        return there

    @contextmanager
    def step(self, name: str) -> Iterator[Callable[[str], None]]:
        """Time one step and print what was done in it."""
        begin = time.perf_counter()
        done: list[str] = []
        yield done.append
        self.stdout.write(f"{name:<14}{time.perf_counter() - begin:6.1f} s   {'; '.join(done)}")
        self.stdout.flush()

    def introduce(self) -> None:
        """Print whom one may sign in as."""
        self.stdout.write("\nSign in as one of these, with the password liaise-demo:")
        for email, who in ACCOUNTS:
            self.stdout.write(f"  {email:<27}{who}")


def port_number(text: str) -> int:
    """The port in `text`; raises CommandError where it is none."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CommandError(f"PORT is {text!r} and must be a number from 1 to 65535.")
    return int(text)


def free_addresses(host: str, port: int) -> list[str]:
    """The addresses of `host` on this machine that one can listen on; raises CommandError where there is none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise CommandError(f"HOST is {host!r}, which is no address of this machine: {error}") from None
    names = {str(entry[4][0]) for entry in found}
    if host == "localhost":
        names.add("127.0.0.1")
    free, why = [], ""
    for name in sorted(names):
        family = socket.AF_INET6 if ":" in name else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((name, port))
            except OSError as error:
                # A machine without IPv6 names ::1 nevertheless.
                if name != "::1":
                    why = str(error)
            else:
                free.append(name)
    if why or not free:
        raise CommandError(f"Port {port} of {host} cannot be used ({why}). Another one: make run PORT={port + 1}")
    return free


def migrate() -> str:
    """Apply the migrations that are not applied yet."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return "up to date"
    call_command("migrate", verbosity=0, interactive=False)
    return f"{len(plan)} migrations applied"


def load_demo() -> tuple[bool, str]:
    """Load the demo network unless it is there; whether it is there now, and what was done."""
    from config.demo.loading import Refused, load

    try:
        return True, "loaded" if load() else "already there"
    except Refused as refusal:
        return False, f"left out. {refusal}"


def collect_static() -> str:
    """Collect the static files when any of them has changed since the last time."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    state = static_state()
    if stamp.exists() and stamp.read_text("ascii") == state:
        return "unchanged"
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(state, "ascii")
    return "collected"


def static_state() -> str:
    """A digest of the names, sizes and times of all static files, and of the Django that collects them."""
    digest = hashlib.sha256(django.__version__.encode())
    for finder in get_finders():
        for path, storage in finder.list(ignore_patterns=[]):
            about = Path(storage.path(path)).stat()
            digest.update(f"{path} {about.st_size} {about.st_mtime_ns}\n".encode())
    return digest.hexdigest()
