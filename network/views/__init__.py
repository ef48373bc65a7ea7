"""Pages of the ground floor: rooms, members, notifications, and what can be done with any item."""
