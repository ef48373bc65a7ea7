"""What is done again and again for people; each may be begun twice, and made up for after missed days."""

from __future__ import annotations

from accounts.actions import absence


def see_to_absence() -> None:
    """Asks those who have not come for long, and lets those go who were asked and did not answer."""
    absence.let_the_silent_go()
    absence.ask_the_absent()
