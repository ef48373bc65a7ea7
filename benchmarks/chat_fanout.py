"""Chat: 200 sockets hear 20 messages a second from one process, every one in order; cost beside a bare broadcast."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect

from benchmarks.house import ROOT, House, Visitor

SOCKETS = 200
MESSAGES = 200
A_SECOND = 20
WORDS = "The draft of chapter four is in the documents; comments until Friday, please. " * 2
# What a delivery may cost, with its share in storing the message and asking for rights, beside handing the same text
# to the same sockets without all that.
MOST_RATIO = 8.0
PATIENCE = 120


def measure(house: House) -> list[str]:
    """Print the figures; return what is wrong."""
    visitors = {name: Visitor(house) for name in ("malmo", "liege")}
    for name, visitor in visitors.items():
        visitor.sign_in(f"{name}@demo.example")
    cookies = {name: visitor.cookies for name, visitor in visitors.items()}
    ours, lost = asyncio.run(chat(house, cookies))
    with bare() as plain:
        least, _none = asyncio.run(chat(plain, None))
    ratio = ours / least
    print(f"chat: {SOCKETS} sockets, {A_SECOND} messages a second: {lost} of {SOCKETS * MESSAGES} deliveries lost")
    print(f"CPU of a delivery: {ours:.0f} µs; of a bare broadcast {least:.0f} µs; ratio {ratio:.1f}")
    wrong = [f"{lost} deliveries were lost or out of order"] if lost else []
    if ratio > MOST_RATIO:
        wrong.append(f"a delivery costs {ratio:.1f} times a bare broadcast and may cost {MOST_RATIO}")
    return wrong


def cpu(pid: int) -> float:
    """Seconds of processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def chat(house: House, cookies: dict[str, str] | None) -> tuple[float, int]:
    """Microseconds of the server's processor per delivery, and how many did not arrive in their place."""
    address = house.url.replace("http", "ws") + "/ws/live/"

    def enter(name: str) -> connect:
        headers = {"Cookie": cookies[name]} if cookies else None
        return connect(address, additional_headers=headers, max_queue=None, compression=None, open_timeout=60)

    listeners = [await enter("malmo") for _each in range(SOCKETS)]
    speaker = await enter("liege")
    start = [await begin(one) if cookies else 0 for one in listeners]
    before = cpu(house.pid)
    heard = [asyncio.create_task(listen(one, first)) for one, first in zip(listeners, start, strict=True)]
    for _each in range(MESSAGES):
        frame = {"type": "say", "room": "families", "id": str(uuid.uuid4()), "body": WORDS}
        await speaker.send(json.dumps(frame))
        await asyncio.sleep(1 / A_SECOND)
    done = [await one for one in heard]
    spent = cpu(house.pid) - before
    for one in [*listeners, speaker]:
        await one.close()
    return spent / (SOCKETS * MESSAGES) * 1e6, SOCKETS * MESSAGES - sum(done)


async def begin(listener: ClientConnection) -> int:
    """Subscribes; the number after which messages come."""
    await listener.send(json.dumps({"type": "subscribe", "room": "families", "after": None}))
    while (frame := json.loads(await listener.recv()))["type"] != "subscribed":
        pass
    return int(frame["seq"])


async def listen(listener: ClientConnection, last: int) -> int:
    """How many messages came in their place."""
    came = 0
    try:
        async with asyncio.timeout(PATIENCE):
            while came < MESSAGES:
                frame = json.loads(await listener.recv())
                if frame["type"] in {"message", "say"}:
                    came += "seq" not in frame or frame["seq"] == last + came + 1
    except TimeoutError:
        pass
    return came


@contextmanager
def bare() -> Iterator[House]:
    """The same server with an application that hands every frame to every socket and does nothing else."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "benchmarks.broadcast:application"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _each in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            asyncio.run(asyncio.sleep(0.1))
        yield House(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        process.wait(20)
