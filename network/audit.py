"""The trail: what was done, by whom, to what, when. Written in the transaction of the change.

Entries hold opaque ids and a digest; names and texts go to a detail that can be erased without
breaking the trail. Each verb is declared with its sentence and with which of its details are
personal, so that nobody can add one without saying how a person is forgotten.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.functional import Promise

from network.models.items import Participant
from network.models.people import Partner, User
from network.models.records import AuditDetail, AuditEntry
from network.models.rooms import Room


@dataclass(frozen=True)
class Verb:
    """One thing that can be done: its sentence, and the keys of its detail that are personal."""

    key: str
    sentence: Promise
    personal: frozenset[str]


VERBS: dict[str, Verb] = {}


def declare(key: str, sentence: Promise, *, personal: tuple[str, ...] = ()) -> None:
    """Once per verb, from the `verbs` module of the app that says it, imported by its AppConfig."""
    VERBS[key] = Verb(key, sentence, frozenset(personal))


def record(
    verb: str,
    *,
    by: User | Participant | None,
    target: Any,
    room: Room | None = None,
    partner: Partner | None = None,
    **detail: Any,
) -> AuditEntry:
    """Appends one entry; `target` is anything with a `uid`, `by` None is the network itself.

    Under the Chatham House Rule `by` is the Participant, so that the trail knows no person.
    Raises KeyError for a verb that nobody declared, RuntimeError outside a transaction.
    """
    VERBS[verb]
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An entry is written in the transaction of the change it records.")
    salt = secrets.token_hex(16) if detail else ""
    entry = AuditEntry.objects.create(
        verb=verb,
        actor=by.uid if by else None,
        target_kind=target._meta.model_name,
        target=target.uid,
        room=room.uid if room else None,
        partner=partner.uid if partner else None,
        digest=digest(salt, detail) if detail else "",
    )
    if detail:
        AuditDetail.objects.create(entry=entry.pk, salt=salt, data=detail)
    return entry


def digest(salt: str, detail: dict[str, Any]) -> str:
    """SHA-256 (hexadecimal) over the salt and the detail as canonical JSON."""
    text = json.dumps(detail, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{salt}{text}".encode()).hexdigest()
