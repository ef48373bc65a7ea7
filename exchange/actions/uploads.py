"""Sending a file in pieces: beginning, going on, taking back, and sharing what has arrived.

None of this is in the trail: like drafts, nobody else sees it before it is shared.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, BinaryIO, cast

from django.core.files import File
from django.db import DatabaseError, transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from exchange import arriving
from exchange.actions.documents import share_document
from exchange.actions.unpacking import begin_unpacking
from exchange.actions.versions import add_version
from exchange.filetypes import EMPTY, TYPES, clean_name, extension_of, recognise, why_not_taken
from exchange.folders import MOST_DEEP, clean_folder_name
from exchange.models import Document, Unpacking, Upload, Version
from exchange.storage import digest
from exchange.unpacking import NO_ARCHIVE
from network import clock
from network.effects import after_commit
from network.fullness import is_full
from network.models.people import User
from network.models.rooms import Room
from network.permissions import Level, where_allowed
from network.refusals import Forbidden, Invalid, Unseen
from network.retention import A_BATCH
from network.uploads import limit

# What one person may have on its way at one time: so many files, and so many times the largest.
MOST_OPEN = 100
MOST_TIMES_THE_LARGEST = 4


class TooLarge(Invalid):
    """More than is taken, of one file or of all that this person is sending."""


class OutOfStep(Exception):  # noqa: N818 - it is an answer, not an error
    """The piece does not begin where the last one ended."""


class Damaged(Exception):  # noqa: N818 - it is an answer, not an error
    """The piece is not what its sender said it is."""


def begin_upload(
    *,
    by: User,
    name: str,
    size: int,
    archive: bool = False,
    folders: Sequence[str] = (),
    uid: uuid.UUID | None = None,
) -> Upload:
    """Makes room for a file of `size` bytes, or for an `archive` to unpack. Raises Forbidden, Invalid, arriving.NoRoom.

    `folders` are those in which it lies where it comes from; it is shared into the same, below the one of the form.
    `uid` makes a retry find what the first try began.
    """
    made: list[uuid.UUID] = []
    try:
        return _begin(by=by, name=name, size=size, archive=archive, folders=folders, uid=uid, made=made)
    except BaseException as error:
        # Also where it is the commit that fails: no row, no file.
        for one in made:
            arriving.drop(one)
        if isinstance(error, DatabaseError) and is_full(error):
            raise arriving.NoRoom from None
        raise


@transaction.atomic
def _begin(
    *,
    by: User,
    name: str,
    size: int,
    archive: bool,
    folders: Sequence[str],
    uid: uuid.UUID | None,
    made: list[uuid.UUID],
) -> Upload:
    """What `made` holds afterwards are files that go again where this fails."""
    if not where_allowed(by, Level.CONTRIBUTE).exists():
        raise Forbidden(_("There is no room to which you contribute."))
    name = clean_name(name)
    folders = [clean_folder_name(one) for one in folders]
    if len(folders) > MOST_DEEP:
        raise Invalid("file", _("It lies too deep in folders."))
    if archive and extension_of(name) != "zip":
        raise Invalid("file", NO_ARCHIVE)
    if not archive and extension_of(name) not in TYPES:
        raise Invalid("file", why_not_taken(name))
    if size == 0:
        raise Invalid("file", EMPTY)
    if size > limit():
        raise TooLarge("file", _("This file is larger than what is taken here."))
    # Locked, so that two beginnings at once are counted one after the other.
    User.objects.select_for_update().get(pk=by.pk)
    open_now = Upload.objects.filter(by=by)
    if uid is not None and (before := open_now.filter(uid=uid).first()):
        return before
    waiting = open_now.aggregate(sum=Sum("size"))["sum"] or 0
    if open_now.count() >= MOST_OPEN or waiting + size > MOST_TIMES_THE_LARGEST * limit():
        raise TooLarge("file", _("You have too much on its way. Share or take out what has arrived, then go on."))
    upload = Upload.objects.create(uid=uid or uuid.uuid4(), by=by, name=name, size=size, folders=folders)
    made.append(upload.uid)
    arriving.make(upload.uid)
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
    except (arriving.NoRoom, DatabaseError) as error:
        if not isinstance(error, arriving.NoRoom) and not is_full(error):
            raise
        give_up(by=by, uid=uid)
        raise arriving.NoRoom from None
    return at + count


def give_up(*, by: User, uid: uuid.UUID) -> None:
    """The disk is full, and all of this file goes: its pieces would hold the disk for days. Raises Unseen."""
    upload_of(by, uid)
    # The bytes first: the database may be on the same disk, and have no room to write that they are gone.
    arriving.drop(uid)
    with suppress(DatabaseError), transaction.atomic():
        Upload.objects.filter(by=by, uid=uid).delete()


def check_arrived(*, by: User, uid: uuid.UUID) -> None:
    """What has come whole is what its name says; else it goes at once, and who sent it is told so before they share it.

    Raises Unseen, Invalid (file). What an archive holds is looked at when it is unpacked.
    """
    upload = upload_of(by, uid)
    if not upload.is_whole or extension_of(upload.name) not in TYPES:
        return
    try:
        with _opened(by, uid) as file:
            recognise(cast("BinaryIO", file), upload.name)
    except Invalid:
        take_back_upload(by=by, uid=uid)
        raise


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


def keep_upload(*, by: User, file: Any, once: uuid.UUID | None = None) -> Upload:
    """A file that came whole and waits for an answer, so that it need not be sent again.

    `once` is the key of its form: the same file is kept once, however often that form is sent.
    """
    uid = uuid.uuid5(once, f"{by.pk} {digest(file)}") if once else None
    upload = begin_upload(by=by, name=file.name, size=file.size, uid=uid)
    if not upload.is_whole:
        file.seek(upload.received)
        receive(by=by, uid=upload.uid, at=upload.received, source=file, most=upload.size)
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
        path = upload_of(by, uid).folders
        document = share_document(by=by, room=room, file=file, path=path, **words | {"once": uid})
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


def unpack_upload(*, by: User, room: Room, uid: uuid.UUID, **words: Any) -> Unpacking:
    """Has what has arrived unpacked. One upload is one unpacking, however often this is asked.

    Raises Unseen, and what `begin_unpacking` raises.
    """
    before = Unpacking.objects.filter(uid=uid, by=by, room=room).select_related("room").first()
    if before is not None:
        _forget_shared(by, uid)
        return before
    with _opened(by, uid) as file:
        row = begin_unpacking(by=by, room=room, file=file, **words | {"once": uid})
    _forget_shared(by, uid)
    return row


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
