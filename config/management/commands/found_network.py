"""`manage.py found_network`: from an empty database to a network that its first coordinator can sign in to."""

from __future__ import annotations

import json
from getpass import getpass
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from accounts.actions.founding import First, Lead, check_empty, found
from accounts.forms.founding import FoundingForm
from network.actions.programme import write_theme
from network.models.people import User
from network.refusals import Refusal

THEMES = Path(settings.BASE_DIR) / "config" / "themes.json"


class Command(BaseCommand):
    """Ask for the lead partner and the first coordinator, and found the network with them."""

    help = "Founds a network in an empty database: asks for its lead partner and its first coordinator."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, ask, found, and say what to do next. Interrupted while asking, it has founded nothing."""
        call_command("migrate", verbosity=0, interactive=False)
        try:
            check_empty()
            self.found()
        except Refusal as refusal:
            raise CommandError(str(refusal.reason)) from None
        except (EOFError, KeyboardInterrupt):
            raise CommandError("Nothing was founded.") from None

    def found(self) -> None:
        """Ask everything first, then found."""
        said = {name: self.ask(field) for name, field in FoundingForm().fields.items()}
        first = First(
            name=said["name"],
            email=said["email"],
            password=self.ask_password(User(email=said["email"], name=said["name"])),
            language=said["language"],
            time_zone=said["time_zone"],
        )
        lead = Lead(said["lead_name"], said["lead_short_name"], said["kind"], said["country"], said["city"])
        hosts = self.agree("Does this person also keep the machine that the network runs on?", default=False)
        themes = json.loads(THEMES.read_text("utf-8"))
        begin = self.agree(f"Begin with the {len(themes)} usual themes of the field?", default=True)
        coordinator = found(network=said["network"], lead=lead, first=first, hosts=hosts)
        for row in themes if begin else ():
            write_theme(by=coordinator, name=row["name"])
        self.stdout.write(f"\n{said['network']} is founded. {first.name} signs in at:")
        self.stdout.write(f"  {settings.LIAISE_URL}{reverse('account_login')}")

    def ask(self, field: forms.Field) -> Any:
        """One answer that the field accepts; an empty one is its initial value."""
        choices: dict[str, Any] = dict(getattr(field, "choices", ()))
        if 0 < len(choices) <= 12:
            self.stdout.write("".join(f"\n    {key:<20} {words}" for key, words in choices.items()))
        default = f" [{field.initial}]" if field.initial else "" if field.required else " (may stay empty)"
        while True:
            typed = input(f"{field.label}{default}: ").strip() or field.initial or ""
            # Codes are typed in either case.
            typed = next((key for key in choices if str(key).casefold() == str(typed).casefold()), typed)
            try:
                return field.clean(typed)
            except ValidationError as error:
                self.stderr.write("  " + " ".join(error.messages))

    def ask_password(self, person: User) -> str:
        """A password that is good enough, typed twice the same."""
        while True:
            password = getpass("Password: ")
            try:
                validate_password(password, person)
            except ValidationError as error:
                self.stderr.write("  " + " ".join(error.messages))
                continue
            if getpass("Password again: ") == password:
                return password
            self.stderr.write("  The two are not the same.")

    def agree(self, question: str, *, default: bool) -> bool:
        """Yes or no."""
        while True:
            said = input(f"{question} [{'Y/n' if default else 'y/N'}] ").strip().casefold()
            if said in {"", "y", "yes", "n", "no"}:
                return said.startswith("y") if said else default
