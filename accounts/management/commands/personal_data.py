"""`manage.py personal_data`: what there is of a person, found, exported or erased by whoever keeps the machine."""

from __future__ import annotations

import os
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from accounts.actions.leaving import erase_person
from accounts.actions.personal_data import find_data, write_export
from network.models.people import User
from network.personal import NOWHERE
from network.refusals import Refusal


class Command(BaseCommand):
    """Find, export or erase the personal data of one person; each time is written into the audit trail."""

    help = "Finds, exports or erases the personal data of one person, given by e-mail address or identifier."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, for whom, and where an export goes."""
        parser.add_argument("act", choices=["find", "export", "erase"])
        parser.add_argument("who", metavar="EMAIL-OR-UID")
        parser.add_argument("--to", type=Path, metavar="FILE", help="Where the export goes (personal-data-UID.zip).")
        parser.add_argument("--yes", action="store_true", help="Erase without asking.")

    def handle(self, *args: Any, act: str, who: str, to: Path | None, yes: bool, **options: Any) -> None:
        """Do it, and say what was done."""
        person = self.person(who)
        if act == "find":
            self.find(person)
        elif act == "export":
            self.export(person, to or Path(f"personal-data-{person.uid}.zip"))
        else:
            self.erase(person, sure=yes)

    def person(self, who: str) -> User:
        """Whom the address or the identifier means."""
        rule = Q(email__iexact=who)
        with suppress(ValueError):
            rule |= Q(uid=uuid.UUID(who))
        person = User.objects.filter(rule).first()
        if person is None:
            raise CommandError(f"Nobody here has the address or identifier {who}.")
        return person

    def find(self, person: User) -> None:
        """One line a kind."""
        self.stdout.write(f"{person.name}, {person.email}, {person.uid}")
        for kind, count in find_data(by=None, person=person):
            self.stdout.write(f"{count:>8}  {kind.key:<22} {kind.name}")

    def export(self, person: User, to: Path) -> None:
        """Everything of theirs into a file that must not be there yet, for nobody else on the machine to read."""
        try:
            file = open(to, "xb", opener=lambda path, flags: os.open(path, flags, 0o600))  # noqa: SIM115
        except FileExistsError:
            raise CommandError(f"{to} is there already. Say with --to where the export goes.") from None
        try:
            with file:
                write_export(person=person, into=file)
        except BaseException:
            to.unlink()
            raise
        self.stdout.write(f"Everything of {person.name} is in {to}.")

    def erase(self, person: User, *, sure: bool) -> None:
        """After the address was typed once more."""
        if person.email.endswith(NOWHERE):
            self.stdout.write("Erased before.")
            return
        if not sure and input(f"Type {person.email} to erase everything known of {person.name}: ") != person.email:
            raise CommandError("Nothing was erased.")
        try:
            erase_person(by=None, person=person)
        except Refusal as refusal:
            raise CommandError(str(refusal.reason)) from None
        self.stdout.write("The account is closed and the personal data are erased.")
