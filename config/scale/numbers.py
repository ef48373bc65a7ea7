"""How much there is of everything, and how unevenly it is spread."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Numbers:
    """What is asked for. The two discussions of the room `bench` come on top."""

    partners: int
    rooms: int
    items: int
    posts: int
    people: int
    seed: int

    def __str__(self) -> str:
        return (
            f"{self.partners} partners, {self.rooms} rooms, {self.items} items, {self.posts} posts and "
            f"{self.people} people by the seed {self.seed}"
        )


def spread(total: int, parts: int, *, least: int = 0, exponent: float = 1.0) -> list[int]:
    """Divides `total` as Zipf found towns, words and rooms to be: the n-th has a share of 1 to the power of n.

    The largest comes first, none has fewer than `least`, and the sum is `total` (or `least` each, where that is more).
    """
    weights = [(1 + number) ** -exponent for number in range(parts)]
    free, whole = max(total - least * parts, 0), sum(weights)
    shares = [least + int(free * weight / whole) for weight in weights]
    missing = max(total, least * parts) - sum(shares)
    for number in range(missing):
        shares[number % parts] += 1
    return shares
