"""An archive shared as what is in it: folders and documents, under one label and with the same settings.

It is looked through and kept at once, and shared file by file in the background. Each file is asked about at the gate
when its turn comes, as whoever sent it, and has its own outcome.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from exchange import storage
from exchange.actions.documents import share_document
from exchange.models import Document, Folder, UnpackedFile, Unpacking
from exchange.storage import NotStored
from exchange.unpacking import NotRead, Part, parts_of, unpacked
from network import clock
from network.audit import record
from network.background import enqueue
from network.effects import after_commit, ring_bells
from network.labels import Label
from network.languages import spoken
from network.models.items import Theme
from network.models.people import Partner, User
from network.models.rooms import Room
from network.notifications import notify
from network.permissions import Level, require
from network.permissions.items import check_label, check_names, speaker_for
from network.refusals import Invalid, Refusal, Unseen
from network.retention import A_BATCH

log = logging.getLogger(__name__)

A_TURN = 30  # seconds, after which other work has its turn
MOST_AT_ONCE = 3  # archives of one person
# A file that is not shared for a fault of ours is tried so often, with this pause between.
MOST_TRIES = 3
PAUSE = timedelta(minutes=1)
# So long a file waits for a store that does not give it, however often that is; then these tries count, too.
PATIENCE = timedelta(days=1)
# What has not gone on for so long has no task any more.
FORGOTTEN_AFTER = timedelta(minutes=10)
WAITING, SHARED, LEFT_OUT = UnpackedFile.Outcome.WAITING, UnpackedFile.Outcome.SHARED, UnpackedFile.Outcome.LEFT_OUT


def unpackings_of(user: User, room: Room) -> QuerySet[Unpacking]:
    """The archives that this person has sent to the room; nobody sees those of others."""
    return Unpacking.objects.filter(by=user, room=room)


def begin_unpacking(
    *,
    by: User,
    room: Room,
    file: Any,
    tlp: Label = Label.AMBER,
    language: str = "en",
    partner: Partner | None = None,
    folder: Folder | None = None,
    themes: Collection[Theme] = (),
    named_partners: Collection[Partner] = (),
    named_people: Collection[User] = (),
    once: uuid.UUID | None = None,
) -> Unpacking:
    """Keeps a ZIP and has each file of it shared in the background, in the folders that it stands in there; above AMBER
    all of them in the chosen one.

    What can be said against the archive or against a file unread is said now. `once` makes a retry harmless: the
    same person, key, archive and words get the same unpacking again.
    Raises Unseen, Forbidden, Invalid (file, tlp, partner, named_partners, named_people).
    """
    require(by, Level.CONTRIBUTE, room)
    try:
        parts = parts_of(file)
    except OSError as error:
        raise NotStored(error) from error
    speaker = speaker_for(by, room, partner)
    check_label(room, tlp, speaker)
    check_names(room, tlp, named_partners, named_people)
    if folder is not None and folder.room_id != room.pk:
        raise Unseen
    settings = {
        "language": language,
        "partner": speaker.pk if speaker else None,
        "themes": _keys(themes),
        "named_partners": _keys(named_partners),
        "named_people": _keys(named_people),
    }
    sent = _digest(storage.digest(file), room.pk, folder.pk if folder else None, int(tlp), settings)
    if again := _sent_before(by, once, sent):
        return again
    row = Unpacking(by=by, room=room, folder=folder, tlp=tlp, settings=settings, sent=sent)
    if once is not None and not Unpacking.objects.filter(uid=once).exists():
        row.uid = once
    try:
        with storage.keeping(file) as kept:
            row.path = kept.path
            _write(row, parts)
    except IntegrityError:
        # The same form came at the same moment, and the other try was first.
        again = _sent_before(by, once, sent)
        if again is None:
            raise
        return again
    return row


@transaction.atomic
def _write(row: Unpacking, parts: list[Part]) -> None:
    # Locked, so that two beginnings at once are counted one after the other.
    User.objects.select_for_update().get(pk=row.by_id)
    if Unpacking.objects.filter(by=row.by_id, ended_at=None).count() >= MOST_AT_ONCE:
        raise Invalid("file", _("Three of your archives are being unpacked. Wait until one of them is done."))
    row.save(force_insert=True)
    UnpackedFile.objects.bulk_create(
        UnpackedFile(
            unpacking=row,
            number=number,
            shown=part.shown,
            outcome=LEFT_OUT if part.left_out else WAITING,
            reason=str(part.left_out),
        )
        for number, part in enumerate(parts)
    )
    record("exchange.unpacking_begun", by=row.by, target=row.room, room=row.room, files=len(parts))
    enqueue("exchange.tasks.unpack", row.pk)


def _keys(rows: Collection[Any]) -> list[int]:
    return sorted(row.pk for row in rows)


def _digest(*sent: Any) -> str:
    return hashlib.sha256(json.dumps(sent, sort_keys=True).encode()).hexdigest()


def _sent_before(by: User, once: uuid.UUID | None, sent: str) -> Unpacking | None:
    return Unpacking.objects.filter(uid=once, by=by, sent=sent).select_related("room").first() if once else None


# --- in the background ----------------------------------------------------------------------------


def carry_on(key: int) -> None:
    """Shares what waits of an archive, for one turn. Each file is shared once, however often this is called or cut off.

    Raises OSError where the store does not answer: then all of it waits for the next try.
    """
    row = Unpacking.objects.select_related("by", "room", "folder").filter(pk=key, ended_at=None).first()
    if row is None:
        return
    # The reasons are read by whoever sent it.
    with translation.override(spoken(row.by.language)):
        try:
            with storage.read(row.path) as file:
                due = _take_turn(row, file)
        except FileNotFoundError:
            _leave_out_the_rest(row, _("The archive is missing from our store. Please share it once more."))
            due = None
        if row.files.filter(outcome=WAITING).exists():
            enqueue("exchange.tasks.unpack", row.pk, due=due)
        else:
            _finish(row)


def _take_turn(row: Unpacking, file: Any) -> datetime | None:
    """Shares what waits until the turn is over; until when the rest should rest, where something failed.

    Raises OSError where the store does not answer; what it gave is shared.
    """
    end, due = time.monotonic() + A_TURN, None
    away: NotRead | None = None
    try:
        parts = parts_of(file)
    except Invalid as refusal:
        # It was read when it came; the network takes less by now.
        _leave_out_the_rest(row, str(refusal.reason))
        return None
    settings = _settings(row)
    for one in list(row.files.filter(outcome=WAITING)):
        try:
            if not _try(row, one, parts[one.number], file, settings):
                due = clock.now() + PAUSE
        except NotRead as error:
            away = error
        if time.monotonic() > end:
            due = None
            break
    if away is not None:
        raise away
    return due


def _settings(row: Unpacking) -> dict[str, Any]:
    """What the form said, as rows."""
    said = row.settings
    return {
        "by": row.by,
        "room": row.room,
        "folder": row.folder,
        "tlp": Label(row.tlp),
        "language": said["language"],
        "partner": Partner.objects.filter(pk=said["partner"]).first(),
        "themes": list(Theme.objects.filter(pk__in=said["themes"])),
        "named_partners": list(Partner.objects.filter(pk__in=said["named_partners"])),
        "named_people": list(User.objects.filter(pk__in=said["named_people"])),
    }


def _try(row: Unpacking, one: UnpackedFile, part: Part, file: Any, settings: dict[str, Any]) -> bool:
    """Shares one file, or says why not; False where it is to be tried again.

    Raises NotRead where the store does not give it: that is no fault of the file and no try.
    """
    if one.tries >= MOST_TRIES:
        _settle(one, LEFT_OUT, reason=one.reason or _failed())
        return True
    # Counted before, so that a file that ends the worker does not do so for ever.
    UnpackedFile.objects.filter(pk=one.pk).update(tries=F("tries") + 1)
    reason, ours = "", False
    try:
        document = _share(row, one, part, file, settings)
    except NotStored as refusal:
        reason, ours = str(refusal.reason), True
    except NotRead as error:
        if clock.now() - row.at < PATIENCE:
            UnpackedFile.objects.filter(pk=one.pk).update(tries=one.tries)
            raise
        log.warning("A file of the archive %s cannot be read from the store: %s", row.pk, error)
        reason, ours = _failed(), True
    except Unseen:
        reason = _("You may no longer share in this room.")
    except Refusal as refusal:
        reason = str(refusal.reason)
    except Exception:
        log.exception("A file of the archive %s could not be shared.", row.pk)
        reason, ours = _failed(), True
    else:
        _settle(one, SHARED, document=document)
        return True
    again = ours and one.tries + 1 < MOST_TRIES
    _settle(one, WAITING if again else LEFT_OUT, reason=reason)
    return not again


def _failed() -> str:
    return _("Something went wrong on our side. Please share it by itself, and tell whoever hosts the network.")


def _share(row: Unpacking, one: UnpackedFile, part: Part, file: Any, settings: dict[str, Any]) -> Document:
    key = uuid.uuid5(row.uid, f"{one.number} {part.shown}")
    # Also where somebody has changed it since: else a retry would share it once more.
    before = Document.objects.filter(uid=key, author=row.by, room=row.room).first()
    if before is not None:
        return before
    # Whoever views the room reads the names of its folders.
    path = part.folders if row.keeps_folders else ()
    with unpacked(file, part) as content:
        return share_document(file=content, title=PurePosixPath(part.name).stem[:200], path=path, once=key, **settings)


@transaction.atomic
def _settle(one: UnpackedFile, outcome: str, *, document: Document | None = None, reason: str = "") -> None:
    """Writes down what became of a file; where somebody else has, it stays, but what is shared is shared.

    Two may be at one file, and who leaves it out may be done before the other has shared it.
    """
    undone = UnpackedFile.objects.filter(pk=one.pk)
    if outcome != SHARED:
        undone = undone.filter(outcome=WAITING)
    undone.update(outcome=outcome, document=document, reason=reason[:500])
    Unpacking.objects.filter(pk=one.unpacking_id).update(moved_at=clock.now())


def _leave_out_the_rest(row: Unpacking, reason: str) -> None:
    row.files.filter(outcome=WAITING).update(outcome=LEFT_OUT, reason=reason[:500])


@transaction.atomic
def _finish(row: Unpacking) -> None:
    """Once: what the form said and the archive go, and who sent it hears of it."""
    here = Unpacking.objects.select_for_update(of=("self",)).filter(pk=row.pk, ended_at=None).first()
    if here is None:
        return
    path, here.path, here.settings, here.ended_at = here.path, "", {}, clock.now()
    here.save(update_fields=["path", "settings", "ended_at"])
    shared = here.files.filter(outcome=SHARED).count()
    record("exchange.unpacking_done", by=row.by, target=row.room, room=row.room, done=shared, of=here.files.count())
    notify([row.by], kind="unpacked", room=row.room, part=("unpacking", row.pk))
    after_commit(storage.drop, path)
    after_commit(ring_bells)


def carry_on_forgotten() -> None:
    """Goes on with what has no task any more, as where the store was away for longer than a task is tried."""
    long_ago = clock.now() - FORGOTTEN_AFTER
    for key in (
        Unpacking.objects.filter(ended_at=None, moved_at__lt=long_ago).order_by("pk").values_list("pk", flat=True)
    ):
        try:
            carry_on(key)
        except NotRead as error:
            log.warning("The archive %s cannot be read from the store: %s", key, error)
        except OSError as error:
            log.warning("The store does not answer; archives wait for it: %s", error)
            return


# --- and gone -------------------------------------------------------------------------------------


def forget_unpacking(row: Unpacking) -> None:
    """In the caller's transaction: the row goes with its outcomes, and after it the archive."""
    path = row.path
    row.delete()
    if path:
        after_commit(storage.drop, path)


def purge_unpackings(before: datetime) -> int:
    """What was sent before, unpacked or not; at most a batch. For the schedule."""
    old = list(Unpacking.objects.filter(at__lt=before).order_by("pk")[:A_BATCH])
    for row in old:
        forget_unpacking(row)
    return len(old)
