"""What `exchange` does in the background. Each task may run twice, and be cut off anywhere."""

from __future__ import annotations

import logging

from exchange import scanner
from exchange.actions import scanning
from exchange.models import Blob
from network.background import enqueue

log = logging.getLogger(__name__)


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
        enqueue("exchange.tasks.scan_onwards", keys[-1])
