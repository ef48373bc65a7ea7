"""Checks about documents and practice sheets: raise with a reason."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from exchange.models import Document, PracticeSheet
from network.models.items import State
from network.models.people import User
from network.permissions import Level, allowed, require
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


def demand_describe(by: User, document: Document) -> None:
    """Raises Forbidden but for its source, where they contribute, and while it is not filed away."""
    if not is_source(by, document):
        raise Forbidden(_("Only its author and the representatives of its partner may change what is said about this."))
    require(by, Level.CONTRIBUTE, document.room)
    if document.state not in (State.PUBLISHED, State.HELD, State.DRAFT):
        raise Forbidden(_("This document is archived and can no longer be changed."))


def check_describe(by: User, document: Document) -> None:
    """Raises Unseen, NeedsSecondFactor, Forbidden."""
    check_seen(by, document, inside=True)
    demand_describe(by, document)


def demand_follow_reading(by: User, document: Document) -> None:
    """Who has read it is for its source and the moderators of its room. Raises Forbidden."""
    if not is_source(by, document) and not allowed(by, Level.MODERATE, document.room):
        raise Forbidden(_("Only its source and the moderators of this room ask who has read this."))


def check_follow_reading(by: User, document: Document) -> None:
    """Raises Unseen, NeedsSecondFactor, Forbidden."""
    check_seen(by, document, inside=True)
    demand_follow_reading(by, document)


def check_ask_to_read(by: User, document: Document) -> None:
    """Raises Unseen, NeedsSecondFactor, Forbidden."""
    check_follow_reading(by, document)
    if document.state != State.PUBLISHED:
        raise Forbidden(_("Only what is published can be asked to be read."))


def check_read(by: User, document: Document) -> None:
    """Whoever sees it inside says that they have read it. Raises Unseen, NeedsSecondFactor."""
    check_seen(by, document, inside=True)
