"""What a process gives up before it opens a stranger's file: memory, time, files, the network."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from contextlib import suppress
from pathlib import Path

MEMORY = 1 << 30  # bytes of address space
PROCESSOR = 240  # seconds
NO_NEW_RIGHTS, DIE_WITH_PARENT = 38, 1  # of prctl(2)
NEW_NETWORK, NEW_USER = 0x40000000, 0x10000000  # of unshare(2)


def stand_back() -> None:
    """Whatever else this machine has to do comes first.

    Linux may compare how nice processes are within a session only. This process leads one of its own, so the session
    has to stand back as well; the session of somebody else is left alone. It keeps a tenth of what others have, so
    that it comes to its end in its time on a machine that is busy for long.
    """
    os.nice(19)
    if os.getsid(0) == os.getpid():
        with suppress(OSError):
            Path("/proc/self/autogroup").write_text("10")


def give_up() -> None:
    """Before a file is looked into."""
    stand_back()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    confine(memory=MEMORY, processor=PROCESSOR)


def confine(*, memory: int, processor: int, largest: int = 0) -> None:
    """Before a stranger's file is read: so many bytes of memory, seconds of computing, and bytes in a file.

    What the system does not know of is left out.
    """
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, processor),
        (resource.RLIMIT_FSIZE, largest),  # a pipe is no file: answering stays possible
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        hard = resource.getrlimit(what)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, least))
    with suppress(OSError, AttributeError):
        system = ctypes.CDLL(None, use_errno=True)
        system.prctl(DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
        system.prctl(NO_NEW_RIGHTS, 1, 0, 0, 0)
        # A network of its own, in which there is nobody. Not every system lets everybody have one.
        if system.unshare(NEW_NETWORK) != 0:
            system.unshare(NEW_USER | NEW_NETWORK)
