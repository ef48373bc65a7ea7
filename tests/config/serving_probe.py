"""An application that tells what it was sent and how much memory that took, for test_server.py: port as argument."""

import errno
import io
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from twisted.web import http  # noqa: E402

from config import server  # noqa: E402
from network.fullness import OF_A_REQUEST  # noqa: E402

server.FAREWELL = 2.0

written = 0

# A body that announces so much meets a disk on which there is room for 2 MB.
TOO_MUCH_FOR_THE_DISK = 33_000_000
put_aside = http._getContentFile


class SmallDisk(io.FileIO):
    """A file on a disk that is soon full."""

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > 2_000_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)


def content_file(length: int | None) -> Any:
    if length != TOO_MUCH_FOR_THE_DISK:
        return put_aside(length)
    handle, _path = tempfile.mkstemp()
    return io.BufferedRandom(SmallDisk(handle, "r+"))


http._getContentFile = content_file


def memory() -> int:
    """What this process holds now, in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1_000_000


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """`/down`: 200 MB without end in sight. `/broken`: an answer that fails once it has begun.

    Anything else: what arrived, what was written, and the peak of memory.
    """
    global written
    if scope["type"] != "http":
        return
    size, parts, peak, more = 0, 0, 0, True
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        parts += 1
        peak = max(peak, memory())
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    if scope["path"].startswith("/broken"):
        if scope["path"] == "/broken":
            await send({"type": "http.response.body", "body": b"the beginning", "more_body": True})
        raise OSError("The store is away.")
    if scope["path"] == "/down":
        for _ in range(3200):
            await send({"type": "http.response.body", "body": bytes(62500), "more_body": True})
            written += 62500
        await send({"type": "http.response.body", "body": b""})
        return
    said = {"size": size, "parts": parts, "peak": peak, "written": written, "no_room": scope.get(OF_A_REQUEST, False)}
    await send({"type": "http.response.body", "body": json.dumps(said).encode()})


server.serve(application, addresses=["127.0.0.1"], port=int(sys.argv[1]))
