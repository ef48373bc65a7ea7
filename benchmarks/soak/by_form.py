"""A file of 1 GiB through the plain form, as a browser without script sends it: neither server nor worker grows."""

import time

from benchmarks.house import House, Visitor
from benchmarks.large_files import SIZE, Watch, film


def measure(running: House) -> list[str]:
    """Print the figures; return what is wrong."""
    visitor = Visitor(running)
    visitor.sign_in("liege@demo.example")
    with Watch(running) as watch:
        begin = time.monotonic()
        address = visitor.share(film(SIZE), SIZE, "film.mp4")
        shared = time.monotonic()
        visitor.wait_until_read(address)
    print(f"1 GiB sent and shared in {shared - begin:.0f} s")
    return watch.report("1 GiB in a form")
