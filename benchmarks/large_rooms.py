"""A room's documents: the page of a room with 10,000 within 1.3 times of that of a room with 100."""

import statistics
import time

from benchmarks.house import House, Visitor

SMALL, LARGE = 100, 10_000
ROUNDS = 25
MOST_RATIO = 1.3


def measure(house: House) -> list[str]:
    """Print the figures; return what is wrong."""
    for documents in (SMALL, LARGE):
        house.run(f"from benchmarks.filling import fill; fill('bench-{documents}', {documents})")
    visitor = Visitor(house)
    visitor.sign_in("malmo@demo.example")
    took: dict[int, list[float]] = {SMALL: [], LARGE: []}
    for turn in range(ROUNDS + 3):
        for documents, times in took.items():
            begin = time.perf_counter()
            page = visitor.text(f"/rooms/bench-{documents}/documents/")
            times.append(time.perf_counter() - begin)
            if not turn:
                assert page.count("/documents/") > 20, page[:500]
    small, large = (statistics.median(times[3:]) * 1000 for times in took.values())
    ratio = large / small
    print(f"documents of a room: {small:.0f} ms with {SMALL}, {large:.0f} ms with {LARGE:,}; ratio {ratio:.2f}")
    if ratio > MOST_RATIO:
        return [f"the page of a room with {LARGE:,} documents takes {ratio:.2f} times as long, and may {MOST_RATIO}"]
    return []
