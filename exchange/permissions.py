"""Checks about documents and practice sheets: raise with a reason."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from exchange.models import Document, PracticeSheet
from network.models.items import State
from network.models.people import User
from network.permissions import Level, require
from network.permissions.items import check_seen, is_source
from network.refusals import Forbidden


def check_revise(by: User, sheet: PracticeSheet) -> None:
    """The author, a co-author or a representative of the partner revises a sheet where they contribute."""
    check_seen(by, sheet, inside=True)
    if not is_source(by, sheet) and not sheet.co_authors.filter(pk=by.pk).exists():
        raise Forbidden(_("Only its authors and the representatives of its partner may revise this sheet."))
    require(by, Level.CONTRIBUTE, sheet.room)
    if sheet.state not in (State.PUBLISHED, State.HELD, State.DRAFT):
        raise Forbidden(_("This sheet is archived and can no longer be revised."))


def demand_add_version(by: User, document: Document) -> None:
    """Raises Forbidden but for its source, a co-author, or whoever contributes where its author lets them."""
    require(by, Level.CONTRIBUTE, document.room)
    writes = document.open_to_versions or is_source(by, document) or document.co_authors.filter(pk=by.pk).exists()
    if not writes:
        raise Forbidden(_("Only its authors and the representatives of its partner may share a new version of this."))
    if document.state not in (State.PUBLISHED, State.HELD, State.DRAFT):
        raise Forbidden(_("This document is archived and can no longer be changed."))


def check_add_version(by: User, document: Document) -> None:
    """Raises Unseen, NeedsSecondFactor, Forbidden."""
    check_seen(by, document, inside=True)
    demand_add_version(by, document)
