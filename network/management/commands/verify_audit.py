"""`manage.py verify_audit`: whether anybody has changed the trail."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from network import clock
from network.sealing import BEGINNING, Verdict, verify


class Command(BaseCommand):
    """Recompute the chain over the audit trail and say where it breaks."""

    help = "Recomputes the chain over the audit trail; ends with 1 at the first link that does not hold."

    def add_arguments(self, parser: CommandParser) -> None:
        """A link that was noted earlier."""
        parser.add_argument(
            "--noted",
            metavar="NUMBER:SEAL",
            help="A link that an earlier run told and somebody noted elsewhere: it must still be there.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what holds, and what waits; CommandError where the chain is broken."""
        noted = _noted(options["noted"])
        verdict = verify(noted=noted)
        if verdict.first > 1:
            self.stdout.write(f"Retention has removed the links before number {verdict.first}.")
        if noted and noted[0] < verdict.first - 1:
            self.stdout.write("The noted link is among them, so nothing can be said of it.")
        self.stdout.write(f"{verdict.links} links hold.")
        number, seal = verdict.end
        if seal != BEGINNING:
            self.stdout.write(f"The newest that holds: {number}:{seal}")
        self.stdout.write(_tail(verdict))
        if verdict.broken is not None:
            broken = verdict.broken
            where = f"link {broken.number}" if broken.number else "the unsealed tail"
            of = f", entry {broken.entry}" if broken.entry is not None else ""
            raise CommandError(f"The trail is broken at {where}{of}: {broken.what}.")


def _noted(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    number, _, seal = text.partition(":")
    if not number.isascii() or not number.isdigit() or len(seal) != len(BEGINNING):
        raise CommandError("Give the link as it was told: its number, a colon, its seal.")
    return int(number), seal.lower()


def _tail(verdict: Verdict) -> str:
    if verdict.tail_since is None:
        return "Nothing waits to be sealed."
    minutes = int((clock.now() - verdict.tail_since).total_seconds() // 60)
    entries = "1 entry waits" if verdict.tail == 1 else f"{verdict.tail} entries wait"
    return f"{entries} to be sealed, the oldest for {minutes} minutes."
