"""What people chose to be told of a discussion: as of any item (network.follows)."""

from network.follows import choices_for, wants_none

__all__ = ["choices_for", "wants_none"]
