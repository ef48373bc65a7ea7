"""A range of a stored file: at least 0.7 of what the same server process reaches for a static file of equal size."""

import os
import statistics
import time
import urllib.parse
import urllib.request

from benchmarks.house import House, Visitor

SIZE = 64 * 1024 * 1024
STEP = 1024 * 1024
ROUNDS = 9
LEAST_RATIO = 0.7
# What is served as a static file and shared as a document; nothing on the way can make it smaller.
CONTENT = b"%PDF-1.7\n" + os.urandom(SIZE - 9)
STATIC = "a-long-film.pdf"


def measure(house: House) -> list[str]:
    """Print the figures; return what is wrong. Asked for is what browsers ask for: the rest, from some place on."""
    visitor = Visitor(house)
    visitor.sign_in("liege@demo.example")
    speeds: dict[str, list[float]] = {visitor.share(CONTENT, SIZE, STATIC) + "download/": [], f"/static/{STATIC}": []}
    for turn in range(ROUNDS + 1):
        for address, reached in speeds.items():
            first = turn * STEP
            begin = time.perf_counter()
            part = fetch(visitor, address, first)
            took = time.perf_counter() - begin
            assert part == CONTENT[first:], address
            if turn:  # the first round fills the caches of both
                reached.append(len(part) / took / 1e6)
    ours, plain = (statistics.median(reached) for reached in speeds.values())
    ratio = ours / plain
    print(
        f"a range of some 60 MiB: {ours:.0f} MB/s of a stored file, {plain:.0f} MB/s of a static one; ratio {ratio:.2f}"
    )
    if ratio < LEAST_RATIO:
        return [f"a range of a stored file has {ratio:.2f} of a static file's speed and must have {LEAST_RATIO}"]
    return []


def fetch(visitor: Visitor, address: str, first: int) -> bytes:
    """One range."""
    request = urllib.request.Request(urllib.parse.urljoin(visitor.url, address), headers={"Range": f"bytes={first}-"})
    with visitor.opener.open(request, timeout=60) as answer:
        assert answer.status == 206, answer.status
        return answer.read()
