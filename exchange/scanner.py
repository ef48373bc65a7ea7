"""The scanner for viruses: clamd, asked over its socket. What it is sent goes through no shared folder (INSTREAM)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from clamav_client.clamd import (
    BufferTooLongError,
    ClamdError,
    ClamdNetworkSocket,
    ClamdUnixSocket,
)
from django.conf import settings

LONGEST = 600  # seconds that clamd may think about one file
LONGEST_GREETING = 3


class Unreachable(Exception):  # noqa: N818 - it is a state of the world
    """The scanner does not answer, or not with a verdict: the file waits, and is sent again later."""


class TooLarge(Exception):  # noqa: N818 - so is this
    """The scanner takes no file of this size: its StreamMaxLength is below LIAISE_MAX_UPLOAD_MB."""


def is_configured() -> bool:
    """Whether files are scanned here at all."""
    return bool(settings.LIAISE_CLAMD)


def answers() -> bool:
    """Whether the scanner is there now."""
    try:
        return bool(_clamd(LONGEST_GREETING).ping() == "PONG")
    except (OSError, ClamdError):
        return False


def virus_in(file: Any) -> str:
    """What the scanner calls the virus that it finds in this file; "" where it finds none.

    Raises Unreachable, TooLarge.
    """
    try:
        verdicts = _clamd(LONGEST).instream(file)
    except BufferTooLongError as error:
        raise TooLarge(str(error)) from None
    except ClamdError as error:
        raise Unreachable(str(error)) from None
    except OSError as error:
        # It hangs up in the middle of a file that is too large for it; so does one that is going away.
        if answers():
            raise TooLarge(str(error)) from None
        raise Unreachable(str(error)) from None
    for status, reason in verdicts.values():
        if status == "OK":
            return ""
        if status == "FOUND":
            return reason or "?"
    raise Unreachable(f"no verdict: {verdicts}")


def _clamd(patience: int) -> ClamdNetworkSocket:
    where = urlsplit(settings.LIAISE_CLAMD)
    if where.scheme == "unix":
        return ClamdUnixSocket(where.path, timeout=patience)
    return ClamdNetworkSocket(where.hostname or "", where.port or 0, timeout=patience)
