"""`manage.py work`: does the background work, as a process of its own beside those that serve."""

import os
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from network.background.worker import Foreman


class Command(BaseCommand):
    """Take tasks from the database until told to stop by SIGTERM or Ctrl-C."""

    help = "Does the background work: letters, exports, what is due by the clock."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """How it ends beside a signal."""
        parser.add_argument(
            "--until-input-ends",
            action="store_true",
            help="End with standard input as well, which is how a parent that is killed takes its worker along.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Work; a second signal while it says farewell ends it at once."""
        if options["until_input_ends"]:
            threading.Thread(target=stop_after_input, daemon=True).start()
        Foreman().run()


def stop_after_input() -> None:
    """Ask this process to stop once nobody holds the other end of its standard input."""
    # Not through sys.stdin, whose lock a waiting thread would hold while the process ends.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
