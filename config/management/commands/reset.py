"""`manage.py reset`: back to a fresh folder, after asking."""

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection


class Command(BaseCommand):
    """Delete all rows, files and e-mails of a development network."""

    help = "Deletes the rows, files and e-mails of this development network. Asks first."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to ask."""
        parser.add_argument("--yes", action="store_true", help="Do not ask.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse in production; name what will be lost; delete it when the answer is yes."""
        if settings.PRODUCTION:
            raise CommandError("This is production (LIAISE_ENV): nothing is deleted.")
        name = connection.settings_dict["NAME"]
        self.stdout.write(f"This deletes the database {name} and the files and e-mails in {settings.LIAISE_DATA_DIR}.")
        if not options["yes"] and input("Type yes to go on: ").strip().lower() != "yes":
            self.stdout.write("Nothing was deleted.")
            return
        empty_database()
        for folder in ("files", "uploads", "mail", "static"):
            shutil.rmtree(settings.LIAISE_DATA_DIR / folder, ignore_errors=True)
        self.stdout.write("Deleted. make run begins anew.")


def empty_database() -> None:
    """Remove every table: on PostgreSQL with the schema, as the append-only tables refuse to be emptied."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
        return
    connection.close()
    for suffix in ("", "-wal", "-shm"):
        Path(f"{connection.settings_dict['NAME']}{suffix}").unlink(missing_ok=True)
