"""The bin of a room: documents put into it, taken out again, and gone with it after a while."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from exchange.actions.files import let_go
from exchange.actions.locking import locked_document
from exchange.models import Binned, Blob, Document
from exchange.permissions import check_bin, check_unbin
from exchange.words import index_document
from network import clock, search
from network.actions.items import check_again
from network.audit import forget_words, record
from network.effects import after_commit, ring_bells, send_mail_soon
from network.models.items import Item, Release, State
from network.models.people import User
from network.notifications import notify, withdraw
from network.permissions import Level, who_may
from network.permissions.items import check_seen
from network.refusals import Forbidden

A_BATCH = 50  # documents that are purged in one transaction, each with its files


@transaction.atomic
def put_in_bin(*, by: User, document: Document) -> None:
    """Out of sight for all but its author and the moderators, and off the public site. Twice is once.

    Raises Unseen, NeedsSecondFactor, Forbidden.
    """
    document = locked_document(document)
    check_seen(by, document, inside=True)
    if document.state == State.REMOVED and Binned.objects.filter(document=document).exists():
        return
    by_moderator = check_bin(by, document)
    Binned.objects.create(document=document, at=clock.now(), state_before=document.state, by_moderator=by_moderator)
    Document.objects.filter(pk=document.pk).update(state=State.REMOVED)
    search.forget(item=document)
    withdraw("item_held", item=document)
    if Release.objects.filter(item=document).delete()[0]:
        record("network.unreleased", by=by, target=document, room=document.room)
    record("exchange.document_binned", by=by, target=document, room=document.room, partner=document.partner)
    after_commit(ring_bells)


@transaction.atomic
def take_out_of_bin(*, by: User, document: Document) -> None:
    """Back to where it stood and to who read it; not back to the public site. Twice is once.

    In a room where everything is checked it waits for a moderator again.
    Raises Unseen, NeedsSecondFactor, Forbidden.
    """
    document = locked_document(document)
    check_seen(by, document, inside=True)
    binned = Binned.objects.filter(document=document).first()
    if document.state != State.REMOVED:
        return
    if binned is None:
        raise Forbidden(_("A moderator removed it; it does not lie in the bin."))
    check_unbin(by, document, binned)
    document.state = binned.state_before
    document.save(update_fields=["state"])
    binned.delete()
    check_again(by=by, item=document)
    if document.state == State.HELD:
        notify(who_may(Level.MODERATE, document.room), kind="item_held", item=document, by=by)
        after_commit(send_mail_soon)
    else:
        index_document(document)
    record("exchange.document_unbinned", by=by, target=document, room=document.room, partner=document.partner)
    after_commit(ring_bells)


def empty_bins(before: datetime) -> int:
    """Purges the first batch of what was put into a bin before; how many. In the caller's transaction."""
    due = Binned.objects.filter(at__lt=before, document__state=State.REMOVED).order_by("pk")
    documents = Document.objects.select_for_update(of=("self",)).select_related("room")
    keys = list(due.values_list("document", flat=True)[:A_BATCH])
    for document in documents.filter(pk__in=keys, state=State.REMOVED).order_by("pk"):
        _purge(document)
    return len(keys)


def _purge(document: Document) -> None:
    """Its versions go, with the bytes that no other has, its words and its places; then itself.

    Where others have talked about it, its row stays, removed, so that what they wrote is not torn away with it.
    """
    record("exchange.document_purged", by=None, target=document, room=document.room)
    _empty(document)
    if not document.children.exists():
        Document.objects.get(pk=document.pk).delete()


def erase(item: Item) -> None:
    """Leaves neither a word nor a byte of a document that moderators took away for good; its row stays, removed.

    In the transaction of a caller who has asked who may.
    """
    document = locked_document(Document.objects.get(pk=item.pk))
    _empty(document)
    Document.objects.filter(pk=document.pk).update(title=_("Erased"))
    forget_words(document)


def _empty(document: Document) -> None:
    blobs = list(Blob.objects.filter(versions__document=document).distinct().order_by("pk"))
    Document.objects.filter(pk=document.pk).update(newest=None, folder=None, description="")
    document.versions.all().delete()
    for blob in blobs:
        let_go(blob)
    search.forget(item=document)
    document.placements.all().delete()
    Binned.objects.filter(document=document).delete()
