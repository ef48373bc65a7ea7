"""What is typed about people and partners, one module a noun."""
