"""`manage.py appoint_host EMAIL`: lets a person see after the background work; `--no-longer` ends it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from network.actions.hosts import appoint_host, dismiss_host
from network.models.people import User


class Command(BaseCommand):
    """Appoint, or dismiss, a host from the shell; in the trail it is the network itself that did it."""

    help = "Lets a person host the network: see its background work and have what failed tried again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom."""
        parser.add_argument("email", help="The address that the person signs in with.")
        parser.add_argument("--no-longer", action="store_true", help="End it.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say so."""
        person = User.objects.filter(email__iexact=options["email"], is_active=True).first()
        if person is None:
            raise CommandError(f"Nobody here signs in with {options['email']}.")
        if options["no_longer"]:
            dismiss_host(person=person)
            self.stdout.write(f"{person.name} no longer hosts the network.")
        else:
            appoint_host(person=person)
            self.stdout.write(f"{person.name} hosts the network.")
