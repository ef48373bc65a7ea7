"""What can be done about people and partners, one module a noun."""
