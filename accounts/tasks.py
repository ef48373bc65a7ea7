"""What is done in the background about partners and people: plain functions, which may be called again."""

from __future__ import annotations

from accounts.actions import imports
from network import clock


def carry_out_import(key: int) -> None:
    """Carries out what is left of a list of partners or people."""
    imports.carry_on(key)


def forget_imports() -> None:
    """Daily: what was typed in lists does not stay, whether they were carried out or not."""
    imports.forget_old(clock.now() - imports.ABANDONED_AFTER)
