"""Runs every benchmark of this folder on one house; 1 when one of them is past its limit. Or those that are named."""

import sys

from benchmarks import (
    chat,
    discussions,
    document_list,
    large_files,
    memory,
    page_weight,
    range_reads,
    while_looking,
)
from benchmarks.house import house

ALL = (memory, page_weight, document_list, discussions, chat, while_looking, range_reads, large_files)


def main(names: list[str]) -> int:
    """Measure, and say at the end what is wrong."""
    known = {one.__name__.rpartition(".")[2]: one for one in ALL}
    if unknown := set(names) - set(known):
        print(f"There is no {', '.join(sorted(unknown))}. There are: {', '.join(known)}.")
        return 2
    wrong = []
    static = {range_reads.STATIC: range_reads.CONTENT} if not names or "range_reads" in names else None
    with house(static=static) as running:
        for benchmark in (known[name] for name in names or known):
            print(f"── {(benchmark.__doc__ or '').strip()}", flush=True)
            wrong += benchmark.measure(running)
    print("\n".join(f"! {what}" for what in wrong) or "All within their limits.")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
