"""What notices about partners and people speak of, shown to each reader as far as they may know it."""

from accounts.parts import people, standing


def register_all() -> None:
    """Called once, from the AppConfig."""
    standing.register_all()
    people.register_all()


__all__ = ["register_all"]
