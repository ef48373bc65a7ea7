"""What Liaise costs, measured on a fresh demo network: `make bench`. Sizes and ratios, not times."""
