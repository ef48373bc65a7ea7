"""What this machine offers the tests: PostgreSQL, Redis and a browser."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
DATABASES = (
    "postgresql://liaise:liaise@127.0.0.1:5432/liaise",
    "postgresql://postgres@127.0.0.1:5432/liaise",
    "postgresql:///liaise",
)
REDIS = "redis://127.0.0.1:6379/0"
VERSIONS = Path(__file__).resolve().parent.parent / ".ci" / "versions"


def versions() -> dict[str, str]:
    """The versions of .ci/versions, by name."""
    lines = VERSIONS.read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def postgresql() -> tuple[str, str] | None:
    """Address and version of a PostgreSQL where tests may make databases: DATABASE_URL, else the usual places here."""
    named = os.environ.get("DATABASE_URL", "")
    for url in [named] if named.startswith("postgres") else DATABASES:
        server = urlsplit(url)._replace(path="/postgres").geturl()
        try:
            with psycopg.connect(server, connect_timeout=3, autocommit=True) as connection:
                row = connection.execute(
                    "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
                ).fetchone()
                if row and row[0]:
                    return url, str(connection.info.server_version // 10000)
        except psycopg.Error:
            continue
    return None


def redis_server() -> tuple[str, str] | None:
    """Address and version of a Redis: REDIS_URL, else the usual place on this machine."""
    url = os.environ.get("REDIS_URL") or REDIS
    try:
        with redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as client:
            return url, str(client.info("server")["redis_version"])
    except (redis.RedisError, ValueError):
        return None


def chromium() -> str | None:
    """The path of the browser that LIAISE_CHROMIUM names, of one on this machine, or of one that Playwright fetched."""
    if named := os.environ.get("LIAISE_CHROMIUM"):
        return named
    if found := next((path for name in CHROMIUMS if (path := shutil.which(name))), None):
        return found
    fetched = sorted(Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome"), reverse=True)
    return next((str(path) for path in fetched if starts(path)), None)


def starts(browser: Path) -> bool:
    """Whether the system has the libraries that `browser` needs."""
    return subprocess.run([browser, "--version"], check=False, capture_output=True).returncode == 0


def install_chromium() -> str | None:
    """Install a Chromium: from the distribution where we may, else the one that Playwright fetches for this user."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", "-qq", *command], check=False, stdout=subprocess.DEVNULL, env=environment)
        if found := chromium():
            return found
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    return chromium()
