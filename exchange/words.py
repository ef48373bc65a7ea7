"""What the ground floor asks of a document or a sheet: its words, for the search; its newest version; its care."""

from __future__ import annotations

from itertools import chain

from django.db.models import Q

from exchange.captions import read_back
from exchange.models import LIBRARY_KINDS, Blob, Caption, Document, PageText, PracticeSheet
from network import search
from network.models.items import Item, Release
from network.models.records import SearchEntry

# Of the text of a file: letters that are read, and different words that are kept. A long report has some ten thousand.
MOST_LETTERS = 1_000_000
MOST_WORDS = 20_000


def index_document(item: Item) -> None:
    """Writes the words of a document: its title, what is said about it, and what its newest version says."""
    document = item if isinstance(item, Document) else Document.objects.get(pk=item.pk)
    text = f"{document.description} {words_of_file(document)}"
    search.index(item=item, title=document.title, text=text, language=document.language)


def index_again(document: Document) -> None:
    """The same, where its words are in the index now; it is no newer for that."""
    entry = SearchEntry.objects.filter(item=document, part_kind="").first()
    if entry is not None:
        index_document(document)
        SearchEntry.objects.filter(pk=entry.pk).update(at=entry.at)


def words_of_file(document: Document) -> str:
    """The different words of its newest version, as far as somebody has looked into it, and of its captions.

    Of a document that was released, those of the released version: whoever sees no other is not to find out by
    searching what a newer one says.
    """
    released = Release.objects.filter(item=document.pk).values_list("version", flat=True).first()
    newest = Document.objects.filter(pk=document.pk).values("newest")
    version = Q(number=released) if released is not None else Q(pk__in=newest)
    served = document.versions.filter(version, blob__scan__in=(Blob.Scan.NONE, Blob.Scan.CLEAN))
    pages = PageText.objects.filter(blob=served.values("blob")[:1]).order_by("number")
    captions = Caption.objects.filter(version=served.values("pk")[:1]).order_by("language")
    words: dict[str, None] = {}
    left = MOST_LETTERS
    for text in chain(
        pages.values_list("text", flat=True).iterator(),
        # Without their times, which are nothing to look for.
        (" ".join(cue.text for cue in read_back(text)) for text in captions.values_list("text", flat=True)),
    ):
        words.update(dict.fromkeys(search.tokens(text[:left])))
        left -= len(text)
        if left <= 0 or len(words) > MOST_WORDS:
            break
    return " ".join(list(words)[:MOST_WORDS])


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
