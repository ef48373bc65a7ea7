"""An application that tells what it was sent and how much memory that took, for test_server.py: port as argument."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from config import server  # noqa: E402

server.FAREWELL = 2.0

written = 0


def memory() -> int:
    """What this process holds now, in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1_000_000


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """`/down`: 200 MB without end in sight. Anything else: what arrived, what was written, and the peak of memory."""
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
    if scope["path"] == "/down":
        for _ in range(3200):
            await send({"type": "http.response.body", "body": bytes(62500), "more_body": True})
            written += 62500
        await send({"type": "http.response.body", "body": b""})
        return
    answer = json.dumps({"size": size, "parts": parts, "peak": peak, "written": written})
    await send({"type": "http.response.body", "body": answer.encode()})


server.serve(application, addresses=["127.0.0.1"], port=int(sys.argv[1]))
