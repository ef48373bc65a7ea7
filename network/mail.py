"""Letters: rows of keys, written with the change that causes them, sent after commit.

A letter is composed at the moment of sending, through the gate, in its reader's language. The
background work is woken after commit and sweeps every minute (`network.tasks.send_letters`), so that
a letter whose sender died is sent by the next.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, QuerySet

from network import clock
from network.models.records import Mail
from network.models.rooms import Programme

log = logging.getLogger(__name__)

HELD_FOR = timedelta(minutes=5)  # how long a sender that dies keeps a letter to itself
TRIES = 8  # with doubling pauses: the last about ten hours after the first


@dataclass(frozen=True)
class Letter:
    """One letter in words: address, subject, plain text."""

    to: str
    subject: str
    text: str


def letter(to: str, subject: str, *paragraphs: str, below: str = "") -> Letter:
    """A letter of these paragraphs that ends as all do; `below` is one more line under its sender."""
    foot = f"{closing()}\n{below}" if below else closing()
    return Letter(to, " ".join(subject.split()), "\n\n".join([*paragraphs, foot]) + "\n")


def closing() -> str:
    """How every letter ends: the network and its address, below the line that mail programs know as a signature's."""
    return f"-- \n{network_name()}, {settings.LIAISE_URL}"


def network_name() -> str:
    """What the network calls itself."""
    programme = Programme.objects.first()
    return programme.name if programme else "Liaise"


LETTERS: dict[str, Callable[[int], Letter | None]] = {}
# What follows when a letter has left or was given up, where something was kept for it alone.
AFTERWARDS: dict[str, Callable[[int], None]] = {}


def register_letter(
    kind: str, compose: Callable[[int], Letter | None], *, afterwards: Callable[[int], None] | None = None
) -> None:
    """From an AppConfig. `compose(key)` returns None where it must not be sent any more.

    `afterwards(key)`: once it has left, or will never leave; in the same transaction.
    """
    LETTERS[kind] = compose
    if afterwards is not None:
        AFTERWARDS[kind] = afterwards


def enqueue(kind: str, key: int) -> None:
    """Writes the letter down in the caller's transaction; a second time for the same key: again."""
    now = clock.now()
    Mail.objects.update_or_create(
        kind=kind,
        key=key,
        defaults={"due_at": now, "tries": 0, "sent_at": None, "dropped_at": None},
    )


def send_due(limit: int = 200) -> int:
    """Sends what is due; how many letters left. Safe beside other senders.

    A row is claimed by moving its due time, which one sender alone can do from the time it read.
    """
    sent = 0
    now = clock.now()
    waiting = Mail.objects.filter(sent_at=None, dropped_at=None, due_at__lte=now)
    for mail in waiting[:limit]:
        claimed = Mail.objects.filter(pk=mail.pk, due_at=mail.due_at, sent_at=None).update(
            due_at=now + HELD_FOR, tries=F("tries") + 1
        )
        mail.due_at = now + HELD_FOR
        if claimed:
            sent += _send(mail)
    return sent


def _send(mail: Mail) -> int:
    # Enqueued again while it is being sent, it is another letter, and waits for its own sending.
    mine = Mail.objects.filter(pk=mail.pk, due_at=mail.due_at)
    try:
        letter = LETTERS[mail.kind](mail.key)
        if letter is None:
            _over(mail, mine, "dropped_at")
            return 0
        EmailMessage(letter.subject, letter.text, to=[letter.to]).send()
    except Exception:
        log.exception("A letter could not be sent: %s %s", mail.kind, mail.key)
        tries = mail.tries + 1
        if tries >= TRIES:
            _over(mail, mine, "dropped_at")
        else:
            later = clock.now() + timedelta(minutes=5 * 2**tries)
            mine.update(due_at=later)
        return 0
    _over(mail, mine, "sent_at")
    return 1


@transaction.atomic
def _over(mail: Mail, mine: QuerySet[Mail], how: str) -> None:
    afterwards = AFTERWARDS.get(mail.kind)
    if mine.update(**{how: clock.now()}) and afterwards is not None:
        afterwards(mail.key)
