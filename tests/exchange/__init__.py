"""What partners exchange."""
