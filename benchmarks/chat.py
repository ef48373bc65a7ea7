"""Chat: many sockets in one room hear a steady talk and a burst, beside a bare broadcast and Channels' own groups."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.house import ROOT, House, Visitor, free_port, held_by

SOCKETS = int(os.environ.get("LIAISE_CHAT_SOCKETS", "200"))
A_SECOND = int(os.environ.get("LIAISE_CHAT_A_SECOND", "20"))
STEADY = {"count": 10 * A_SECOND, "pause": 1 / A_SECOND}
BURST = {"count": 100, "pause": 0}
# What a delivery may cost, with its share in storing the message and asking for rights, beside handing the same text
# to the same sockets without all that.
MOST_RATIO = 8.0
PLAIN = ("benchmarks.broadcast", "benchmarks.grouped")


@dataclass
class Part:
    """What one part of the talk came to, and the processor seconds that the server spent on it."""

    came: dict[str, float]
    spent: float

    @property
    def cost(self) -> float:
        """Microseconds of the server for each delivery."""
        return self.spent / max(1, self.came["came"]) * 1e6

    @property
    def rate(self) -> float:
        """Deliveries a second."""
        return self.came["came"] / self.came["seconds"]

    def __str__(self) -> str:
        waits = " / ".join(f"{self.came[name]:.0f}" for name in ("p50", "p95", "p99") if name in self.came)
        lost = f"{self.came['lost']:.0f} lost"
        return f"{self.rate:7.0f} deliveries a second, p50 / p95 / p99 {waits} ms, {self.cost:5.0f} µs each, {lost}"


def measure(house: House) -> list[str]:
    """Print the figures; return what is wrong."""
    cookies = {}
    for name in ("malmo", "liege"):
        visitor = Visitor(house)
        visitor.sign_in(f"{name}@demo.example")
        cookies[name] = visitor.cookies
    print(f"{SOCKETS} sockets, {A_SECOND} messages a second for ten seconds, then {BURST['count']} at once")
    ours = talk(house, "ours", cookies)
    size = int(ours[0].came["size"])
    plain = {}
    for name in PLAIN:
        with bare(name) as server:
            plain[name] = talk(server, name, size=size)
    broadcast, grouped = plain[PLAIN[0]], plain[PLAIN[1]]
    ratio, rate = ours[0].cost / broadcast[0].cost, ours[1].rate / broadcast[1].rate
    print(f"a delivery costs {ratio:.1f} times a bare broadcast; the burst is {rate:.2f} times as fast as one")
    print(f"and {ours[1].rate / grouped[1].rate:.1f} times as fast as a group of Channels ({layer()})")
    lost = int(sum(part.came["lost"] for part in ours))
    wrong = [f"{lost} deliveries were lost or out of order"] if lost else []
    if ratio > MOST_RATIO:
        wrong.append(f"a delivery costs {ratio:.1f} times a bare broadcast and may cost {MOST_RATIO}")
    return wrong


def layer() -> str:
    """Between whose sockets Channels' groups were."""
    return "over Redis" if os.environ.get("REDIS_URL") else "in memory"


def cpu(pid: int) -> float:
    """Seconds of processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def talk(house: House, name: str, cookies: dict[str, str] | None = None, size: int = 0) -> list[Part]:
    """The clients' process does its parts; prints what each came to."""
    plan: dict[str, Any] = {
        "address": house.url.replace("http", "ws") + "/ws/live/",
        "sockets": SOCKETS,
        "listens": cookies["malmo"] if cookies else "",
        "speaks": cookies["liege"] if cookies else "",
        "size": size,
        "parts": [STEADY, BURST],
    }
    before = held_by(house.pid)
    command = [sys.executable, "-m", "benchmarks.chatters", json.dumps(plan)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as clients:
        assert clients.stdin is not None
        assert clients.stdout is not None
        if clients.stdout.readline() != "ready\n":
            raise RuntimeError(f"the clients of {name} did not get in")
        print(f"{name}: {(held_by(house.pid) - before) / SOCKETS * 1000:.0f} kB of the server for each idle socket")
        parts = []
        for _part in plan["parts"]:
            spent = cpu(house.pid)
            clients.stdin.write("go on\n")
            clients.stdin.flush()
            came = json.loads(clients.stdout.readline())
            parts.append(Part(came, cpu(house.pid) - spent))
            print(f"{name}: {parts[-1]}", flush=True)
    return parts


@contextmanager
def bare(module: str) -> Iterator[House]:
    """The same server with an application that hands every frame to every socket and does nothing else."""
    port = free_port()
    command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), f"{module}:application"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield House(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        process.wait(20)


def wait_for(port: int) -> None:
    """Return when somebody listens at `port`, or after twenty seconds."""
    for _each in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
