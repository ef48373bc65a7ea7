"""What the ground floor does by itself, regularly. Each task may run twice and be cut off anywhere."""

from __future__ import annotations

from network import retention, sealing


def seal_trail() -> None:
    """Seals the entries that have committed since the last minute."""
    sealing.seal_trail()


def keep_retention() -> None:
    """Each night: removes what has been kept long enough, and seals what the minutely task cannot have seen."""
    sealing.seal_trail(whole=True)
    retention.keep_all()
