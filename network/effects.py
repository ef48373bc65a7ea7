"""What follows a change: one function per consequence, each after commit and on its own.

One `after_commit` per consequence: a dead channel layer costs the broadcast and not the mail.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction

from network import background, live

log = logging.getLogger(__name__)


def after_commit(effect: Callable[..., Any], *keys: Hashable) -> None:
    """Runs `effect(*keys)` once what is true now is true for all; its failure stays its own.

    Keys, not rows: what an effect speaks of is read again after commit. A failure is logged and
    never turns a saved change into an error (a closure, since Django 5.2 cannot name a partial).
    """

    def consequence() -> None:
        try:
            effect(*keys)
        except Exception:
            log.exception("A consequence failed: %s", getattr(effect, "__qualname__", effect))

    transaction.on_commit(consequence)


def send_mail_soon() -> None:
    """Has what is due sent within a second or two; if even this is lost, the next sweep finds the letter."""
    background.wake("network.tasks.send_letters")


def ring_bells() -> None:
    """Lets open pages know that there may be something new for their reader."""
    live.ring()


def room_changed(room: int) -> None:
    """Rights in a room changed: sockets that relied on them are hung up now, not at the next sweep."""
    live.recheck(room)


def standing_changed() -> None:
    """A partner came, went or was suspended: sockets of its people are looked at now."""
    live.recheck()


def forget_file(path: str) -> None:
    """A stored file that no row speaks of any more is removed."""
    default_storage.delete(path)


def person_changed(person: int) -> None:
    """What this person may has changed: their sockets lose now, not at the next sweep, what they may not view."""
    live.ring()


def admission_changed() -> None:
    """People may have something to do first by now: their sockets are hung up now, not at the next sweep."""
    live.ring()


def sessions_ended() -> None:
    """Somebody's sessions are over: their sockets are hung up now, not at the next sweep."""
    live.ring()
