"""`make test`: everything on SQLite, again on PostgreSQL and Redis where they answer; what could not run is named last.

LIAISE_REQUIRE_ALL=1 makes a missing PostgreSQL, Redis or Chromium an error. Arguments are handed to pytest.
"""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools import machine  # noqa: E402

KEPT = ("LIAISE_REQUIRE_ALL", "LIAISE_GATE_WORLDS", "LIAISE_CHATHAM_WORLDS", "LIAISE_CHROMIUM")
# The house's own, and what would have each of the many processes that tests start compile all it imports.
DROPPED = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "PYTHONDONTWRITEBYTECODE")


@dataclass
class Outcome:
    """What one run of pytest came to. `code` is pytest's own: 0 when all is well."""

    name: str
    code: int
    passed: int
    failed: int
    skipped: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def run(name: str, environment: dict[str, str], arguments: list[str]) -> Outcome:
    """Run pytest once with `environment` on top of a clean one."""
    print(f"\n━━ {name} ━━", flush=True)
    clean = {
        key: value
        for key, value in os.environ.items()
        if key in KEPT or not (key.startswith("LIAISE_") or key in DROPPED)
    }
    # One more than there are cores: while one waits for a browser or a server, another works.
    processes = str(min(os.cpu_count() or 1, 8) + 1)
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        # Whoever has nothing left takes from the other: files differ much in how long they take.
        spread = ["-n", processes, "--dist", "worksteal"]
        command = [sys.executable, "-m", "pytest", "-q", *spread, f"--junitxml={report}", *arguments]
        code = subprocess.run(command, cwd=ROOT, env=clean | environment, check=False).returncode
        counts = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
        if report.exists():
            for suite in ElementTree.parse(report).getroot().iter("testsuite"):  # noqa: S314 - pytest wrote it just now
                for key in counts:
                    counts[key] += int(suite.get(key, 0))
    failed = counts["failures"] + counts["errors"]
    passed = max(0, counts["tests"] - failed - counts["skipped"])
    # A run that ends before it has counted anything has failed, too.
    return Outcome(name, code, passed, failed or int(code != 0), counts["skipped"], time.monotonic() - begin)


def main(arguments: list[str]) -> int:
    """Run what can run here, and say at the end what could not."""
    missing = []
    browser = machine.chromium() or machine.install_chromium()
    environment = {"LIAISE_CHROMIUM": browser} if browser else {}
    if not browser:
        missing.append("browser tests: no Chromium here and none could be installed (LIAISE_CHROMIUM=/path/to/it)")
    outcomes = [run("SQLite", environment, arguments)]
    database, redis = machine.postgresql(), machine.redis_server()
    if redis:
        environment["REDIS_URL"] = redis[0]
    else:
        missing.append("Redis: none answers at REDIS_URL or on this machine, so nothing ran between several processes")
    if database:
        name = f"PostgreSQL {database[1]}" + (f" and Redis {redis[1]}" if redis else " without Redis")
        outcomes.append(run(name, environment | {"DATABASE_URL": database[0]}, ["-m", "not once", *arguments]))
    else:
        missing.append("PostgreSQL: none answers at DATABASE_URL or on this machine with the right to make databases")
    return account(outcomes, missing)


def account(outcomes: list[Outcome], missing: list[str]) -> int:
    """Print the last lines; return the exit code."""
    required = os.environ.get("LIAISE_REQUIRE_ALL") == "1"
    print()
    if missing:
        print("ERROR, REQUIRED BUT NOT RUN:" if required else "NOT RUN:")
        for what in missing:
            print(f"  ! {what}")
    for outcome in outcomes:
        print(f"{outcome.name}: {outcome} in {outcome.seconds:.0f} s")
    total = Outcome(
        "all",
        max(outcome.code for outcome in outcomes),
        sum(outcome.passed for outcome in outcomes),
        sum(outcome.failed for outcome in outcomes) + (len(missing) if required else 0),
        sum(outcome.skipped for outcome in outcomes),
        sum(outcome.seconds for outcome in outcomes),
    )
    print(total, flush=True)
    return int(bool(total.code or total.failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
