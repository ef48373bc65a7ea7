"""What `exchange` does in the background. Each task may run twice, and be cut off anywhere."""

from __future__ import annotations

from exchange.actions.reading import due_for_a_reminder, remind


def remind_readers() -> None:
    """Each morning: who has not confirmed what is to be read by tomorrow is reminded, once."""
    for request in due_for_a_reminder():
        remind(request)
