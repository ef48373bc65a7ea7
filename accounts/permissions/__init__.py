"""Who may do what about people and partners, one module a noun."""
