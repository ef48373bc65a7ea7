"""`manage.py demo`: the demo network of config/demo."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.demo.loading import Refused, load


class Command(BaseCommand):
    """Load the demo network once, all or nothing, into a database that holds nobody else."""

    help = "Loads the demo network into an empty database; a second time changes nothing. Refuses in production."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it, and say what was done."""
        begin = time.perf_counter()
        try:
            loaded = load()
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        if options["verbosity"]:
            took = time.perf_counter() - begin
            self.stdout.write(
                f"The demo network is loaded ({took:.1f} s)." if loaded else "The demo network is loaded already."
            )
