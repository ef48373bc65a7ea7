"""Checks about documents and practice sheets: raise with a reason."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from exchange.models import Document, PracticeSheet
from network.labels import Label
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


def demand_download(user: Any, document: Document) -> None:
    """Raises Forbidden where the document is RED and its author lets nobody download it. For one that is seen."""
    author = document.author_id == getattr(user, "pk", None)
    if document.effective_label == Label.RED and not document.downloads_allowed and not author:
        raise Forbidden(_("This is RED, and its author lets nobody download it: it is read in the browser only."))


def check_allow_downloads(by: User, document: Document) -> None:
    """Its source decides whether those whom RED names may download. Raises Unseen, NeedsSecondFactor, Forbidden."""
    check_seen(by, document, inside=True)
    if not is_source(by, document):
        raise Forbidden(_("Only its author and the representatives of its partner decide who may download this."))


def check_add_version(by: User, document: Document) -> None:
    """Raises Unseen, NeedsSecondFactor, Forbidden."""
    check_seen(by, document, inside=True)
    demand_add_version(by, document)
