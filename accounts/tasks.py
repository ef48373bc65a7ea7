"""What `accounts` does in the background. Each task may run twice, and be cut off anywhere."""

from __future__ import annotations

import tempfile
import time
import uuid
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db.models import Q

from accounts import archive
from accounts.actions import absence, imports, reminders, requests
from accounts.actions.exports import FOLDER, LASTS, drop_file, finish_export
from accounts.models import Export
from network import clock

TELL_EVERY = 1.0  # seconds
GIVEN_UP_AFTER = timedelta(days=7)


def make_export(key: int) -> None:
    """Makes the ZIP of one export. Begun again, it begins from the start; done twice, there is one file."""
    export = Export.objects.select_related("user").filter(pk=key, ready_at=None, user__is_active=True).first()
    if export is None:
        return
    mine = Export.objects.filter(pk=key, ready_at=None)
    mine.update(failed_at=None)
    try:
        # Without a name, so that it goes with its process; in the data folder, where there is room.
        with tempfile.TemporaryFile(dir=settings.LIAISE_DATA_DIR) as made:
            archive.write(export.user, made, tell=Teller(key))
            size = made.tell()
            made.seek(0)
            path = default_storage.save(f"{FOLDER}/{uuid.uuid4().hex}.zip", File(made))
        if not finish_export(export=export, path=path, size=size):
            drop_file(path)
    except Exception:
        mine.update(failed_at=clock.now())
        raise


class Teller:
    """Writes down how far an export is, at most once a second."""

    def __init__(self, key: int) -> None:
        self.rows = Export.objects.filter(pk=key)
        self.due = 0.0

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() >= self.due or done == total:
            self.due = time.monotonic() + TELL_EVERY
            self.rows.update(done=done, total=total)


def remove_old_exports() -> None:
    """Removes what is older than 48 hours: the rows, their files, and files that no row knows of any more."""
    now = clock.now()
    old = Q(expires_at__lte=now) | Q(ready_at=None, asked_at__lte=now - GIVEN_UP_AFTER)
    for export in Export.objects.filter(old):
        # The file first: a row without one is found again, a file without a row only by the look below.
        if export.file:
            drop_file(export.file)
        export.delete()
    with suppress(FileNotFoundError):
        known = set(Export.objects.exclude(file="").values_list("file", flat=True))
        for name in default_storage.listdir(FOLDER)[1]:
            path = f"{FOLDER}/{name}"
            if path not in known and default_storage.get_modified_time(path) < now - LASTS:
                drop_file(path)


def sort_request(key: int) -> None:
    """Finds out whether who asked is known or asked before, and tells whoever answers."""
    requests.sort(key)


def tell_who_answers(partner: int | None = None) -> None:
    """When who represents a partner has changed, and hourly for ends by date: who answers its open requests now."""
    requests.tell_who_answers_now(partner)


def warn_of_ends() -> None:
    """Daily: whose membership or own place ends soon hears of it."""
    reminders.warn_of_membership_ends()
    reminders.warn_of_place_ends()


def ask_for_confirmation() -> None:
    """Daily: whose people have not been confirmed for a year is asked to."""
    reminders.ask_for_confirmation()


def see_to_absence() -> None:
    """Daily: asks those who have not come for long, and lets those go who were asked and did not answer."""
    absence.let_the_silent_go()
    absence.ask_the_absent()


def carry_out_import(key: int) -> None:
    """Carries out what is left of a list of partners or people."""
    imports.carry_on(key)
