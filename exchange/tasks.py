"""What `exchange` does in the background. Each task may run twice, and be cut off anywhere."""

from __future__ import annotations

import fcntl
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db.models import QuerySet

from exchange import handing_out, scanner
from exchange.actions import scanning, unpacking
from exchange.actions.looks import count_error, look_into
from exchange.actions.reading import due_for_a_reminder, remind
from exchange.models import Blob
from exchange.storage import NotStored
from network import background

log = logging.getLogger(__name__)

SHIFT = 600  # seconds, after which the rest is left to a new task


def look_into_files() -> None:
    """Looks into every file that waits for it, the oldest first.

    One at a time on each machine, so that a hand stays free for letters however many files were shared; whoever finds
    somebody at it leaves it to them.
    """
    with _alone() as alone:
        if not alone:
            return
        end, behind = time.monotonic() + SHIFT, 0
        while blob := _waiting().filter(pk__gt=behind).order_by("pk").first():
            behind = blob.pk
            try:
                look_into(blob)
            except (OSError, NotStored):
                # The store does not answer: the others are not to wait for this one, which is tried again.
                log.exception("The file %s waits to be looked into.", blob)
            except Exception:
                log.exception("The file %s could not be looked into, for an error of ours.", blob)
                count_error(blob)
            if time.monotonic() > end:
                background.enqueue("exchange.tasks.look_into_files")
                return


def _waiting() -> QuerySet[Blob]:
    served = [Blob.Scan.NONE, Blob.Scan.CLEAN]
    return Blob.objects.filter(look=Blob.Look.WAITING, scan__in=served).exclude(versions=None)


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether nobody else on this machine is at it. The lock goes with the process, however it ends."""
    with (settings.LIAISE_DATA_DIR / "looking.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def forget_marked_copies() -> None:
    """Copies that were marked with a reader's name and are older than a day."""
    handing_out.forget_copies()


def scan_file(key: int) -> None:
    """Has the scanner look at one stored file; while it does not answer, again after growing pauses."""
    scanning.scan(key)


def scan_what_waits() -> None:
    """Every ten minutes: what still waits, also where its own task was given up because the scanner was away."""
    for key in scanning.waiting().values_list("pk", flat=True)[: scanning.AT_ONCE]:
        try:
            scanning.scan(key)
        except scanner.Unreachable as error:
            log.warning("The scanner for viruses does not answer; files wait for it: %s", error)
            return


def scan_onwards(key: int) -> None:
    """All stored files after the one of this key, a hundred at a time, so that none is begun from the start again."""
    keys = list(Blob.objects.filter(pk__gt=key).order_by("pk").values_list("pk", flat=True)[: scanning.AT_ONCE])
    for one in keys:
        scanning.scan(one)
    if keys:
        background.enqueue("exchange.tasks.scan_onwards", keys[-1])


def unpack(key: int) -> None:
    """Shares what waits of an archive, for one turn."""
    unpacking.carry_on(key)


def unpack_what_waits() -> None:
    """Every ten minutes: archives whose own task was given up."""
    unpacking.carry_on_forgotten()


def remind_readers() -> None:
    """Each morning: who has not confirmed what is to be read by today or tomorrow is reminded, once."""
    for request in due_for_a_reminder():
        remind(request)
