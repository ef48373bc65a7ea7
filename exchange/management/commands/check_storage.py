"""`manage.py check_storage`: whether rows and stored files agree."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from exchange.inspection import inspect


class Command(BaseCommand):
    """Find stored files that are missing, altered, or that no row speaks of."""

    help = (
        "Finds stored files that are missing, altered, or that no row speaks of (orphaned). "
        "Ends with 1 where there are some, with 2 where the store does not answer."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How thorough, and what to do with orphans."""
        parser.add_argument("--quick", action="store_true", help="compare lengths, not the digest of every byte")
        parser.add_argument(
            "--delete-orphans", action="store_true", help="remove files that no row has spoken of for a day"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Look, name each finding, and sum up."""

        def tell(what: str, path: str) -> None:
            self.stdout.write(f"{what}: {path}")

        try:
            found = inspect(quick=options["quick"], delete_orphans=options["delete_orphans"], tell=tell)
        except OSError as error:
            raise CommandError(f"The store does not answer: {error}", returncode=2) from None
        summary = (
            f"{found.files:,} files of rows ({found.bytes:,} bytes): {len(found.missing)} missing, "
            f"{len(found.altered)} altered. {len(found.orphaned)} orphaned, {found.deleted} of them deleted; "
            f"{found.young} without a row yet are younger than a day."
        )
        if not found.is_well:
            raise CommandError(summary, returncode=1)
        if options["verbosity"]:
            self.stdout.write(summary)
