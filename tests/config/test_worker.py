"""The worker beside the server: it comes with it, is replaced when it dies, and goes with it however that ends."""

import os
import signal
from pathlib import Path

import pytest

from network.background import board
from tests.serving import start
from tests.working import wait_for

pytestmark = [pytest.mark.socket, pytest.mark.once]


def working() -> list[int]:
    """The processes that gave a sign of life; a worker's name tells which it is."""
    return [int(name.rsplit("-", 2)[1]) for name in board.workers().names()]


def runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_server_has_a_worker_beside_it_and_takes_it_along(transactional_db: None, tmp_path: Path) -> None:
    server = start(tmp_path / "server.log", worker=True)
    try:
        wait_for(lambda: len(working()) == 1)
        [first] = working()
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: bool(set(working()) - {first}))
        [second] = set(working()) - {first}
    finally:
        server.stop(kill=True)
    wait_for(lambda: not runs(second))
    assert second not in working()
