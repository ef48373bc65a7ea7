"""Sending a file in pieces: beginning, going on, taking back, and sharing what has arrived.

None of this is in the trail: like drafts, nobody else sees it before it is shared.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.files import File
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from exchange import arriving
from exchange.actions.documents import share_document
from exchange.actions.versions import add_version
from exchange.filetypes import NOT_TAKEN, TYPES, clean_name, extension_of
from exchange.models import Document, Upload, Version
from exchange.uploads import limit
from network import clock
from network.effects import after_commit
from network.models.people import User
from network.models.rooms import Room
from network.permissions import Level, where_allowed
from network.refusals import Forbidden, Invalid, Unseen
from network.retention import A_BATCH

# What one person may have on its way at one time: so many files, and so many times the largest.
MOST_OPEN = 100
MOST_TIMES_THE_LARGEST = 4


class TooLarge(Invalid):
    """More than is taken, of one file or of all that this person is sending."""


class OutOfStep(Exception):  # noqa: N818 - it is an answer, not an error
    """The piece does not begin where the last one ended."""


class Damaged(Exception):  # noqa: N818 - it is an answer, not an error
    """The piece is not what its sender said it is."""


@transaction.atomic
def begin_upload(*, by: User, name: str, size: int) -> Upload:
    """Makes room for a file of `size` bytes. Raises Forbidden, Invalid and TooLarge (file)."""
    if not where_allowed(by, Level.CONTRIBUTE).exists():
        raise Forbidden(_("There is no room to which you contribute."))
    name = clean_name(name)
    if extension_of(name) not in TYPES:
        raise Invalid("file", NOT_TAKEN)
    if size == 0:
        raise Invalid("file", _("This file is empty."))
    if size > limit():
        raise TooLarge("file", _("This file is larger than what is taken here."))
    # Locked, so that two beginnings at once are counted one after the other.
    User.objects.select_for_update().get(pk=by.pk)
    open_now = Upload.objects.filter(by=by)
    waiting = open_now.aggregate(sum=Sum("size"))["sum"] or 0
    if open_now.count() >= MOST_OPEN or waiting + size > MOST_TIMES_THE_LARGEST * limit():
        raise TooLarge("file", _("You have too much on its way. Share or take out what has arrived, then go on."))
    upload = Upload.objects.create(by=by, name=name, size=size)
    try:
        arriving.make(upload.uid)
    except BaseException:
        arriving.drop(upload.uid)
        raise
    return upload


def receive(*, by: User, uid: uuid.UUID, at: int, source: Any, most: int, sha: tuple[str, bytes] | None = None) -> int:
    """Takes the next piece, which begins `at`; how much there is of the file afterwards.

    What this answers with outlives a power cut: first the bytes are on the disk, then the row says so. No lock of the
    database is held meanwhile. `sha` is the name and value of a digest that the piece must have.
    Raises Unseen, OutOfStep, Damaged, TooLarge, arriving.Busy and arriving.NoRoom.
    """
    upload_of(by, uid)
    try:
        with arriving.held(uid) as file:
            upload = upload_of(by, uid)
            if upload.received != at:
                raise OutOfStep
            digest = hashlib.new(sha[0], usedforsecurity=False) if sha else None
            left = upload.size - at
            count = arriving.write(file, source, at=at, most=min(most, left), digest=digest)
            # One byte more than was announced, and the piece is of another file.
            if source.read(1):
                raise TooLarge("file", _("There is more of this file than was announced."))
            if sha and digest is not None and digest.digest() != sha[1]:
                raise Damaged
            mine = Upload.objects.filter(pk=upload.pk, received=at)
            if not mine.update(received=at + count, at=clock.now()):
                raise OutOfStep
    except FileNotFoundError:
        raise Unseen from None
    return at + count


@transaction.atomic
def take_back_upload(*, by: User, uid: uuid.UUID) -> None:
    """Whoever sends it has changed their mind. Raises Unseen."""
    forget(upload_of(by, uid))


def upload_of(by: User, uid: uuid.UUID) -> Upload:
    """A file that this person is sending. Raises Unseen, also for other people's."""
    upload = Upload.objects.filter(by=by, uid=uid).first()
    if upload is None:
        raise Unseen
    return upload


def forget(upload: Upload) -> None:
    """In the caller's transaction: the row goes, and after it the bytes."""
    uid = upload.uid
    upload.delete()

    def drop_bytes() -> None:
        arriving.drop(uid)

    after_commit(drop_bytes)


def keep_upload(*, by: User, file: Any) -> Upload:
    """A file that came whole and waits for an answer, so that it need not be sent again."""
    upload = begin_upload(by=by, name=file.name, size=file.size)
    file.seek(0)
    receive(by=by, uid=upload.uid, at=0, source=file, most=upload.size)
    upload.refresh_from_db()
    return upload


# --- what has arrived is shared -------------------------------------------------------------------


def share_upload(*, by: User, room: Room, uid: uuid.UUID, **words: Any) -> Document:
    """Shares what has arrived as a document. One upload becomes one document, however often this is asked.

    Raises Unseen, and what `share_document` raises.
    """
    before = Document.objects.filter(uid=uid, author=by).first()
    if before is not None:
        if before.room_id != room.pk:
            raise Invalid("file", _("This file has been shared in another room. Choose it again to share it here."))
        _forget_shared(by, uid)
        return before
    with _opened(by, uid) as file:
        document = share_document(by=by, room=room, file=file, **words | {"once": uid})
    _forget_shared(by, uid)
    return document


def add_upload(*, by: User, uid: uuid.UUID, document: Document, **words: Any) -> Version:
    """Shares what has arrived as the next version. Where that is refused, the file stays and need not be sent again.

    Raises Unseen, and what `add_version` raises.
    """
    before = Version.objects.filter(uid=uid, by=by, document=document).first()
    if before is not None:
        _forget_shared(by, uid)
        return before
    with _opened(by, uid) as file:
        version = add_version(by=by, document=document, file=file, **words | {"once": uid})
    _forget_shared(by, uid)
    return version


@contextmanager
def _opened(by: User, uid: uuid.UUID) -> Iterator[File]:
    upload = upload_of(by, uid)
    if not upload.is_whole:
        raise Invalid("file", _("This file has not arrived as a whole yet."))
    try:
        file = arriving.path_of(uid).open("rb")
    except FileNotFoundError:
        raise Unseen from None
    with file:
        yield File(file, name=upload.name)


@transaction.atomic
def _forget_shared(by: User, uid: uuid.UUID) -> None:
    for upload in Upload.objects.filter(by=by, uid=uid):
        forget(upload)


def purge_uploads(before: datetime) -> int:
    """What nobody went on with since `before`, at most a batch; and bytes that no row speaks of. For the schedule."""
    old = list(Upload.objects.filter(at__lt=before).order_by("pk")[:A_BATCH])
    for upload in old:
        forget(upload)
    behind = arriving.left_behind(before)
    known = set(Upload.objects.filter(uid__in=behind).values_list("uid", flat=True))
    for uid in behind:
        if uid not in known:
            arriving.drop(uid)
    return len(old)
