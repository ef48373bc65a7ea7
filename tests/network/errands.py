"""Tasks that leave a trace in a file, so that a test sees what other processes did."""

import time
from pathlib import Path


def note(file: str, word: str) -> None:
    with Path(file).open("a") as opened:
        opened.write(f"{word}\n")


def refuse(file: str) -> None:
    note(file, "tried")
    raise ConnectionError("the mail server is away")


def get_stuck_at_first(file: str) -> None:
    """Whoever begins it first does not come to its end."""
    again = Path(file).exists()
    note(file, "begun")
    if not again:
        time.sleep(120)
    note(file, "done")


def regular() -> None:
    """Something that is due by the clock."""
