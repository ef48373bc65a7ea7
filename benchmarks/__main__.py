"""Runs every benchmark of this folder on one house; 1 when one of them is past its limit."""

import sys

from benchmarks import chat_fanout, large_rooms, memory, page_weight, range_reads
from benchmarks.house import house


def main() -> int:
    """Measure, and say at the end what is wrong."""
    wrong = []
    with house(static={range_reads.STATIC: range_reads.CONTENT}) as running:
        for benchmark in (memory, page_weight, chat_fanout, range_reads, large_rooms):
            print(f"── {(benchmark.__doc__ or '').strip()}")
            wrong += benchmark.measure(running)
    print("\n".join(f"! {what}" for what in wrong) or "All within their limits.")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
