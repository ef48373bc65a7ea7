"""What became of archives, in words for whoever sent them: on a page, and as the part that a notice speaks of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from exchange.models import Document, UnpackedFile, Unpacking
from network.models.people import User

SHARED, WAITING = Q(files__outcome=UnpackedFile.Outcome.SHARED), Q(files__outcome=UnpackedFile.Outcome.WAITING)


def visible_unpackings(user: Any) -> QuerySet[Unpacking]:
    """Their own."""
    return Unpacking.objects.filter(by=user.pk)


def counted(rows: QuerySet[Unpacking]) -> QuerySet[Unpacking]:
    """With how many files there are (`total`), and how many are shared and wait."""
    return rows.annotate(
        total=Count("files"), shared=Count("files", filter=SHARED), waiting=Count("files", filter=WAITING)
    )


def show_unpackings(user: User, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """How many files were shared and how many were left out. One query."""
    wanted = [pk for pk in ids if pk]
    if not wanted:
        return {}
    rows = counted(visible_unpackings(user)).filter(pk__in=wanted).select_related("room")
    return {row.pk: _words(row) for row in rows}


def _words(row: Any) -> dict[str, Any]:
    numbers = {"shared": row.shared, "left": row.total - row.shared - row.waiting}
    return {
        "excerpt": _("%(shared)d shared, %(left)d left out") % numbers,
        "url": row.get_absolute_url(),
        "author": "",
        "at": row.at,
    }


def outcomes_of(reader: User, row: Unpacking) -> dict[str, Any]:
    """What the page of an archive says of each file. Two queries; a document is led to while its reader sees it."""
    files = list(row.files.all())
    keys = [one.document_id for one in files if one.document_id]
    seen = Document.objects.seen_inside_by(reader).in_bulk(keys)
    kinds = UnpackedFile.Outcome
    waiting = [one for one in files if one.outcome == kinds.WAITING]
    return {
        "total": len(files),
        "shared": [(one.shown, seen.get(one.document_id)) for one in files if one.outcome == kinds.SHARED],
        "left": [one for one in files if one.outcome == kinds.LEFT_OUT],
        "done": len(files) - len(waiting),
        # What something keeps from being shared for now.
        "stuck": [one for one in waiting if one.reason],
    }
