"""Pages while a PDF of 300 pages is looked into: their p95 within 1.5 times of what it is otherwise."""

import io
import random
import statistics
import time

from reportlab.pdfgen.canvas import Canvas

from benchmarks.house import House, Visitor
from benchmarks.memory import PAGES

LENGTH = 300
LINES, WORDS = 45, 11
MOST = 1.5
# Views on each side, so that what else the machine does meanwhile weighs on both.
VIEWS = 180
LONGEST = 900


def measure(house: House) -> list[str]:
    """Print the figures; return what is wrong."""
    visitor = Visitor(house)
    visitor.sign_in("liege@demo.example")
    views(visitor, len(PAGES))  # fills the caches
    idle = views(visitor, VIEWS)
    content = report()
    address = visitor.share(content, len(content), "report.pdf", title="A long report")
    busy: list[float] = []
    begun = time.monotonic()
    while not visitor.is_read(address) and time.monotonic() < begun + LONGEST:
        busy += views(visitor, len(PAGES))
    took = time.monotonic() - begun
    idle += views(visitor, VIEWS)
    if f"Read the {LENGTH} pages" not in visitor.text(address):
        return ["the report was not looked into"]
    before, meanwhile = p95(idle), p95(busy)
    print(
        f"{LENGTH} pages looked into in {took:.0f} s; p95 of {len(busy)} pages meanwhile {meanwhile:.0f} ms, of "
        f"{len(idle)} before and after {before:.0f} ms; ratio {meanwhile / before:.2f}"
    )
    if meanwhile > MOST * before:
        return [f"pages take {meanwhile / before:.2f} times as long while a file is looked into and may take {MOST}"]
    return []


def views(visitor: Visitor, count: int) -> list[float]:
    """How many milliseconds each of so many pages took, one after the other."""
    took = []
    for number in range(count):
        begin = time.perf_counter()
        visitor.get(PAGES[number % len(PAGES)])
        took.append((time.perf_counter() - begin) * 1000)
    return took


def p95(took: list[float]) -> float:
    """What 95 of a hundred do not exceed."""
    return statistics.quantiles(took, n=20)[-1]


def report() -> bytes:
    """A PDF of 300 pages full of text, as a university sends it."""
    chance = random.Random(7)  # noqa: S311 - nothing secret
    known = ["".join(chance.choices("abcdefghilmnoprstuv", k=chance.randint(3, 11))) for _each in range(9_000)]
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    for _page in range(LENGTH):
        lines = canvas.beginText(60, 780)
        for _line in range(LINES):
            lines.textLine(" ".join(chance.choices(known, k=WORDS)))
        canvas.drawText(lines)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()
