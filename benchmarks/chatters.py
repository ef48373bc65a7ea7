"""The clients of the chat's benchmark, in a process of their own: `python -m benchmarks.chatters PLAN`.

They read the plan, connect, and print a line; at each line that they are sent they do the next part of it and print
what came of that.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
import uuid
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

SAID_AT = re.compile(r'"body": ?"(\d+) ')
NUMBER = re.compile(r'"seq":(\d+)')
PATIENCE = 60  # seconds without a word until a listener gives up

WORDS = "The draft of chapter four is in the documents; comments until Friday, please. " * 2


class Listener:
    """One socket that hears; how long each message was on its way, and how many were not where they belong."""

    def __init__(self, line: ClientConnection, last: int) -> None:
        self.line, self.last = line, last
        self.waits: list[float] = []
        self.misplaced = 0
        self.size = 0

    async def hear(self, count: int) -> None:
        """Returns when `count` messages have come, or nothing does any more."""
        self.waits, self.misplaced = [], 0
        try:
            while len(self.waits) < count:
                async with asyncio.timeout(PATIENCE):
                    text = str(await self.line.recv())
                if (said := SAID_AT.search(text)) is None:
                    continue
                self.waits.append((time.monotonic_ns() - int(said[1])) / 1e6)
                self.size = len(text.encode())
                if (number := NUMBER.search(text)) is not None:
                    self.misplaced += int(number[1]) != self.last + 1
                    self.last = int(number[1])
        except TimeoutError:
            pass


async def enter(plan: dict[str, Any], cookie: str) -> ClientConnection:
    headers = {"Cookie": cookie} if cookie else None
    return await connect(plan["address"], additional_headers=headers, max_queue=None, compression=None, open_timeout=60)


async def subscribed(line: ClientConnection) -> int:
    """The number after which messages come."""
    await line.send(json.dumps({"type": "subscribe", "room": "families", "after": None}))
    while (frame := json.loads(await line.recv()))["type"] != "subscribed":
        pass
    return int(frame["seq"])


async def say(speaker: ClientConnection, count: int, pause: float, size: int) -> None:
    """Says `count` messages; a frame is filled up to `size` bytes where it is sent on as it is."""
    begin = time.monotonic()
    for number in range(count):
        frame = {"type": "say", "room": "families", "id": str(uuid.uuid4()), "body": f"{time.monotonic_ns()} {WORDS}"}
        frame["fill"] = "x" * max(0, size - len(json.dumps(frame | {"fill": ""})))
        await speaker.send(json.dumps(frame))
        await asyncio.sleep(max(0.0, begin + (number + 1) * pause - time.monotonic()))


async def read_away(speaker: ClientConnection) -> None:
    async for _frame in speaker:
        pass


def outcome(listeners: list[Listener], seconds: float, count: int) -> dict[str, float]:
    """What a part came to."""
    waits = sorted(wait for one in listeners for wait in one.waits)
    share = {name: waits[min(len(waits) - 1, int(len(waits) * part))] for name, part in SHARES.items()} if waits else {}
    lost = count * len(listeners) - len(waits) + sum(one.misplaced for one in listeners)
    return {"came": len(waits), "lost": lost, "seconds": seconds, "size": listeners[0].size, **share}


SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


async def main(plan: dict[str, Any]) -> None:
    """Connect, subscribe where there are rooms, then one part of the plan for each line."""
    lines = [await enter(plan, plan["listens"]) for _each in range(plan["sockets"])]
    speaker = await enter(plan, plan["speaks"])
    listeners = [Listener(line, await subscribed(line) if plan["listens"] else 0) for line in lines]
    away = asyncio.create_task(read_away(speaker))
    print("ready", flush=True)
    for part in plan["parts"]:
        await asyncio.to_thread(sys.stdin.readline)
        begin = time.monotonic()
        hearing = [asyncio.create_task(one.hear(part["count"])) for one in listeners]
        await say(speaker, part["count"], part["pause"], plan["size"])
        await asyncio.gather(*hearing)
        print(json.dumps(outcome(listeners, time.monotonic() - begin, part["count"])), flush=True)
    away.cancel()


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
