"""Pages about partners and people, and the way in."""
