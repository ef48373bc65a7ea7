"""Versions of a document: the next one, and an older one taken up again. None is ever changed."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from exchange.actions.captions import carry_captions
from exchange.actions.files import receiving, take_up
from exchange.actions.locking import locked_document
from exchange.actions.working import end_work
from exchange.filetypes import clean_name, recognise
from exchange.models import Blob, Document, Version
from exchange.permissions import check_add_version
from exchange.storage import digest
from exchange.undressing import without_place
from exchange.words import index_document
from network import clock
from network.actions.items import check_again
from network.actions.watching import tell_soon
from network.audit import record
from network.effects import after_commit, ring_bells, send_mail_soon
from network.follows import choices_for
from network.models.following import Follow
from network.models.people import User
from network.notifications import notify
from network.refusals import Forbidden, Invalid, Unseen

LONGEST_NOTE = 300


class Overtaken(Invalid):
    """Somebody shared a newer version than the one this person has opened; they are asked first."""

    def __init__(self, newest: Version) -> None:
        self.newest = newest
        words = _("Version %(number)d was shared meanwhile. Look at it first, or share yours after it all the same.")
        super().__init__("over", words % {"number": newest.number})


def add_version(
    *, by: User, document: Document, file: Any, note: str = "", over: int | None = None, once: uuid.UUID | None = None
) -> Version:
    """Shares a file as the next version of a document.

    `over` is the number of the version that it was made from; None asks nothing. `once` makes a retry harmless.
    The bytes are on the disk before the rows are committed, and go again where the rows are refused.
    Raises Unseen, Forbidden, Overtaken, Invalid (fields: file, note).
    """
    check_add_version(by, document)
    name = clean_name(file.name)
    content_type = recognise(file, name).content_type
    file = without_place(file)
    if before := _added_before(document, by, once, file):
        return before
    if once is not None and Version.objects.filter(uid=once).exists():
        once = None  # sent with another file: not a retry
    with receiving(file) as kept, transaction.atomic():
        document = locked_document(document)
        check_add_version(by, document)
        if over is not None and document.newest is not None and document.newest.number > over:
            raise Overtaken(document.newest)
        try:
            with transaction.atomic():
                version = append(
                    document, take_up(kept), name=name, content_type=content_type, by=by, note=note, uid=once
                )
        except IntegrityError:
            # The same form twice at the same moment: the other one was first.
            if again := _added_before(document, by, once, file):
                return again
            raise
        _tell_of(version, "exchange.version_added", by, file_name=name, note=version.note)
        if document.worker is not None and document.worker.pk == by.pk:
            # What they worked on is here.
            end_work(document)
    return version


@transaction.atomic
def restore_version(*, by: User, document: Document, number: int, over: int | None = None) -> Version:
    """Takes an older version up again, as the newest; where it is the newest already, nothing happens.

    `over` is the number of the newest version that this person knows of; None asks nothing.
    Raises Unseen (also where there is no such version), Forbidden, Overtaken.
    """
    document = locked_document(document)
    check_add_version(by, document)
    old = document.versions.select_related("blob").filter(number=number).first()
    if old is None:
        raise Unseen
    if old.blob.scan == Blob.Scan.INFECTED:
        raise Forbidden(old.blob.held_back)
    newest = document.newest
    if newest is not None and (newest.number == number or newest.restored_from == number):
        return newest
    if over is not None and newest is not None and newest.number > over:
        raise Overtaken(newest)
    version = append(
        document, old.blob, name=old.name, content_type=old.content_type, by=by, note="", restored_from=number
    )
    carry_captions(old, version)
    _tell_of(version, "exchange.version_restored", by, number=number)
    return version


def append(
    document: Document,
    blob: Blob,
    *,
    name: str,
    content_type: str,
    by: User,
    note: str = "",
    uid: uuid.UUID | None = None,
    restored_from: int | None = None,
) -> Version:
    """The next version, with the next number, as the newest. The caller has locked the document, or just made it.

    Raises Invalid (note).
    """
    note = " ".join(note.split())
    if len(note) > LONGEST_NOTE:
        raise Invalid("note", _("Say in 300 characters at most what is new."))
    version = Version.objects.create(
        uid=uid or uuid.uuid4(),
        document=document,
        number=document.newest.number + 1 if document.newest else 1,
        blob=blob,
        name=name,
        size=blob.size,
        sha256=blob.sha256,
        content_type=content_type,
        note=note,
        by=by,
        at=clock.now(),
        restored_from=restored_from,
    )
    document.newest = version
    document.active_at = version.at
    document.save(update_fields=["newest", "active_at"])
    return version


def _added_before(document: Document, by: User, once: uuid.UUID | None, file: Any) -> Version | None:
    known = document.versions.filter(uid=once, by=by).first() if once else None
    return known if known is not None and known.sha256 == digest(file) else None


def _tell_of(version: Version, verb: str, by: User, **detail: Any) -> None:
    document = version.document
    check_again(by=by, item=document)
    record(verb, by=by, target=document, room=document.room, partner=document.partner, **detail)
    index_document(document)
    told = [document.author_id, *document.co_authors.values_list("pk", flat=True)]
    if document.worker is not None:
        told.append(document.worker.pk)
    people = User.objects.filter(pk__in=told).exclude(pk=by.pk)
    choices = choices_for(document, *people).items()
    muted = [person for person, chosen in choices if chosen.choice == Follow.Choice.MUTE]
    notify(people.exclude(pk__in=muted), kind="version_added", item=document, by=by)
    tell_soon(document, by=by, kind="watched_change")
    after_commit(ring_bells)
    after_commit(send_mail_soon)
