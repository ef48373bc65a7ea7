"""Weight of a first page with everything that it loads, as it comes over the wire: below 150 kB."""

import re
from urllib.parse import urljoin, urlsplit

from benchmarks.house import House, Visitor, unpacked

MOST_KB = 150
LOADED = (
    r'<link[^>]+rel="(?:stylesheet|icon|modulepreload|preload|manifest)"[^>]*href="([^"]+)"',
    r'<link[^>]+href="([^"]+)"[^>]*rel="(?:stylesheet|icon|modulepreload|preload|manifest)"',
    r'<script[^>]+src="([^"]+)"',
    r'<img[^>]+src="([^"]+)"',
)
LOADED_BY_SCRIPT = (r"""\b(?:import|from)\s*\(?\s*["'](\.{0,2}/[^"'\s]+\.js)["']""",)
LOADED_BY_STYLE = (r'@import\s+(?:url\()?\s*["\']?([^"\')\s]+)', r'url\(\s*["\']?([^"\')]+)')


def weigh(visitor: Visitor, page: str) -> dict[str, int]:
    """Bytes over the wire of `page` and of each file that it loads, by address."""
    weights: dict[str, int] = {}
    waiting = [page]
    while waiting:
        address = waiting.pop()
        if address in weights or address.startswith("data:"):
            continue
        body, encoding = visitor.get(address)
        weights[address] = len(body)
        kind = urlsplit(address).path.rpartition(".")[2]
        patterns = {"js": LOADED_BY_SCRIPT, "css": LOADED_BY_STYLE}.get(kind, LOADED if address == page else ())
        text = unpacked(body, encoding).decode("utf-8", "replace") if patterns else ""
        waiting += [urljoin(address, found) for pattern in patterns for found in re.findall(pattern, text)]
    return weights


def measure(house: House) -> list[str]:
    """Print the figures; return what is wrong."""
    stranger, member = Visitor(house), Visitor(house)
    member.sign_in("malmo@demo.example")
    wrong = []
    for who, visitor, page in (
        ("the public page", stranger, "/"),
        ("the sign-in page", stranger, "/accounts/login/"),
        ("a member's home", member, "/"),
        ("a room", member, "/rooms/commons/"),
    ):
        weights = weigh(visitor, page)
        total = sum(weights.values()) / 1000
        print(f"{who}: {total:.1f} kB in {len(weights)} files, the page itself {weights[page] / 1000:.1f} kB")
        if total >= MOST_KB:
            largest = sorted(weights.items(), key=lambda one: -one[1])[:5]
            wrong.append(f"{who} is {total:.0f} kB and must be below {MOST_KB} kB; the largest: {largest}")
    return wrong
