"""What the looking process gives up before it opens anything: memory, time, files, the network."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from contextlib import suppress

MEMORY = 1 << 30  # bytes of address space
PROCESSOR = 240  # seconds
NO_NEW_RIGHTS, DIE_WITH_PARENT = 38, 1  # of prctl(2)
NEW_NETWORK, NEW_USER = 0x40000000, 0x10000000  # of unshare(2)


def give_up() -> None:
    """Before the file is read. What the system does not know of is left out."""
    os.nice(19)
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, PROCESSOR),
        (resource.RLIMIT_FSIZE, 0),  # a pipe is no file: answering stays possible
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        hard = resource.getrlimit(what)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, least))
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    with suppress(OSError, AttributeError):
        system = ctypes.CDLL(None, use_errno=True)
        system.prctl(DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
        system.prctl(NO_NEW_RIGHTS, 1, 0, 0, 0)
        # A network of its own, in which there is nobody. Not every system lets everybody have one.
        if system.unshare(NEW_NETWORK) != 0:
            system.unshare(NEW_USER | NEW_NETWORK)
