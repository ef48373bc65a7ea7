"""What the ground floor asks of a document or a sheet: its words, for the search; its newest version; its care."""

from __future__ import annotations

from django.db.models import Q

from exchange.models import LIBRARY_KINDS, Document, PracticeSheet
from network import search
from network.models.items import Item


def index_document(item: Item) -> None:
    """Writes the words of a document: its title and what is said about it."""
    document = item if isinstance(item, Document) else Document.objects.get(pk=item.pk)
    search.index(item=item, title=document.title, text=document.description, language=document.language)


def index_sheet(item: Item) -> None:
    """Writes the words of a practice sheet: its five texts and its place."""
    sheet = item if isinstance(item, PracticeSheet) else PracticeSheet.objects.get(pk=item.pk)
    text = "\n".join((sheet.summary, sheet.objectives, sheet.methodology, sheet.activities, sheet.city))
    search.index(item=item, title=sheet.title, text=text, language=sheet.language)


def newest_version(item: Item) -> int:
    """The number of the newest version of a document: what a release of it would name."""
    return Document.objects.values_list("newest__number", flat=True).get(pk=item.pk)


def held_back(item: Item) -> str:
    """Why the newest file of a document is not handed out; "" where it is."""
    document = Document.objects.select_related("newest__blob").filter(pk=item.pk).first()
    return str(document.newest.blob.held_back) if document is not None and document.newest else ""


def needs_care() -> Q:
    """On Item: a document that is read for years, so that somebody has to answer for it; minutes are not."""
    return Q(document__doc_kind__in=LIBRARY_KINDS)
