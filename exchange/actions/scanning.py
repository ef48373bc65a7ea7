"""What the scanner says of stored bytes, and who hears of it. Called in the background (`exchange.tasks`)."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from exchange import scanner, storage
from exchange.models import Blob, Document, Version
from network import clock
from network.audit import record
from network.background import enqueue
from network.effects import after_commit, ring_bells, send_mail_soon
from network.models.people import User
from network.models.records import Notification
from network.notifications import notify, withdraw
from network.permissions import NETWORK, Level, require, who_may

log = logging.getLogger(__name__)

AT_ONCE = 100
TOO_LARGE_AGAIN_AFTER = timedelta(days=1)


def scan(key: int) -> None:
    """Has the scanner look at one stored file; done twice, it changes nothing. Raises scanner.Unreachable."""
    blob = Blob.objects.filter(pk=key).first()
    if blob is None:
        return
    if not scanner.is_configured():
        # The host has switched the scanner off: what waited for it is served as what comes now is.
        Blob.objects.filter(pk=key, scan=Blob.Scan.WAITING).update(scan=Blob.Scan.NONE)
        return
    try:
        with storage.read(blob.path) as file:
            virus = scanner.virus_in(file)
    except FileNotFoundError:
        log.error("The stored file %s is missing, so it cannot be scanned.", blob)
    except scanner.TooLarge:
        log.error("The stored file %s is too large for the scanner: raise its StreamMaxLength.", blob)
        Blob.objects.filter(pk=key).update(scanned_at=clock.now())
    else:
        _settle(key, virus)


def waiting() -> QuerySet[Blob]:
    """What waits for the scanner; what was too large for it is tried again on another day."""
    recently = clock.now() - TOO_LARGE_AGAIN_AFTER
    return Blob.objects.filter(Q(scanned_at=None) | Q(scanned_at__lt=recently), scan=Blob.Scan.WAITING).order_by("pk")


@transaction.atomic
def scan_again(*, by: User, sha256: str = "") -> None:
    """The host has one file scanned anew, or all. Until there is a verdict each stays as it is."""
    require(by, Level.OPERATE, NETWORK)
    record("exchange.scanned_again", by=by, target=None, entries=1 if sha256 else Blob.objects.count())
    if not sha256:
        enqueue("exchange.tasks.scan_onwards", 0)
    for blob in Blob.objects.filter(sha256=sha256):
        enqueue("exchange.tasks.scan_file", blob.pk)


@transaction.atomic
def _settle(key: int, virus: str) -> None:
    blob = Blob.objects.select_for_update().filter(pk=key).first()
    if blob is None:
        return
    before = blob.scan
    blob.scan = Blob.Scan.INFECTED if virus else Blob.Scan.CLEAN
    blob.virus, blob.scanned_at = virus[:120], clock.now()
    blob.save(update_fields=["scan", "virus", "scanned_at"])
    documents = Document.objects.filter(versions__blob=blob).select_related("room", "partner").distinct()
    if virus:
        for document in documents.order_by("pk"):
            _tell(document, blob)
    elif before == Blob.Scan.INFECTED:
        for document in documents:
            withdraw("virus_found", item=document)
            record("exchange.virus_not_found", by=None, target=document, room=document.room, partner=document.partner)


def _tell(document: Document, blob: Blob) -> None:
    """Whoever shared the file and who moderates the room, once; as far as the label lets them see the document."""
    if Notification.objects.filter(kind="virus_found", item=document).exists():
        return
    record(
        "exchange.virus_found",
        by=None,
        target=document,
        room=document.room,
        partner=document.partner,
        virus=blob.virus,
    )
    sharers = Version.objects.filter(document=document, blob=blob).values("by")
    told = User.objects.filter(Q(pk__in=sharers) | Q(pk=document.author_id))
    notify({*told, *who_may(Level.MODERATE, document.room)}, kind="virus_found", item=document)
    after_commit(ring_bells)
    after_commit(send_mail_soon)
