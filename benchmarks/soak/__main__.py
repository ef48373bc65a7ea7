"""Runs every part of the soak, or those that are named; 1 when something was not held."""

import sys
import time
import traceback

from benchmarks import large_files
from benchmarks.house import house
from benchmarks.soak import announced, broken, by_form, slow_scan

ALL = (large_files, by_form, announced, broken, slow_scan)


def main(names: list[str]) -> int:
    """Do one part after the other, each on a house of its own, so that none leans on what another left."""
    known = {one.__name__.rpartition(".")[2]: one for one in ALL}
    if unknown := set(names) - set(known):
        print(f"There is no {', '.join(sorted(unknown))}. There are: {', '.join(known)}.")
        return 2
    wrong = []
    for name in names or known:
        part, begin = known[name], time.monotonic()
        print(f"── {(part.__doc__ or '').strip()}", flush=True)
        try:
            with getattr(part, "own_house", house)() as running:
                faults = part.measure(running)
        except Exception:
            traceback.print_exc(file=sys.stdout)
            faults = ["it broke off"]
        wrong += [f"{name}: {fault}" for fault in faults]
        print(f"{'not held' if faults else 'held'}, after {time.monotonic() - begin:.0f} s", flush=True)
    print("\n".join(f"! {what}" for what in wrong) or "All held.")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
