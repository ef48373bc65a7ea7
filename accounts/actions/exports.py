"""Carrying everything of one's own away: asked for, made in the background, gone after 48 hours."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Export
from accounts.permissions.leaving import check_host
from network import clock, mail
from network.audit import record
from network.background import enqueue
from network.effects import after_commit, send_mail_soon
from network.models.people import User
from network.refusals import Forbidden, Invalid

LASTS = timedelta(hours=48)
REST = timedelta(days=1)  # from one export to the next
FOLDER = "exports"


@transaction.atomic
def ask_for_export(*, by: User, person: User | None = None) -> Export:
    """Has an export made of everything of `by`; the host may have one made for somebody, who alone can fetch it.

    Asked again while one is being made, it is that one. Raises Invalid where there was one in the last day,
    Forbidden where the account is closed.
    """
    if person is not None:
        check_host(by)
    whose = User.objects.select_for_update().get(pk=(person or by).pk)
    if not whose.is_active:
        raise Forbidden(_("This account is closed, so nobody could fetch the export."))
    latest = Export.objects.filter(user=whose).first()
    if latest is not None and latest.ready_at is None and latest.failed_at is None:
        return latest
    if latest is not None and latest.ready_at is not None and latest.asked_at > clock.now() - REST:
        raise Invalid("", _("There was an export in the last 24 hours. The next can be asked for after that."))
    # One that failed is not tried again beside the new one.
    Export.objects.filter(user=whose, ready_at=None).delete()
    export = Export.objects.create(user=whose)
    enqueue("accounts.tasks.make_export", export.pk)
    record("accounts.export_asked" if person is None else "accounts.export_made", by=by, target=whose)
    return export


@transaction.atomic
def finish_export(*, by: None = None, export: Export, path: str, size: int) -> bool:
    """The file is made: its person gets a letter. False where it is not wanted any more, or another was faster."""
    row = Export.objects.select_for_update().filter(pk=export.pk, ready_at=None, user__is_active=True).first()
    if row is None:
        return False
    now = clock.now()
    row.file, row.size, row.ready_at, row.expires_at, row.failed_at = path, size, now, now + LASTS, None
    row.save(update_fields=["file", "size", "ready_at", "expires_at", "failed_at"])
    mail.enqueue("export", row.pk)
    after_commit(send_mail_soon)
    return True


def drop_exports(person: User) -> None:
    """Takes away all exports of somebody, made or being made; the files after commit."""
    rows = Export.objects.filter(user=person)
    for path in rows.exclude(file="").values_list("file", flat=True):
        after_commit(drop_file, path)
    rows.delete()


def drop_file(path: str) -> None:
    """Removes a stored export; no matter if it is gone already."""
    with suppress(FileNotFoundError):
        default_storage.delete(path)
