"""A scanner that thinks for minutes: the file waits visibly, is not handed out, pages answer, and then it is there."""

import os
import statistics
import time
import urllib.error
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.house import House, Visitor, house
from benchmarks.memory import PAGES
from tests.exchange.clamds import fake_clamd

THINKS = float(os.environ.get("LIAISE_SOAK_SCAN_SECONDS", "180"))
AFTERWARDS = 60
LONGEST_PAGE = 10.0
WAITS = "waits for the scanner"
OURS = b"%PDF-1.7 a film that one thinks about "


class Thinking(list[bytes]):
    """What a scanner received: it thinks about our film before it says anything, and not about the demo network."""

    def append(self, content: bytes) -> None:
        """Called when the whole file has come."""
        super().append(content[: len(OURS)])
        if content.startswith(OURS):
            time.sleep(THINKS)


@contextmanager
def own_house() -> Iterator[House]:
    """One whose files are scanned, slowly."""
    with fake_clamd() as clamd:
        clamd.received = Thinking()
        with house(LIAISE_CLAMD=clamd.address) as running:
            yield running


def measure(running: House) -> list[str]:
    """Print the figures; return what is wrong."""
    sender, reader = Visitor(running), Visitor(running)
    sender.sign_in("liege@demo.example")
    reader.sign_in("malmo@demo.example")
    content = OURS + os.urandom(1_000_000)
    address = sender.share(content, len(content), "film.pdf")
    begin, pages, wrong = time.monotonic(), [], []
    while (status := handed_out(reader, address)) == 403:
        if time.monotonic() - begin > THINKS + AFTERWARDS:
            return [f"it was not handed out {AFTERWARDS} s after the scanner had passed it"]
        if WAITS not in reader.text(address) and handed_out(reader, address) == 403:
            wrong = ["the page does not say that the file waits for the scanner"]
        for page in PAGES:
            since = time.monotonic()
            reader.get(page)
            pages.append(time.monotonic() - since)
        time.sleep(1)
    waited = time.monotonic() - begin
    median, longest = statistics.median(pages), max(pages)
    print(f"it waited for {waited:.0f} s of a scanner that thinks for {THINKS:.0f}, and was then handed out: {status}")
    print(f"{len(pages)} pages meanwhile: {median * 1000:.0f} ms in the middle, {longest * 1000:.0f} ms at most")
    if status != 200 or waited < THINKS:
        wrong.append(f"after {waited:.0f} s it was answered by {status}, with a scanner that thinks for {THINKS:.0f} s")
    if longest > LONGEST_PAGE:
        wrong.append(f"a page took {longest:.0f} s meanwhile")
    return wrong


def handed_out(visitor: Visitor, address: str) -> int:
    """The status of a download."""
    try:
        with visitor.opener.open(f"{visitor.url}{address}download/", timeout=60) as answer:
            answer.read()
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code
