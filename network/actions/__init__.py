"""What people can do on the ground floor: with rooms, and with whatever is shared."""
