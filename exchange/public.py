"""What stands on the public site, for the page of strangers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from network import kinds
from network.languages import language_words
from network.models.items import Item
from network.permissions import released


@dataclass(frozen=True)
class PublicEntry:
    """One released item, in what strangers may know of it: neither room nor people."""

    title: str
    url: str
    kind: str
    language: str
    language_name: str
    partner: str
    at: datetime
    summary: str = ""


def latest_released(limit: int) -> list[PublicEntry]:
    """The newest releases of documents and practice sheets, newest first. One query."""
    rows = (
        Item.objects.filter(released(), kind__in=("document", "practice"))
        .select_related("partner", "release", "document", "practicesheet")
        .order_by("-release__at", "-pk")[:limit]
    )
    return [_entry(item) for item in rows]


def _entry(item: Item) -> PublicEntry:
    if item.kind == "document":
        kind, summary = item.document.get_doc_kind_display(), ""
        if item.document.doc_kind == "other":
            kind = _("document")
    else:
        kind, summary = str(kinds.KINDS[item.kind].name), item.practicesheet.summary
    return PublicEntry(
        title=item.title,
        url=item.get_absolute_url(),
        kind=kind,
        language=item.language,
        language_name=language_words(item.language),
        partner=item.partner.short_name if item.partner else "",
        at=item.release.at,
        summary=summary,
    )
