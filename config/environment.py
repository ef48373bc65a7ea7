"""Reads settings from the environment, and says which variable is wrong.

Each reader returns the value of one variable, or its default. A value that cannot be meant raises
`ImproperlyConfigured` with the variable's name, so that a house with a wrong address does not open at all.
"""

import os
import re
import secrets
import zoneinfo
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# Times that a connection to PostgreSQL is asked the same before it keeps the plan.
KEPT_AFTER = "2"

YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off"}


def wrong(name: str, why: str) -> ImproperlyConfigured:
    """The error to raise for the variable `name`."""
    return ImproperlyConfigured(f"{name} {why} (docs/settings.md lists what it may be)")


def env_str(name: str, default: str | None = None) -> str:
    """The text in `name`, without spaces around it. Without a default the variable is required."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise wrong(name, "is not set, and there is no default for it")
    return default


def env_choice(name: str, choices: tuple[str, ...], default: str) -> str:
    """One of `choices`."""
    value = env_str(name, default)
    if value not in choices:
        raise wrong(name, f"is {value!r} and must be one of {', '.join(choices)}")
    return value


def env_bool(name: str, *, default: bool) -> bool:
    """Yes or no, written as 1/0, true/false, yes/no or on/off."""
    value = env_str(name, "yes" if default else "no").lower()
    if value not in YES | NO:
        raise wrong(name, f"is {value!r} and must be 1 or 0")
    return value in YES


def env_int(name: str, *, default: int, least: int = 0, most: int | None = None) -> int:
    """A whole number from `least` to `most`, both included."""
    value = env_str(name, str(default))
    try:
        number = int(value)
    except ValueError:
        raise wrong(name, f"is {value!r} and must be a whole number") from None
    if number < least or (most is not None and number > most):
        raise wrong(
            name, f"is {number} and must be at least {least}" + (f", at most {most}" if most is not None else "")
        )
    return number


def env_list(name: str) -> list[str]:
    """The parts between commas; an empty list where the variable is not set."""
    return [part.strip() for part in env_str(name, "").split(",") if part.strip()]


def env_path(name: str, default: Path) -> Path:
    """A folder that exists after this call and that only this user may enter when it is made here."""
    folder = Path(env_str(name, str(default))).expanduser().resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise wrong(name, f"is {folder}, which cannot be made or is no folder: {error.strerror}") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise wrong(name, f"is {folder}, where this user may not write")
    return folder


def env_time_zone(name: str, default: str) -> str:
    """The name of a zone of the IANA time zone database."""
    value = env_str(name, default)
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise wrong(name, f"is {value!r}, which is no time zone; write it as Europe/Brussels") from None
    return value


def env_origin(name: str, default: str | None) -> str:
    """An address with scheme and host, and perhaps a port, without anything after it."""
    value = env_str(name, default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        raise wrong(name, f"is {value!r} and must look like https://liaise.example.org")
    return value


def env_database(name: str, *, data_dir: Path, pool: int) -> dict[str, Any]:
    """Django's settings of the database in the address `name`; SQLite in `data_dir` where it is not set.

    `pool` is the greatest number of connections to PostgreSQL that one process holds.
    """
    value = env_str(name, f"sqlite:///{data_dir / 'liaise.sqlite3'}")
    parts = urlsplit(value)
    if parts.scheme == "sqlite":
        path = unquote(parts.path).removeprefix("/")
        if not path or path == ":memory:" or parts.netloc:
            raise wrong(name, "must name a file, as sqlite:////var/lib/liaise/liaise.sqlite3")
        return _sqlite(Path(path))
    if parts.scheme in {"postgres", "postgresql"}:
        try:
            port = parts.port
        except ValueError:
            raise wrong(name, "has a port that is no number") from None
        database = unquote(parts.path).strip("/")
        if not database:
            raise wrong(name, "names no database: postgresql://user:password@host:5432/database")
        options: dict[str, Any] = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        # The gate's questions are long and quick: compiling one takes PostgreSQL minutes, answering it milliseconds.
        options["options"] = f"-c jit=off {options.get('options', '')}".strip()
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": database,
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": port or "",
            "CONN_MAX_AGE": 0,
            "OPTIONS": options
            | _kept_plans(name, options.pop("prepare_threshold", KEPT_AFTER))
            | {"pool": {"min_size": 1, "max_size": pool, "timeout": 10}},
        }
    raise wrong(name, "must begin with sqlite:// or postgresql://")


def _kept_plans(name: str, threshold: str) -> dict[str, Any]:
    """That a connection keeps the plans of what it has been asked so many times; 0 for never.

    PostgreSQL plans the gate's questions ten times as long as it takes to answer them.
    """
    if not threshold.isascii() or not threshold.isdecimal():
        raise wrong(name, "has a prepare_threshold that is no number; 0 says that no plans are kept")
    kept = int(threshold) > 0
    return {"server_side_binding": kept, "prepare_threshold": int(threshold) if kept else None}


def _sqlite(file: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "OPTIONS": {
            # A transaction takes the write lock when it begins: on SQLite this is the row lock that we rely on.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }


def env_mail(name: str, *, folder: Path) -> dict[str, Any]:
    """Django's e-mail settings for the address `name`: `file:`, `console:` or `smtp[s]://user:password@host:port`."""
    parts = urlsplit(env_str(name, "file:"))
    if parts.scheme == "file":
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": folder}
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise wrong(name, "must be file:, console: or smtp://user:password@host:587")
    try:
        port = parts.port
    except ValueError:
        raise wrong(name, "has a port that is no number") from None
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and "plain" not in parse_qs(parts.query, keep_blank_values=True),
        "EMAIL_TIMEOUT": 20,
    }


def env_redis(name: str) -> str:
    """The address of Redis, or nothing."""
    value = env_str(name, "")
    if value and urlsplit(value).scheme not in {"redis", "rediss", "unix"}:
        raise wrong(name, "must look like redis://host:6379/0")
    return value


def env_storage(name: str) -> dict[str, Any]:
    """Django's settings of the store of shared files: `file:`, or s3://key:secret@host[:port]/bucket[?region=…&plain].

    Files have no address of their own there: they are read through the gate, never by URL.
    """
    value = env_str(name, "file:")
    if value == "file:":
        return {"BACKEND": "network.local_storage.LocalStorage", "OPTIONS": {"base_url": None}}
    parts = urlsplit(value)
    bucket = parts.path.strip("/")
    if parts.scheme != "s3" or not parts.hostname or not bucket or "/" in bucket:
        raise wrong(name, "must be file: or s3://key:secret@host/bucket?region=eu-west-1")
    if not parts.username or not parts.password:
        raise wrong(name, "names no key or no secret: s3://key:secret@host/bucket (write / in them as %2F)")
    try:
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise wrong(name, "has a port that is no number") from None
    asked = parse_qs(parts.query, keep_blank_values=True)
    if unknown := set(asked) - {"region", "plain"}:
        raise wrong(name, f"has {', '.join(sorted(unknown))} after its ?, which mean nothing here")
    return {
        "BACKEND": "network.remote_storage.RemoteStorage",
        "OPTIONS": {
            "access_key": unquote(parts.username),
            "secret_key": unquote(parts.password),
            "bucket_name": bucket,
            "endpoint_url": f"{'http' if 'plain' in asked else 'https'}://{parts.hostname}{port}",
            "region_name": asked.get("region", ["us-east-1"])[-1],
            "file_overwrite": False,
            "default_acl": None,
        },
    }


def env_clamd(name: str) -> str:
    """The address of clamd, the scanner for viruses, or nothing: unix:/path/to/socket or tcp://host:port."""
    value = env_str(name, "")
    if not value:
        return ""
    parts = urlsplit(value)
    try:
        tcp = parts.scheme == "tcp" and parts.hostname and parts.port and not parts.path.strip("/")
    except ValueError:
        tcp = False
    if not tcp and not (parts.scheme == "unix" and not parts.netloc and parts.path.startswith("/")):
        raise wrong(name, f"is {value!r} and must look like unix:/run/clamav/clamd.ctl or tcp://host:3310")
    return value


def env_internal(name: str) -> str:
    """An address that the web server in front serves to nobody but us, with a slash at both ends; or nothing."""
    value = env_str(name, "")
    if value and (not re.fullmatch(r"/[A-Za-z0-9._~/-]+/", value) or "//" in value or "/../" in value):
        raise wrong(name, f"is {value!r} and must look like /internal-files/")
    return value


def env_secret(name: str, *, required: bool, file: Path) -> str:
    """The key in `name`; where it is not required, one that is made once and kept in `file`."""
    value = env_str(name, None if required else "-")
    if value != "-":
        if required and len(value) < 50:
            raise wrong(name, "is shorter than 50 characters; make one with: openssl rand -base64 48")
        return value
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text("ascii").strip()
    with os.fdopen(handle, "w") as opened:
        opened.write(key := secrets.token_urlsafe(48))
    return key
