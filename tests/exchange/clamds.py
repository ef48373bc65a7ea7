"""Scanners for viruses: a small one that speaks clamd's protocol, and the real one where it is installed."""

from __future__ import annotations

import shutil
import socketserver
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

# Taken apart, so that no scanner stumbles over this file.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!" + b"$H+H*"
SIGNATURE = "Eicar-Test-Signature"


class FakeClamd(socketserver.ThreadingTCPServer):
    """Answers PING and INSTREAM as clamd does. `longest` is its StreamMaxLength, `says` a verdict of its own."""

    allow_reuse_address = True
    daemon_threads = True
    longest = 25_000_000
    says = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.received: list[bytes] = []

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.server_address[1]}"


class _Talk(socketserver.StreamRequestHandler):
    server: FakeClamd

    def handle(self) -> None:
        command = self.rfile.readline().strip()
        if command == b"nPING":
            self.wfile.write(b"PONG\n")
        elif command == b"nINSTREAM":
            self.wfile.write(f"stream: {self._verdict()}\n".encode())

    def _verdict(self) -> str:
        content = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
            if len(content) > self.server.longest:
                # As clamd does: it hangs up in the middle of what is being sent.
                self.request.close()
                raise ConnectionAbortedError
        self.server.received.append(content)
        return self.server.says or (f"{SIGNATURE} FOUND" if EICAR in content else "OK")

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()


@contextmanager
def fake_clamd() -> Iterator[FakeClamd]:
    """One of these, on a port of its own."""
    with FakeClamd() as server:
        server.handle_error = lambda *args: None  # type: ignore[method-assign]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join(5)


@contextmanager
def real_clamd() -> Iterator[str]:
    """The address of a clamd that knows one signature; skips the test where none is installed."""
    program = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("NO REAL CLAMD HERE: apt-get install clamav-daemon, and this test scans the EICAR file with it")
    # Not pytest's own folder: the path of a socket is short.
    with tempfile.TemporaryDirectory(prefix="clamd-") as name:
        folder = Path(name)
        (folder / "test.ndb").write_text(f"{SIGNATURE}:0:*:{EICAR.hex()}\n")
        settings = folder / "clamd.conf"
        settings.write_text(
            f"LocalSocket {folder}/clamd.ctl\nDatabaseDirectory {folder}\nForeground yes\n"
            f"LogFile {folder}/clamd.log\nStreamMaxLength 1M\n"
        )
        process = subprocess.Popen([program, "-c", str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait(process, folder)
            yield f"unix:{folder}/clamd.ctl"
        finally:
            process.terminate()
            process.wait(30)


def _wait(process: subprocess.Popen[bytes], folder: Path) -> None:
    until = time.monotonic() + 60
    while not (folder / "clamd.ctl").exists():
        log = folder / "clamd.log"
        assert process.poll() is None, log.read_text() if log.exists() else "clamd ended"
        assert time.monotonic() < until, "clamd did not come up"
        time.sleep(0.1)
