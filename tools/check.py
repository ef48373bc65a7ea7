"""`make check`: every look at the code that runs none of it. All run, and the last line names those that failed."""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


def templates() -> list[str]:
    """The HTML templates that git knows or would take in."""
    listing = ["git", "ls-files", "-co", "--exclude-standard", "templates/*.html"]
    found = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True)
    return [name for name in found.stdout.splitlines() if (ROOT / name).exists()]


def production(folder: str) -> dict[str, str]:
    """The environment of a production server that lacks nothing."""
    return {
        "LIAISE_ENV": "production",
        "LIAISE_URL": "https://liaise.example.org",
        "LIAISE_SECRET_KEY": secrets.token_urlsafe(48),
        "LIAISE_DATA_DIR": folder,
        "EMAIL_URL": "smtp://mail.example.org:587",
        "REDIS_URL": "redis://127.0.0.1:6379/0",
        "LIAISE_TRUSTED_PROXIES": "1",
        "LIAISE_CLAMD": "tcp://127.0.0.1:3310",
    }


def checks(folder: str) -> list[tuple[str, list[str], dict[str, str]]]:
    """Name, command and extra environment of each check."""
    python, manage = str(BIN / "python"), [str(BIN / "python"), "manage.py"]
    here = {"LIAISE_DATA_DIR": folder}
    return [
        ("format", [str(BIN / "ruff"), "format", "--check", "--quiet", "."], {}),
        ("lint", [str(BIN / "ruff"), "check", "--output-format=concise", "."], {}),
        ("imports", [str(BIN / "lint-imports"), "--no-cache"], here),
        ("types", [python, "-m", "mypy"], here),
        ("migrations", [*manage, "makemigrations", "--check", "--dry-run"], here),
        ("deployment", [*manage, "check", "--deploy", "--fail-level", "WARNING"], production(folder)),
        ("templates", [str(BIN / "djade"), "--target-version", "5.2", "--check", *templates()], {}),
    ]


def main() -> int:
    """Run all checks; 1 when any failed."""
    clean = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("LIAISE_") and key not in {"DATABASE_URL", "REDIS_URL", "EMAIL_URL"}
    }
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        for name, command, extra in checks(folder):
            begin = time.monotonic()
            code = subprocess.run(command, cwd=ROOT, env=clean | extra, check=False).returncode
            print(f"{'FAILED' if code else 'ok':<7}{name} ({time.monotonic() - begin:.1f} s)", flush=True)
            if code:
                failed.append(name)
    print(f"{len(failed)} checks failed: {', '.join(failed)}" if failed else "All checks passed.")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
