"""What is done in the background about people: plain functions, which may be called again, also after missed days."""

from __future__ import annotations

from accounts.actions import absence, reminders, requests


def sort_request(key: int) -> None:
    """Finds out whether who asked is known or asked before, and tells whoever answers."""
    requests.sort(key)


def warn_of_ends() -> None:
    """Daily: whose membership or own place ends soon hears of it."""
    reminders.warn_of_membership_ends()
    reminders.warn_of_place_ends()


def ask_for_confirmation() -> None:
    """Daily: whose people have not been confirmed for a year is asked to."""
    reminders.ask_for_confirmation()


def see_to_absence() -> None:
    """Daily: asks those who have not come for long, and lets those go who were asked and did not answer."""
    absence.let_the_silent_go()
    absence.ask_the_absent()
