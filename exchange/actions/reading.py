"""Receipts: asking the readers of a document to read it by a day, and saying that one has."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from exchange.actions.locking import locked_document
from exchange.models import Confirmation, Document, FirstOpening, ReadRequest
from exchange.models.reading import today
from exchange.permissions import check_ask_to_read, check_follow_reading, check_read
from network import clock
from network.audit import record
from network.effects import after_commit, ring_bells, send_mail_soon
from network.labels import Label
from network.models.items import State
from network.models.people import User
from network.notifications import notify, withdraw
from network.permissions import audience
from network.refusals import Invalid, Unseen

FURTHEST = timedelta(days=366)
LONGEST_NOTE = 300
KINDS = ("please_read", "please_read_soon", "please_read_today", "please_read_newer")


@transaction.atomic
def ask_to_read(*, by: User, document: Document, due: date, note: str = "") -> ReadRequest:
    """Asks everybody who sees the document to read its newest version by a day. One request at a time.

    Raises Unseen, Forbidden, Invalid (fields: due, note).
    """
    document = locked_document(document)
    check_ask_to_read(by, document)
    if not today() <= due <= today() + FURTHEST:
        raise Invalid("due", _("Choose a day from today on, within a year."))
    note = " ".join(note.split())
    if len(note) > LONGEST_NOTE:
        raise Invalid("note", _("Say in 300 characters at most why."))
    if open_request(document) is not None:
        raise Invalid(
            "due", _("Its readers have been asked already. Their day must be over before they are asked again.")
        )
    request = ReadRequest.objects.create(document=document, by=by, due=due, note=note, version=_newest(document))
    record("exchange.asked_to_read", by=by, target=document, room=document.room, due=due.isoformat())
    _tell(request, "please_read", by)
    return request


@transaction.atomic
def ask_for_newer(*, by: User, document: Document) -> None:
    """Asks those who confirmed an older version to read the newest as well; until then what they said stands.

    Raises Unseen, Forbidden; Unseen also where nothing is asked.
    """
    document = locked_document(document)
    check_follow_reading(by, document)
    request = open_request(document)
    if request is None:
        raise Unseen
    if request.version == _newest(document):
        return
    request.version, request.reminded_at = _newest(document), None
    request.save(update_fields=["version", "reminded_at"])
    record("exchange.asked_to_read_newer", by=by, target=document, room=document.room, version=request.version)
    _tell(request, "please_read_newer", by)


@transaction.atomic
def confirm_reading(*, by: User, document: Document, version: int) -> Confirmation:
    """Says that one has read a version; twice is once, and a newer one takes the place of an older.

    Raises Unseen (also where nothing is asked), Invalid (version).
    """
    document = locked_document(document)
    check_read(by, document)
    request = open_request(document)
    if request is None:
        raise Unseen
    if not 1 <= version <= _newest(document):
        raise Invalid("version", _("There is no such version."))
    confirmation, new = Confirmation.objects.get_or_create(request=request, user=by, defaults={"version": version})
    if not new and confirmation.version >= version:
        return confirmation
    confirmation.version, confirmation.at = version, clock.now()
    confirmation.save(update_fields=["version", "at"])
    record("exchange.read", by=by, target=document, room=document.room, version=version)
    return confirmation


def opened_as_asked(*, by: Any, document: Document, file: bool = False) -> None:
    """Notes for who asked that this person, who sees the document now and is asked to read it, opens it.

    The first time alone, of its page, and once more when the `file` itself is read or downloaded. One query where
    there is nothing to note. Its reader is told of it on the page; so never of who reads it by its release alone,
    whom nobody has asked or told.
    """
    noted = FirstOpening.objects.filter(user=by.pk)
    if file:
        noted = noted.exclude(file_at=None)
    asked = ReadRequest.objects.filter(document=document.pk, due__gte=today()).exclude(by=by.pk)
    request = asked.exclude(pk__in=noted.values("request")).first()
    if request is None or document.chatham:
        return
    if document.tlp == Label.CLEAR and not Document.objects.one_seen_by(by, document.pk, inside=True).exists():
        return
    now = clock.now()
    row, new = FirstOpening.objects.get_or_create(
        request=request, user=by, defaults={"at": now, "file_at": now if file else None}
    )
    if file and not new:
        FirstOpening.objects.filter(pk=row.pk, file_at=None).update(file_at=now)


@transaction.atomic
def remind(request: ReadRequest) -> None:
    """Once, and only who sees it now and has not confirmed. For the schedule, the day before, or that morning."""
    request = ReadRequest.objects.select_for_update().get(pk=request.pk)
    if request.reminded_at is not None or not request.is_open:
        return
    request.reminded_at = clock.now()
    request.save(update_fields=["reminded_at"])
    _tell(request, "please_read_today" if request.due == today() else "please_read_soon", None)


def due_for_a_reminder() -> list[ReadRequest]:
    """Requests whose day is tomorrow, and of which nobody has been reminded.

    Also those of today: what was asked only yesterday, after that morning, or whose morning went by unused.
    """
    soon = {"due__gte": today(), "due__lte": today() + timedelta(days=1)}
    rows = ReadRequest.objects.filter(**soon, reminded_at=None, document__state=State.PUBLISHED)
    return list(rows.order_by("pk"))


def open_request(document: Document) -> ReadRequest | None:
    """The one whose day is not over, if there is one."""
    return ReadRequest.objects.select_related("by").filter(document=document, due__gte=today()).first()


def _tell(request: ReadRequest, kind: str, by: User | None) -> None:
    document = Document.objects.select_related("room", "partner").get(pk=request.document_id)
    done = request.confirmations.filter(version__gte=request.version).values("user")
    people = audience(document).exclude(pk__in=done).exclude(pk=request.by_id)
    for one in KINDS:
        # The newest word is the one that counts.
        withdraw(one, item=document)
    notify(people, kind=kind, item=document, by=by)
    after_commit(ring_bells)
    after_commit(send_mail_soon)


def _newest(document: Document) -> int:
    return document.newest.number if document.newest else 1
