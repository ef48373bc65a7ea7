"""What is too large or takes too long for every change: `make soak`. Each part prints what it did and what it saw."""
