"""`manage.py load_scale`: bulk data of config/scale."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.demo.loading import Refused
from config.scale.loading import load
from config.scale.numbers import Numbers

DEFAULTS = {"partners": 200, "rooms": 1000, "items": 100_000, "posts": 500_000, "people": 5000, "seed": 1}


class Command(BaseCommand):
    """Load bulk data once, all or nothing, beside the demo network."""

    help = "Loads bulk data beside the demo network, to measure with; a second time changes nothing. Not in production."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much of everything; the seed decides about the rest."""
        for name, default in DEFAULTS.items():
            parser.add_argument(f"--{name}", type=int, default=default, help=f"(default: {default})")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it, and say how fast that was."""
        try:
            rows, took = load(Numbers(**{name: options[name] for name in DEFAULTS}))
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        if options["verbosity"]:
            self.stdout.write(
                f"{rows:,} rows are loaded ({took:.1f} s, {rows / took:,.0f} a second)."
                if rows
                else "These bulk data are loaded already."
            )
