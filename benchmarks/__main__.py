"""Runs every benchmark of this folder on one house; 1 when one of them is past its limit."""

import sys

from benchmarks import chat_fanout, document_list, large_files, memory, page_weight
from benchmarks.house import house


def main() -> int:
    """Measure, and say at the end what is wrong."""
    wrong = []
    with house() as running:
        for benchmark in (memory, page_weight, document_list, chat_fanout, large_files):
            print(f"── {(benchmark.__doc__ or '').strip()}")
            wrong += benchmark.measure(running)
    print("\n".join(f"! {what}" for what in wrong) or "All within their limits.")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
