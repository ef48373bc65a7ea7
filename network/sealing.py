"""The trail is sealed into a hash chain, link by link, after commit: who changes an entry breaks the chain there.

Each link's seal is SHA-256 over the seal before and the entry's fields, its digest included, so the
erasable details are covered too, and a detail that is missing was erased. Sealing inside each
transaction would make every change of the network wait for every other; so a task seals what has
committed, and an entry that commits late gets a later link than its number would say.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, Max, Min, OuterRef, QuerySet

from network import triggers
from network.audit import digest, record
from network.models.records import AuditCheckpoint, AuditDetail, AuditEntry, AuditSeal

BEGINNING = "0" * 64
A_BATCH = 1000
# How far below the newest sealed entry the minutely task looks for one that committed late; `whole` looks at all.
LOOK_BACK = 5000


def seal_of(before: str, entry: AuditEntry) -> str:
    """The link that `entry` makes after the seal `before`."""
    fields = [
        entry.pk,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.verb,
        _text(entry.actor),
        entry.target_kind,
        _text(entry.target),
        _text(entry.room),
        _text(entry.partner),
        entry.digest,
    ]
    text = json.dumps([before, *fields], separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _text(uid: Any) -> str:
    return str(uid) if uid else ""


def unsealed() -> QuerySet[AuditEntry]:
    """Entries that have no link yet, in the order in which they will get one."""
    return AuditEntry.objects.filter(~Exists(AuditSeal.objects.filter(entry=OuterRef("pk")))).order_by("pk")


def seal_trail(*, whole: bool = False) -> int:
    """Seals what has committed; how many entries. Two sealers at once wait for each other.

    `whole` also finds an entry whose transaction stood open while thousands of others committed.
    """
    sealed = 0
    while made := _seal_a_batch(whole):
        sealed += made
    return sealed


@transaction.atomic
def _seal_a_batch(whole: bool) -> int:
    _lock()
    number, before = _end_of_chain()
    rows = unsealed()
    newest = None if whole else AuditSeal.objects.aggregate(newest=Max("entry"))["newest"]
    if newest is not None:
        rows = rows.filter(pk__gt=newest - LOOK_BACK)
    links = []
    for entry in rows[:A_BATCH]:
        number, before = number + 1, seal_of(before, entry)
        links.append(AuditSeal(number=number, entry=entry.pk, seal=before))
    AuditSeal.objects.bulk_create(links)
    return len(links)


def _lock() -> None:
    """One sealer at a time; readers and writers of the trail do not wait. On SQLite the transaction is the lock."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {AuditSeal._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")


def _end_of_chain() -> tuple[int, str]:
    newest = AuditSeal.objects.order_by("-number").first()
    return (newest.number, newest.seal) if newest else beginning()


def beginning() -> tuple[int, str]:
    """The number and the seal after which the chain that is kept begins."""
    checkpoint = AuditCheckpoint.objects.order_by("-number").first()
    return (checkpoint.number, checkpoint.seal) if checkpoint else (0, BEGINNING)


# --- verifying ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Break:
    """The first place where the chain does not hold: the number of the link, its entry, and what differs."""

    number: int
    entry: int | None
    what: str


@dataclass(frozen=True)
class Verdict:
    """What recomputing the chain showed. `end` is the newest link that holds, for noting down elsewhere."""

    links: int
    first: int
    end: tuple[int, str]
    broken: Break | None
    tail: int
    tail_since: datetime | None


def verify(*, noted: tuple[int, str] | None = None) -> Verdict:
    """Recomputes the whole chain, and the digests of all details that are still there.

    `noted`: a number and a seal that somebody wrote down earlier; a chain that was cut short and
    sealed anew holds by itself, and only this tells.
    """
    number, before = start = beginning()
    broken = None
    if noted and noted[0] == number and noted[1] != before:
        broken = Break(number, None, "the checkpoint is not the link that was noted")
    for link, entry, detail in _chain():
        broken = broken or _fault(number + 1, before, link, entry, detail)
        if broken is None and noted and noted[0] == link.number and noted[1] != link.seal:
            broken = Break(link.number, link.entry, "the seal is not the one that was noted")
        if broken is not None:
            break
        number, before = link.number, link.seal
    if broken is None and noted and noted[0] > number:
        broken = Break(number + 1, None, "the link that was noted is missing: the end of the chain was cut off")
    if broken is None:
        broken = _fault_in_tail()
    waiting = unsealed().order_by()
    return Verdict(
        links=number - start[0],
        first=start[0] + 1,
        end=(number, before),
        broken=broken,
        tail=waiting.count(),
        tail_since=waiting.aggregate(oldest=Min("at"))["oldest"],
    )


def _chain(
    above: int = 0, below: int | None = None
) -> Iterator[tuple[AuditSeal, AuditEntry | None, AuditDetail | None]]:
    """The links in their order, each with its entry and detail where they are there. Three queries a batch."""
    while True:
        rows = AuditSeal.objects.order_by("number").filter(number__gt=above)
        links = list((rows.filter(number__lt=below) if below else rows)[:A_BATCH])
        if not links:
            return
        keys = [link.entry for link in links]
        entries = AuditEntry.objects.in_bulk(keys)
        details = AuditDetail.objects.in_bulk(keys, field_name="entry")
        for link in links:
            yield link, entries.get(link.entry), details.get(link.entry)
        above = links[-1].number


def _fault(
    number: int, before: str, link: AuditSeal, entry: AuditEntry | None, detail: AuditDetail | None
) -> Break | None:
    if link.number != number:
        return Break(number, None, f"the link is missing; the next that is there has number {link.number}")
    if entry is None:
        return Break(number, link.entry, "the entry is missing")
    if seal_of(before, entry) != link.seal:
        other = _belongs_here(before, number)
        if other is not None:
            return Break(number, entry.pk, f"out of order: the link of entry {other} belongs here")
        return Break(number, entry.pk, "the entry or its seal was changed")
    if not _detail_holds(entry, detail):
        return Break(number, entry.pk, "the detail was changed: it does not match the entry's digest")
    return None


def _belongs_here(before: str, number: int) -> int | None:
    """The entry of a later link that was made after `before`: then links changed places."""
    for link, entry, _detail in _chain(above=number):
        if entry is not None and seal_of(before, entry) == link.seal:
            return entry.pk
    return None


def _detail_holds(entry: AuditEntry, detail: AuditDetail | None) -> bool:
    return detail is None or (entry.digest != "" and digest(detail.salt, detail.data) == entry.digest)


def _fault_in_tail() -> Break | None:
    for rows in batched(unsealed().iterator()):
        details = AuditDetail.objects.in_bulk([entry.pk for entry in rows], field_name="entry")
        for entry in rows:
            if not _detail_holds(entry, details.get(entry.pk)):
                return Break(0, entry.pk, "the detail of an entry that waits to be sealed was changed")
    return None


def batched(rows: Iterator[AuditEntry]) -> Iterator[list[AuditEntry]]:
    """Entries in lists of at most A_BATCH."""
    while batch := list(islice(rows, A_BATCH)):
        yield batch


# --- shortening -----------------------------------------------------------------------------------


@transaction.atomic
def shorten(before: datetime) -> int:
    """Removes the beginning of the chain as far as all of it is older than `before`; how many entries.

    A checkpoint keeps the last seal, from which the chain goes on, and the trail itself says that it
    was shortened. Nothing is removed of a chain that does not hold: it would be the proof of it.
    """
    _lock()
    young = AuditEntry.objects.filter(at__gte=before).values("pk")
    kept = AuditSeal.objects.filter(entry__in=young).aggregate(first=Min("number"))["first"]
    (first, seal), until = beginning(), None
    number = first
    for link, entry, detail in _chain(below=kept):
        fault = _fault(number + 1, seal, link, entry, detail)
        if fault is not None or entry is None:
            raise BrokenChainError(f"The trail is not shortened, since it does not hold: {fault}")
        number, seal = link.number, link.seal
        until = max(until or entry.at, entry.at)
    if until is None:
        return 0
    AuditCheckpoint.objects.create(number=number, seal=seal, removed=number - first, until=until)
    _remove(number)
    record("network.trail_shortened", by=None, target=None, entries=number - first, until=until.isoformat())
    return number - first


class BrokenChainError(Exception):
    """The chain does not hold where it was to be shortened."""


def _remove(number: int) -> None:
    links = AuditSeal.objects.filter(number__lte=number)
    AuditDetail.objects.filter(entry__in=links.values("entry")).delete()
    with triggers.opened_for_retention(connection):
        AuditEntry.objects.filter(pk__in=links.values("entry")).delete()
        links.delete()
