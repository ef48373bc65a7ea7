"""A Redis that may be stopped without anybody else missing it."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator

import pytest


class OwnRedis:
    """A Redis on a port of its own. It keeps nothing."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.begin()

    def begin(self) -> None:
        """Starts it, or starts it again, and returns when it listens."""
        command = ["redis-server", "--port", str(self.port), "--save", "", "--bind", "127.0.0.1"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        for _each in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError("Redis did not come up")

    def end(self) -> None:
        """As a power cut would."""
        self._process.kill()
        self._process.wait()


@pytest.fixture
def own_redis() -> Iterator[OwnRedis]:
    """A Redis of this test alone; the test is skipped where there is none to start."""
    if shutil.which("redis-server") is None:
        pytest.skip("no redis-server: a Redis of its own must come and go")
    redis = OwnRedis()
    yield redis
    redis.end()
