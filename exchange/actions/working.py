"""A word to the others: I am working on it until five. It forbids nothing and ends by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from exchange.actions.locking import locked_document
from exchange.models import Document
from exchange.permissions import check_add_version
from network import clock
from network.audit import record
from network.effects import after_commit, ring_bells, send_mail_soon
from network.models.people import User
from network.notifications import notify
from network.refusals import Invalid

LONGEST = timedelta(hours=24)


class WorkedOn(Invalid):
    """Somebody else is working on it; whoever wants to take over is asked first."""

    def __init__(self, who: User, until: datetime) -> None:
        self.who, self.until = who, until
        super().__init__("until", _("%(name)s is working on it at present.") % {"name": who.name})


@transaction.atomic
def work_on(*, by: User, document: Document, until: datetime, over: User | None = None) -> None:
    """Says that one is working on it until then, at most a day ahead. For whoever may share a version.

    `over` is who is known to be working on it now; they are told that it was taken over.
    Raises Unseen, Forbidden, WorkedOn, Invalid (until).
    """
    document = locked_document(document)
    check_add_version(by, document)
    if not clock.now() < until <= clock.now() + LONGEST:
        raise Invalid("until", _("Choose a time within the next 24 hours."))
    holder = document.worker
    others = holder is not None and holder.pk != by.pk
    if holder is not None and others and (over is None or over.pk != holder.pk):
        raise WorkedOn(holder, document.worked_on_until or until)
    document.worked_on_by, document.worked_on_until = by, until
    document.save(update_fields=["worked_on_by", "worked_on_until"])
    verb = "exchange.work_taken_over" if others else "exchange.work_begun"
    record(verb, by=by, target=document, room=document.room, partner=document.partner)
    if holder is not None and others:
        notify([holder], kind="work_taken_over", item=document, by=by)
        after_commit(ring_bells)
        after_commit(send_mail_soon)


@transaction.atomic
def stop_working_on(*, by: User, document: Document) -> None:
    """Takes one's own word back; where somebody else works on it by now, nothing happens. Raises Unseen, Forbidden."""
    document = locked_document(document)
    check_add_version(by, document)
    if document.worker is None or document.worker.pk != by.pk:
        return
    end_work(document)
    record("exchange.work_ended", by=by, target=document, room=document.room, partner=document.partner)


def end_work(document: Document) -> None:
    """In the caller's transaction, with the document locked."""
    document.worked_on_by = document.worked_on_until = None
    document.save(update_fields=["worked_on_by", "worked_on_until"])
