"""What partners do with documents and practice sheets."""
